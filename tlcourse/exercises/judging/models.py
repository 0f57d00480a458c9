"""Judge a model that an answer built: rebuild it, train it, see what moves.

A description may come from someone whom nobody trusts.

Of Keras's classes those that read files or run code of their own are refused, and so is a network
that would be too large to judge, before anything of it is built.
"""

import json
import re

import numpy as np

from tlcourse.exercises.exercise import Diagnosis
from tlcourse.exercises.observers import IMAGE_SHAPE

__all__ = ["frozen_backbone", "judge_model", "rebuild"]

_MODULES = re.compile(
    r"keras(\.(activations|constraints|initializers|layers|models|regularizers"
    r"|src\.(models|ops|dtype_policies)\.\w+))?"
)
_REFUSED = {
    "FeatureSpace",
    "FlaxLayer",
    "HashedCrossing",
    "Hashing",
    "IntegerLookup",
    "JaxLayer",
    "Lambda",
    "StringLookup",
    "TFSMLayer",
    "TextVectorization",
    "TorchModuleWrapper",
}
_N_IMAGES = 24  # that a model is tried and trained on
_MOST_CHARACTERS = 500_000
_MOST_PARTS = 2_000
_LARGEST = 5_000  # of any number in the description, such as units or pixels
_MOST_NUMBERS = 2_000_000  # of the variables together


def rebuild(description):
    """Build a model again.

    Args:
        description: dict with "config" (the JSON of `model.to_json()`), "weights" (list of
            arrays) and "frozen" (list of bool, one for each variable).

    Returns:
        keras.Model.

    Raises:
        ValueError: if the description is of no such model, holds a class that is refused, or the
            model would be too large.
    """
    import keras

    text, weights = description["config"], description["weights"]
    if not isinstance(text, str) or len(text) > _MOST_CHARACTERS:
        raise ValueError("its description is too long.")
    if sum(np.size(array) for array in weights) > _MOST_NUMBERS:
        raise ValueError(f"it has more than {_MOST_NUMBERS:,} weights.")
    config = json.loads(text)
    config.pop("compile_config", None)
    for number, part in enumerate(_parts(config)):
        if number > _MOST_PARTS:
            raise ValueError("it has too many parts.")
        _check(part)
    model = keras.models.model_from_json(json.dumps(config))
    model.set_weights(weights)
    for variable, frozen in zip(model.weights, description["frozen"], strict=True):
        if frozen:
            variable.trainable = False
    return model


def _parts(config):
    """Yield all dicts and numbers in a config, however deep; a seed may be any number."""
    if isinstance(config, dict):
        config.pop("compile_config", None)  # of an inner model: it is not trained here
        yield config
        config = [value for key, value in config.items() if key != "seed"]
    if isinstance(config, list):
        for item in config:
            yield from _parts(item)
    elif isinstance(config, int | float):
        yield config


def _check(part):
    if not isinstance(part, dict):
        if abs(part) > _LARGEST:
            raise ValueError(f"{part:g} is too large a number in its description.")
        return
    name, module = part.get("class_name"), part.get("module")
    if name is None or (name == "__keras_tensor__" and module is None):
        return
    of_keras = isinstance(module, str) and _MODULES.fullmatch(module)
    # Keras joins module and name: a dot in the name leads on to other modules.
    is_name = isinstance(name, str) and name.isidentifier() and name not in _REFUSED
    if name == "function":  # it is called as it is
        is_name = module == "keras.activations" and str(part.get("config")).isidentifier()
    if not of_keras or not is_name:
        raise ValueError(f"`{name}` is not a class of Keras that can be judged.")


def frozen_backbone(movers, names):
    """Judge that no variable of the backbone moves: a probe, not fine-tuning.

    Args:
        movers: list of str, names of the backbone's variables that moved.
        names: list of str, names of all.

    Returns:
        Diagnosis, or None when none moved.
    """
    if not movers:
        return None
    statistics = sum(name.startswith("moving_") for name in movers)
    if statistics == len(movers):
        return Diagnosis(
            f"The {statistics} moving statistics of the backbone's BatchNorm layers moved "
            "during `fit`.",
            "No weight of the backbone trained, but its features changed all the same.",
            "Freeze the BatchNorm layers themselves: `backbone.trainable = False` does it for "
            "every layer inside.",
        )
    if "kernel" not in movers:
        return Diagnosis(
            f"{len(movers)} variables of the backbone's BatchNorm layers moved during `fit`, "
            f"{statistics} of them moving statistics.",
            "The convolutions are frozen and BatchNorm is not, so the features change.",
            "Freeze every layer of the backbone: `backbone.trainable = False`.",
        )
    return Diagnosis(
        f"{len(movers)} of the backbone's {len(names)} variables moved during `fit`, "
        f"{statistics} of them moving statistics of BatchNorm.",
        "The backbone trains along with the head: this is fine-tuning, not a probe.",
        "Set `backbone.trainable = False`. Calling it with `training=False` freezes nothing.",
    )


