"""Features of several depths at once."""

from keras import Model, layers

from tlcourse.backbones.checks import check_backbone
from tlcourse.errors import UnknownName, near


def multi_level(backbone, names):
    """Makes a backbone whose features are those of several layers, side by side.

    Each layer's output is averaged over the image; then all are concatenated. What the source's
    classes did not need is gone from the last layer, and often still there in earlier ones: the
    further the target is from the source, the more a probe gains by them.

    Args:
        backbone: `keras.Model`, images to features.
        names: names of its layers, from early to late.

    Returns:
        `keras.Model` of the same images and the same variables, features (n, Σ channels).

    Raises:
        UnknownName: (a ValueError) if there is no such layer.
        ValueError: if no layer is named.

    Reference:
        Evci, Dumoulin, Larochelle & Mozer, "Head2Toe: Utilizing Intermediate Representations for
        Better Transfer Learning", ICML 2022; they also select among the features.
    """
    check_backbone(backbone)
    names = tuple(names)
    if not names:
        raise ValueError("`names` must hold at least one layer's name; got none.")
    known = [layer.name for layer in backbone.layers]
    for name in names:
        if name not in known:
            raise UnknownName(
                f"`names`: '{backbone.name}' has no layer {name!r}.{near(name, known)}"
            )
    levels = [_averaged(backbone.get_layer(name).output) for name in names]
    together = layers.Concatenate(name="levels")(levels) if len(levels) > 1 else levels[0]
    return Model(backbone.input, together, name=f"{backbone.name}_levels")


def _averaged(output):
    """Returns one number per channel; what has no places is taken as it is."""
    if len(output.shape) == 2:
        return output
    return layers.GlobalAveragePooling2D()(output)
