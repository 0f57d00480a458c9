"""Judge a model that an answer has trained: what moved meanwhile, and what the model can do now."""

import numpy as np

from tlcourse.exercises.exercise import Diagnosis
from tlcourse.exercises.judging.models import (
    find_weights,
    frozen_backbone,
    judge_presence,
    judge_range,
    judge_shape,
    logits_of,
)
from tlcourse.exercises.judging.rebuilding import not_built, rebuild

__all__ = ["judge_trained", "judge_tuned"]

_ENOUGH = 0.6  # share of new images; guessing among three classes gives a third
_NEAR = 0.7  # how far from its start tuning may end, as a share of it; a new start is 1.4 away


def judge_trained(expected, got, *, fresh):
    """Judge a new head trained on a small backbone that stood still.

    Args:
        expected: dict, what `trained_on_backbone` gives of the right answer.
        got: dict, the same of the answer.
        fresh: pair of images (n, h, w, c) and labels (n,) that were not in the case.

    Returns:
        Diagnosis, or None when the model is right.
    """
    try:
        model = rebuild(got)
        logits = logits_of(model, fresh[0])
        moved = _changed(expected["backbone"], got["after"])
    except Exception as error:  # whatever is wrong with what came, its writer should know
        return not_built(error)
    places = find_weights(expected["backbone"], model.get_weights())
    movers = [name for name, gone in zip(expected["names"], moved, strict=True) if gone]
    return (
        judge_shape(logits, len(fresh[0]), expected["inputs"][0])
        or frozen_backbone(movers, expected["names"])
        or judge_presence(places, model, trains=False)
        or judge_range(model, fresh[0])
        or _judge_accuracy(logits, fresh[1])
    )


def judge_tuned(expected, got, *, fresh):
    """Judge a copy of a small backbone and its head, fine-tuned whole.

    Args:
        expected: dict, what `tuned_with_head` gives of the right answer.
        got: dict, the same of the answer.
        fresh: pair of images (n, h, w, c) and labels (n,) that were not in the case.

    Returns:
        Diagnosis, or None when the model is right.
    """
    start = expected["backbone"] + expected["head"]
    try:
        model = rebuild(got)
        logits = logits_of(model, fresh[0])
        changed = sum(_changed(start, got["after"]))
    except Exception as error:  # whatever is wrong with what came, its writer should know
        return not_built(error)
    diagnosis = judge_shape(logits, len(fresh[0]), expected["inputs"][0])
    if diagnosis is not None:
        return diagnosis
    if changed:
        return Diagnosis(
            f"{changed} of the {len(start)} weights of `backbone` and `head` themselves changed.",
            "The pretrained network is lost: the next experiment would begin at this one's end.",
            "Train copies: `keras.models.clone_model`, then `copy.set_weights(...)`.",
        )
    kernels = [array for array in start if array.ndim > 1]
    weights = [weight for weight in model.get_weights() if weight.ndim > 1]
    distances = [_distance(kernel, weights) for kernel in kernels]
    if any(distance == 0 for distance in distances):
        still = sum(distance == 0 for distance in distances)
        return Diagnosis(
            f"{still} of the {len(kernels)} kernels of backbone and head did not move.",
            "A part of the network is frozen, or was not trained: full fine-tuning moves all.",
            "Set `trainable = True` on both copies before `compile`.",
        )
    if max(distances) > _NEAR:
        return Diagnosis(
            f"A kernel ended {max(distances):.0%} of its own length away from the pretrained one.",
            "The network did not start at the pretrained weights, or a high learning rate "
            "washed them away.",
            "`clone_model` copies the layers and draws new weights: call `set_weights` too, for "
            "backbone and head, and take a learning rate of about 1e-3.",
        )
    return judge_range(model, fresh[0]) or _judge_accuracy(logits, fresh[1])


def _changed(before, after):
    return [not np.array_equal(old, new) for old, new in zip(before, after, strict=True)]


def _distance(kernel, weights):
    """Return how far the nearest weight of a kernel's shape is from it, as a share of its norm."""
    alike = [weight for weight in weights if weight.shape == kernel.shape]
    gaps = [float(np.linalg.norm(weight - kernel)) for weight in alike]
    return min(gaps, default=np.inf) / float(np.linalg.norm(kernel))


def _judge_accuracy(logits, labels):
    accuracy = float(np.mean(logits.argmax(axis=1) == labels))
    if accuracy >= _ENOUGH:
        return None
    return Diagnosis(
        f"On new images your model is right in {accuracy:.0%}; {_ENOUGH:.0%} is not hard here.",
        "It has learned too little, or something else than the labels.",
        "Is the loss told `from_logits=True`? Are there enough epochs, some tens of them, and is "
        "the learning rate high enough?",
    )
