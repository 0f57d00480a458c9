"""Freeze and thaw layers."""

from keras import Model, layers

from tlcourse.arguments import verb
from tlcourse.errors import UnknownName, near
from tlcourse.models.checks import check_model


@verb
def freeze(model, up_to=None):
    """Freeze a model's layers from the input up to a named one, batch normalisation included.

    A frozen `BatchNormalization` layer also stops updating its statistics and uses the stored ones
    in `fit`: this needs the layer itself to be frozen; calling the model with `training=False`
    while the layer is trainable is not enough.

    Args:
        model: `keras.Model`, changed in place. Compile it after freezing.
        up_to: str, a layer's name, or a prefix of several names such as "block2" (which does not
            match "block21"): everything up to the last such layer is frozen and everything after
            it is trainable. Layers of nested models count too. None freezes all.

    Returns:
        `model`.

    Raises:
        UnknownName: (a ValueError) if no layer's name begins so.
        BadArgument: (a ValueError) if `model` is no `keras.Model`.
    """
    check_model(model)
    if up_to is None:
        return _set(model, trainable=False)
    frozen = layers_up_to(model, up_to)
    thaw(model)
    for layer in frozen:
        layer.trainable = False
    return model


@verb
def freeze_but(model, beginning=None):
    """Freeze all layers of a model but those whose names begin so.

    Args:
        model: `keras.Model`, changed in place. Compile it after freezing.
        beginning: str, see `freeze`, such as "block1"; None freezes all.

    Returns:
        `model`.

    Raises:
        UnknownName: (a ValueError) if no layer's name begins so.
    """
    check_model(model)
    if beginning is None:
        return freeze(model)
    kept = layers_named(model, beginning)
    thaw(model)
    for layer in single_layers(model):
        if layer not in kept:
            layer.trainable = False
    return model


@verb
def thaw(model):
    """Make every layer of a model trainable, however deep.

    Args:
        model: `keras.Model`, changed in place. Compile it afterwards.

    Returns:
        `model`.
    """
    check_model(model)
    return _set(model, trainable=True)


@verb
def freeze_batchnorm(model):
    """Freeze every batch-normalisation layer of a model, however deep, and nothing else.

    With few target images a batch gives poor statistics; this keeps those of the source.

    Args:
        model: `keras.Model`, changed in place.

    Returns:
        `model`.
    """
    check_model(model)
    for layer in single_layers(model):
        if isinstance(layer, layers.BatchNormalization):
            layer.trainable = False
    return model


@verb
def layers_up_to(model, beginning):
    """List the layers from the input up to the last one whose name begins so.

    Args:
        model: `keras.Model`.
        beginning: str, see `freeze`.

    Returns:
        List of `keras.layers.Layer`, including those of nested models.

    Raises:
        UnknownName: (a ValueError) if no layer's name has this prefix.
    """
    every = list(single_layers(model))
    return every[: every.index(layers_named(model, beginning)[-1]) + 1]


@verb
def layers_named(model, beginning):
    """List the layers whose names begin so, in their order.

    Args:
        model: `keras.Model`.
        beginning: str, see `freeze`.

    Returns:
        List of `keras.layers.Layer`, at least one, including those of nested models.

    Raises:
        UnknownName: (a ValueError) if no layer's name has this prefix.
    """
    every = list(single_layers(model))
    is_name = isinstance(beginning, str)
    named = [layer for layer in every if is_name and _begins_with(layer.name, beginning)]
    if not named:
        names = [layer.name for layer in every]
        raise UnknownName(
            f"No layer of '{model.name}' begins with {beginning!r}.{near(beginning, names)}"
        )
    return named


def _set(model, *, trainable):
    # Layer by layer: on TensorFlow, setting a model's flag to its current value reaches no layer.
    model.trainable = trainable
    for layer in model.layers:
        if isinstance(layer, Model):
            _set(layer, trainable=trainable)
        else:
            layer.trainable = trainable
    return model


@verb
def single_layers(model):
    """Yield the layers from input to output, those of a nested model in its place.

    Args:
        model: `keras.Model`.

    Yields:
        `keras.layers.Layer`, none of them a model.
    """
    for layer in model.layers:
        if isinstance(layer, Model):
            yield from single_layers(layer)
        else:
            yield layer


def _begins_with(name, beginning):
    if not name.startswith(beginning):
        return False
    rest = name[len(beginning) :]
    return not (beginning[-1:].isdigit() and rest[:1].isdigit())
