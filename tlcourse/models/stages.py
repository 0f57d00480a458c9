"""Split a backbone into stages."""

import re

from keras import layers

from tlcourse.arguments import check_count, verb
from tlcourse.models.freezing import single_layers, thaw

# "block2" in "block2_conv", "block_16" in "block_16_expand", but "conv2d_1" in "conv2d_1".
_NUMBERED = re.compile(r"[A-Za-z]+(?:[123]d)?_?\d+(?!\d|d\b|d_)")
# "transformer_layer_3", if no name begins with one word and a number
_NUMBERED_LATER = re.compile(r"[A-Za-z]+(?:_[A-Za-z]+)*_?\d+")


@verb
def stages(backbone):
    """Group the layers that have weights by the beginning of their names, from input to output.

    Layers whose names begin with the same word and number, such as "block2", form a stage. A layer
    without a number belongs to the preceding stage, or to the first one if there is none. Numbers
    assigned by Keras count only if there are no others.

    Args:
        backbone: `keras.Model`; layers of nested models count too.

    Returns:
        List of lists of `keras.layers.Layer`. A backbone without numbers is one stage.

    Example:
        >>> from tlcourse.backbones import load_backbone
        >>> [[layer.name for layer in stage] for stage in stages(load_backbone("small_cnn"))][:2]
        [['block1_conv', 'block1_bn'], ['block2_conv', 'block2_bn']]
    """
    weighted = [layer for layer in single_layers(backbone) if layer.weights]
    patterns = (_NUMBERED, _NUMBERED_LATER)
    given = {layer for layer in weighted if not _named_by_keras(layer)}
    pattern = next((p for p in patterns if any(p.match(layer.name) for layer in given)), None)
    if pattern is None:
        given = set(weighted)
        pattern = next((p for p in patterns if any(p.match(x.name) for x in weighted)), _NUMBERED)
    groups, unnumbered, last = {}, [], None
    for layer in weighted:
        found = pattern.match(layer.name) if layer in given else None
        last = found.group() if found else last
        if last is None:
            unnumbered.append(layer)
        else:
            groups.setdefault(last, []).append(layer)
    if not groups:
        return [unnumbered] if unnumbered else []
    first, *later = groups.values()
    return [unnumbered + first, *later]


def _named_by_keras(layer):
    """Tell whether a name is the class's, with a number or without: "normalization_4"."""
    return re.sub(r"_\d+$", "", layer.name).replace("_", "") == type(layer).__name__.lower()


@verb
def stage_ends(backbone):
    """Return for each stage the layer that gives its output, activation and addition included.

    It is the last layer before the next stage whose output has as many axes as that of the stage's
    last weights: for the last stage of a convolutional network its map, not the map's mean.

    Args:
        backbone: `keras.Model`.

    Returns:
        List of `keras.layers.Layer`, one per stage of `stages`.
    """
    order = list(single_layers(backbone))
    begins = [order.index(stage[0]) for stage in stages(backbone)]
    ends = []
    for stage, limit in zip(stages(backbone), [*begins[1:], len(order)], strict=True):
        begin = order.index(stage[-1])
        axes = len(stage[-1].output.shape)
        after = [
            layer
            for layer in order[begin:limit]
            if not isinstance(layer, layers.InputLayer) and len(layer.output.shape) == axes
        ]
        ends.append(after[-1] if after else stage[-1])
    return ends


@verb
def freeze_stages(backbone, n):
    """Freeze the first n stages and thaw the rest.

    Args:
        backbone: `keras.Model`, changed in place. Compile it afterwards.
        n: int, 0 to the number of stages.

    Returns:
        `backbone`.

    Raises:
        BadArgument: (a ValueError) if `n` is no such number.
    """
    begins_with = [stage[0] for stage in stages(backbone)]
    check_count(n, "n", at_least=0, at_most=len(begins_with))
    order = list(single_layers(thaw(backbone)))
    begins = [order.index(layer) for layer in begins_with]
    for layer in order[: [*begins, len(order)][n]] if n else ():
        layer.trainable = False
    return backbone
