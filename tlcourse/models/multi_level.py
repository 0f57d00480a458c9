"""Features from several depths at once."""

import keras
from keras import Input, Model, layers

from tlcourse.arguments import check_count, check_flag, check_several, verb
from tlcourse.errors import BadArgument, UnknownName, near
from tlcourse.models.checks import check_backbone
from tlcourse.models.freezing import single_layers
from tlcourse.models.inner_outputs import with_inner_outputs


@verb
def multi_level(backbone, names, *, places=1, mirror=False):
    """Make a backbone whose features are those of several layers, side by side.

    Each layer's output is averaged over the image, or over each of `places` × `places` parts of it;
    then all are concatenated. The last layer has lost what the source's classes did not need, while
    earlier ones often still have it: the further the target is from the source, the more a probe
    gains from them.

    Args:
        backbone: `keras.Model`, images to features.
        names: list of str, names of its layers, from early to late; those of models inside it,
            such as the backbone and the head of a classifier, count too.
        places: int, parts per side of the image; must divide the sides of the layers' outputs.
        mirror: bool, add the features of the mirrored image, so that left and right do not
            matter. It doubles the cost.

    Returns:
        `keras.Model` with the same images and variables, and features
        (n, places² · Σ channels).

    Raises:
        UnknownName: (a ValueError) if there is no such layer.
        ValueError: if no layer is named, `places` is no whole number >= 1 or a side no multiple of
            it, or `mirror` is neither True nor False.

    Example:
        >>> from tlcourse.backbones import load_backbone
        >>> multi_level(load_backbone("small_cnn"), ["block1_relu", "block2_relu"]).output_shape
        (None, 48)

    Reference:
        Evci, Dumoulin, Larochelle & Mozer, "Head2Toe: Utilizing Intermediate Representations for
        Better Transfer Learning", ICML 2022; they also select among the features.
    """
    check_backbone(backbone)
    names = check_several(names, "names", of="layer names")
    check_count(places, "places")
    check_flag(mirror, "mirror")
    known = {layer.name: layer for layer in backbone.layers}
    for layer in single_layers(backbone):
        # What feeds a model inside is no layer of the network.
        if not isinstance(layer, layers.InputLayer):
            known.setdefault(layer.name, layer)
    for name in names:
        if name not in known:
            raise UnknownName(
                f"`names`: '{backbone.name}' has no layer {name!r}.{near(name, known)}"
            )
    if all(known[name] in backbone.layers for name in names):
        start, outputs = backbone.input, [known[name].output for name in names]
    else:
        opened = with_inner_outputs(backbone, [known[name] for name in names])
        start, (_, *outputs) = opened.input, opened.outputs
    levels = [_averaged(output, name, places) for name, output in zip(names, outputs, strict=True)]
    together = layers.Concatenate(name="levels")(levels) if len(levels) > 1 else levels[0]
    model = Model(start, together, name=f"{backbone.name}_levels")
    if not mirror:
        return model
    images = Input(backbone.input_shape[1:], name="images")
    both = layers.Average(name="mirrored")([model(images), model(Mirror(name="mirror")(images))])
    return Model(images, both, name=f"{backbone.name}_mirrored_levels")


@keras.saving.register_keras_serializable(package="tlcourse")
class Mirror(layers.Layer):
    """Turn images (n, h, w, c) left to right."""

    def call(self, images):
        """Return the mirrored images."""
        return keras.ops.flip(images, axis=2)


def _averaged(output, name, places):
    """Return the mean of each channel over each part; what has no places is taken as it is."""
    if len(output.shape) == 2:
        return output
    height, width = output.shape[1:3]
    if height % places or width % places:
        raise BadArgument(
            f"`places` must divide the sides of {name!r}, {height} and {width}; got {places}."
        )
    parts = layers.AveragePooling2D((height // places, width // places))(output)
    return layers.Flatten()(parts)
