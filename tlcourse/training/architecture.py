"""What a model is beside its variables' values: models that are alike share a compiled step."""

import json
import re

import keras

from tlcourse.training.pull import pull_of

_MADE_UP = re.compile(r'"([a-z0-9_]+_\d+)"')


def architecture_of(model):
    """Return what tells a model's layers, frozen variables and pulls (hashable).

    Keras numbers the names that it makes up anew in every model. Here they count by their order,
    so that two models which differ in nothing else are alike.

    Args:
        model: `keras.Model`, see `told_by_config`.
    """
    places = {}

    def numbered(match):
        return f'"#{places.setdefault(match[1], len(places))}"'

    told = _MADE_UP.sub(numbered, model.to_json())
    outputs = outputs_of_model(model)
    outputs = list(outputs) if isinstance(outputs, dict) else None
    fed = [x.name for x in model.inputs] if len(model.inputs) > 1 else None
    state = tuple(
        (variable.trainable, pull_of(variable) is not None) for variable in model.variables
    )
    return told, json.dumps([fed, outputs]), state


def outputs_of_model(model):
    """Return the symbolic outputs of a model of layers, in the structure that it gives."""
    # A Sequential that was never called knows them only as a list.
    return model.outputs[0] if isinstance(model, keras.Sequential) else model.output


def told_by_config(layer):
    """Tell whether a layer is fully told by its config and variables: then a twin does the same.

    Not so for layers that others wrote, for Lambda, for layers that keep constants beside their
    variables, as Normalization does, and where a layer inside a layer was given LoRA.
    """
    if not is_ours_or_keras(layer):
        return False
    if isinstance(layer, keras.Model):
        is_built_of_layers = bool(getattr(layer, "inputs", None))
        return is_built_of_layers and all(map(told_by_config, layer.layers))
    lora_inside = not getattr(layer, "lora_enabled", False) and any(
        variable.name.startswith("lora_") for variable in layer.variables
    )
    unsaid = lora_inside or isinstance(layer, keras.layers.Lambda)
    return not unsaid and not hasattr(layer, "finalize_state")


def is_ours_or_keras(thing):
    """Tell whether the class of a thing is one of which we know what its config says."""
    return type(thing).__module__.split(".")[0] in ("keras", "tlcourse")
