"""Clone models and layers: same settings, new variables."""

import keras

from tlcourse.arguments import verb
from tlcourse.models.freezing import single_layers


@verb
def clone_of(model):
    """Rebuild a model from the configs of its layers, with new random weights.

    Like `keras.models.clone_model`, but a Dense layer with LoRA keeps its `lora_alpha`, which
    Keras 3.15 loses on rebuilding.

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
        **changes: config entries to override.

    Returns:
        `keras.layers.Layer` of the same class.
    """
    return type(layer).from_config({**layer.get_config(), **changes})