def judge_model(expected, got, *, judge_movers=frozen_backbone):
    """Judge a model of logits on a small backbone by what it gives and by what training moves.

    The model is built again from its description and trained here, so that any model that does
    what was asked is right, and nothing that was computed beside the answer has to be believed.

    Args:
        expected: dict, what `model_on_backbone` gives of the right answer; the first of its
            "inputs" is the number of classes.
        got: dict, the same of the answer.
        judge_movers: function as `frozen_backbone`, for what may move.

    Returns:
        Diagnosis, or None when the model is right.
    """
    n_classes = expected["inputs"][0]
    images = np.random.default_rng(0).random((_N_IMAGES, *IMAGE_SHAPE), dtype=np.float32)
    try:
        model = rebuild(got)
        logits = _logits(model, images)
        extreme = _logits(model, 1e4 * (images - 0.5))
    except Exception as error:  # whatever is wrong with a described model, its writer should know
        return Diagnosis(
            f"Keras could not build your model again: {str(error).strip().splitlines()[0]}",
            "The check writes your model down, builds it again and trains it.",
            "Build it from Keras's own layers, for images "
            f"{(None, *IMAGE_SHAPE)}, without `Lambda` or classes of your own.",
        )
    places = _find(expected["backbone"], model.get_weights())
    diagnosis = _judge_logits(logits, extreme, n_classes) or _judge_presence(places, model)
    if diagnosis is not None:
        return diagnosis
    moved = _moved(model, images, n_classes)
    if not any(moved):
        return _HEAD_STOOD_STILL
    names = expected["names"]
    return judge_movers([name for name, at in zip(names, places, strict=True) if moved[at]], names)


def _logits(model, images):
    import keras

    return keras.ops.convert_to_numpy(model(images, training=False))


def _find(wanted, weights):
    """Return where each of the backbone's variables stands among `weights`, by its values."""
    places = []
    for array in wanted:
        same = (i for i, weight in enumerate(weights) if np.array_equal(array, weight))
        places.append(next(same, None))
    return places


def _moved(model, images, n_classes):
    """Train for a few steps; return one bool for each of the model's variables.

    Eagerly: for three batches of a tiny model, tracing a graph would cost more than it saves.
    """
    import keras

    before = model.get_weights()
    model.compile(
        optimizer=keras.optimizers.SGD(0.1),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        run_eagerly=True,
    )
    labels = np.arange(len(images)) % n_classes
    model.fit(images, labels, batch_size=8, shuffle=False, verbose=0)
    after = model.get_weights()
    return [not np.array_equal(old, new) for old, new in zip(before, after, strict=True)]


def _judge_logits(logits, extreme, n_classes):
    if logits.shape != (_N_IMAGES, n_classes):
        return Diagnosis(
            f"For {_N_IMAGES} images and n_classes = {n_classes} your model gives the shape "
            f"{logits.shape}; {(_N_IMAGES, n_classes)} is right.",
            "Each image needs one logit for each class.",
            "End with `layers.Dense(n_classes)` on the backbone's features.",
        )
    if np.allclose(logits.sum(axis=1), 1.0, atol=1e-3) and logits.min() >= 0:
        return Diagnosis(
            "Every row of the output sums to 1.",
            "These are probabilities, and logits were asked for.",
            "Leave out the softmax: `layers.Dense(n_classes)` has no activation.",
        )
    both = np.concatenate([logits, extreme])
    if both.min() >= 0 and both.max() <= 1:
        return Diagnosis(
            "Every output lies between 0 and 1, even for extreme images.",
            "These are squeezed by an activation, and logits were asked for.",
            "Leave out the sigmoid: `layers.Dense(n_classes)` has no activation.",
        )
    return None


def _judge_presence(places, model):
    missing = places.count(None)
    if missing:
        return Diagnosis(
            f"{missing} of the backbone's {len(places)} variables are not in your model with "
            "their values.",
            "What the backbone learned before is lost, or the model does not use it.",
            "Call the `backbone` that comes as an argument; build no new one, and set no weights.",
        )
    if len(model.weights) == len(places):
        return Diagnosis(
            "Your model has no variables but the backbone's.",
            "There is no new head that could learn the classes.",
            "Put `layers.Dense(n_classes)` on the backbone's features.",
        )
    if not model.trainable_weights:
        return Diagnosis(
            "Nothing trained during `fit`.",
            "The head is frozen too.",
            "Freeze the backbone only: `backbone.trainable = False`, not `model.trainable`.",
        )
    return None


_HEAD_STOOD_STILL = Diagnosis(
    "No variable moved during `fit`.",
    "The head does not learn from the loss.",
    "Is the path from the backbone's features through the head to the output unbroken?",
)
