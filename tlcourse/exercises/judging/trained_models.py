"""Judge a model that an answer has trained: what moved meanwhile, and what the model can do now."""

import json

import numpy as np
from scipy.special import log_softmax

from tlcourse.exercises.exercise import Diagnosis
from tlcourse.exercises.judging.models import (
    find_weights,
    frozen_backbone,
    judge_input,
    judge_linear,
    judge_presence,
    judge_range,
    judge_shape,
    logits_of,
)
from tlcourse.exercises.judging.rebuilding import not_built, rebuild
from tlcourse.exercises.small_networks import small_backbone, small_head

__all__ = ["judge_trained", "judge_tuned"]

_ENOUGH = 0.6  # share of new images; guessing among three classes gives a third
_LESS = 0.8  # of the loss before tuning, on new images: it has learned, though not to the end
_NEAR = 0.7  # how far from its start tuning may end, as a share of it; a new start is 1.4 away
_FAR = 3.0  # the same where the start was seen to be right


def judge_trained(expected, got, *, fresh):
    """Judge a new head trained on a small backbone that stood still.

    Args:
        expected: dict, what `trained_on_backbone` gives of the right answer.
        got: dict, the same of the answer.
        fresh: function of the number of classes: pair of images (n, h, w, c) and labels (n,) that
            were not in the case.

    Returns:
        Diagnosis, or None when the model is right.
    """
    n_classes = expected["inputs"][0]
    images, labels = fresh(n_classes)
    try:
        model = rebuild(got)
        moved = _changed(expected["backbone"], got["after"])
    except Exception as error:  # whatever is wrong with what came, its writer should know
        return not_built(error)
    diagnosis = judge_input(model)
    if diagnosis is not None:
        return diagnosis
    logits = logits_of(model, images)
    places = find_weights(expected["backbone"], model.get_weights())
    movers = [name for name, gone in zip(expected["names"], moved, strict=True) if gone]
    return (
        judge_shape(logits, len(images), n_classes)
        or frozen_backbone(movers, expected["names"])
        or judge_presence(places, model, trains=False)
        or judge_range(model, images)
        or judge_linear(model, expected["backbone"])
        or _judge_loss(got["config"], went_well=_accuracy(logits, labels) >= _ENOUGH)
        or _judge_accuracy(logits, labels, frozen=all(got["frozen"]))
    )


def judge_tuned(expected, got, *, fresh):
    """Judge a copy of a small backbone and its head, fine-tuned whole.

    Args:
        expected: dict, what `tuned_with_head` gives of the right answer.
        got: dict, the same of the answer.
        fresh: as in `judge_trained`.

    Returns:
        Diagnosis, or None when the model is right.
    """
    n_classes = expected["inputs"][0]
    images, labels = fresh(n_classes)
    weights = expected["backbone"] + expected["head"]
    pretrained = small_backbone(0)
    pretrained.set_weights(expected["backbone"])
    head = small_head(0, n_classes)
    head.set_weights(expected["head"])
    begun = logits_of(head, logits_of(pretrained, images))
    try:
        model = rebuild(got)
        changed = sum(_changed(weights, got["after"]))
        start = got["start"] and rebuild(got["start"])
    except Exception as error:  # whatever is wrong with what came, its writer should know
        return not_built(error)
    diagnosis = judge_input(model)
    if diagnosis is not None:
        return diagnosis
    logits = logits_of(model, images)
    diagnosis = judge_shape(logits, len(images), n_classes)
    if diagnosis is not None:
        return diagnosis
    if changed:
        return Diagnosis(
            f"{changed} of the {len(weights)} weights of `backbone` and `head` themselves changed.",
            "The pretrained network is lost: the next experiment would begin at this one's end.",
            "Train copies: `keras.models.clone_model`, then `copy.set_weights(...)`.",
        )
    if start is not None and not _gives(start, images, begun):
        return Diagnosis(
            "Before the first step your model does not give what the pretrained backbone and head "
            "give together.",
            "It starts somewhere else: at new weights, or with only some of the old ones, or with "
            "a layer more.",
            "`clone_model` copies the layers and draws new weights: `set_weights(get_weights())` "
            "takes over all of them, for backbone and head, and nothing else belongs in between.",
        )
    kernels = [array for array in weights if array.ndim > 1]
    theirs = [weight for weight in model.get_weights() if weight.ndim > 1]
    distances = [_distance(kernel, theirs) for kernel in kernels]
    if any(distance == 0 for distance in distances):
        still = sum(distance == 0 for distance in distances)
        return Diagnosis(
            f"{still} of the {len(kernels)} kernels of backbone and head did not move.",
            "A part of the network is frozen, or was not trained: full fine-tuning moves all.",
            "Set `trainable = True` on both copies before `compile`.",
        )
    if max(distances) > (_NEAR if start is None else _FAR):
        return Diagnosis(
            f"A kernel ended {max(distances):.0%} of its own length away from the pretrained one.",
            "A high learning rate washed the pretrained weights away, or the network did not start "
            "at them.",
            "Take a learning rate of about 1e-3, and copy the weights: `set_weights`.",
        )
    better = _cross_entropy(logits, labels) < _LESS * _cross_entropy(begun, labels)
    return (
        judge_range(model, images)
        or _judge_loss(got["config"], went_well=better)
        or (None if better else _judge_accuracy(logits, labels))
    )


