"""Build a described model again; the description may come from someone whom nobody trusts.

Of Keras's classes those that read files or run code of their own are refused, and so is a network
that would be too large to judge, before anything of it is built.
"""

import json
import re

import numpy as np

from tlcourse.exercises.exercise import Diagnosis
from tlcourse.exercises.small_networks import IMAGE_SHAPE

__all__ = ["not_built", "rebuild"]

_MODULES = re.compile(
    r"keras(\.(activations|constraints|initializers|layers|models|regularizers"
    r"|src\.(models|ops|dtype_policies)\.\w+))?"
)
# Layers of the course that an answer may hold: a subtraction and a division; a map of images.
_OURS = {
    ("tlcourse.models.feature_scale", "FeatureScale"),
    ("tlcourse.backbones.random_affine", "RandomAffine"),
}
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
    if (module, name) in _OURS:
        return
    if not of_keras or not is_name:
        raise ValueError(f"`{name}` is not a class of Keras that can be judged.")


def not_built(error):
    """Return the `Diagnosis` of a description from which no model could be built."""
    return Diagnosis(
        f"Keras could not build your model again: {str(error).strip().splitlines()[0]}",
        "The check writes your model down, builds it again and tries it.",
        "Build it from Keras's own layers, for images "
        f"{(None, *IMAGE_SHAPE)}, without `Lambda` or classes of your own.",
    )
