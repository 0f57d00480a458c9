"""Clone models and layers: same settings, new variables."""

import keras

from tlcourse.arguments import verb
from tlcourse.models.freezing import single_layers


@verb
def clone_of(model):
    """Rebuild a model from the configs of its layers, with new random weights.

    What `keras.models.clone_model` does, and one thing more: a Dense layer with LoRA forgets its
    `lora_alpha` when it is rebuilt (Keras 3.15).

    Args:
        model: `keras.Model`.

    Returns:
        `keras.Model`.
    """
    clone = keras.models.clone_model(model)
    for layer, mine in zip(single_layers(model), single_layers(clone), strict=True):
        if getattr(layer, "lora_enabled", False):
            mine.lora_alpha = layer.lora_alpha
    return clone


@verb
def rebuilt(layer, **changes):
    """Make a layer anew from its settings, with no weight of the one that came.

    Args:
        layer: `keras.layers.Layer`.
        **changes: settings that are to be others.

    Returns:
        `keras.layers.Layer` of the same class.
    """
    return type(layer).from_config({**layer.get_config(), **changes})