def _gives(model, images, logits):
    """Tell whether a model takes the images and gives these logits for them."""
    if judge_input(model) is not None:
        return False
    found = logits_of(model, images)
    return found.shape == logits.shape and np.allclose(found, logits, rtol=1e-3, atol=1e-3)


def _cross_entropy(logits, labels):
    return float(-np.mean(log_softmax(logits, axis=1)[np.arange(len(labels)), labels]))


def _judge_loss(config, *, went_well):
    """Judge that the loss was told of logits, where the description holds it."""
    loss = (json.loads(config).get("compile_config") or {}).get("loss")
    name = "sparse_categorical_crossentropy"
    told = isinstance(loss, dict) and loss.get("class_name") == "SparseCategoricalCrossentropy"
    if loss != name and not (told and loss["config"].get("from_logits") is False):
        return None
    return Diagnosis(
        "The loss was told that your model gives probabilities; it gives logits.",
        "Every output is cut to lie between 0 and 1, and where it is cut nothing is learned."
        + " Here it went well by luck." * went_well,
        "`keras.losses.SparseCategoricalCrossentropy(from_logits=True)`.",
        credit=0.5 if went_well else 0.0,
    )


def _changed(before, after):
    return [not np.array_equal(old, new) for old, new in zip(before, after, strict=True)]


def _distance(kernel, weights):
    """Return how far the nearest weight of a kernel's shape is from it, as a share of its norm."""
    alike = [weight for weight in weights if weight.shape == kernel.shape]
    gaps = [float(np.linalg.norm(weight - kernel)) for weight in alike]
    return min(gaps, default=np.inf) / float(np.linalg.norm(kernel))


def _accuracy(logits, labels):
    return float(np.mean(logits.argmax(axis=1) == labels))


def _judge_accuracy(logits, labels, *, frozen=False):
    accuracy = _accuracy(logits, labels)
    if accuracy >= _ENOUGH:
        return None
    if frozen:
        return Diagnosis(
            f"On new images your model is right in {accuracy:.0%}, and all of it is frozen.",
            "The head is frozen too, and cannot learn.",
            "Freeze the backbone only: `backbone.trainable = False`, not `model.trainable`.",
        )
    return Diagnosis(
        f"On new images your model is right in {accuracy:.0%}; {_ENOUGH:.0%} is not hard here.",
        "It has learned too little, or something else than the labels.",
        "Is the loss told `from_logits=True`? Are there enough epochs, some tens of them, and is "
        "the learning rate high enough?",
    )
