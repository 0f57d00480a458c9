"""Load a backbone by name."""

from tlcourse.arguments import check_seed, verb
from tlcourse.backbones.applications import APPLICATIONS, application
from tlcourse.backbones.pixels import pixels
from tlcourse.backbones.pretraining import RECIPES
from tlcourse.backbones.small_cnn import small_cnn
from tlcourse.backbones.small_resnet import small_resnet
from tlcourse.backbones.stored import load_stored
from tlcourse.domains import data_folder
from tlcourse.errors import UnknownName, near
from tlcourse.training import reestimate_statistics, seed_keras

_BUILDERS = {
    "small_cnn": (small_cnn, (28, 28, 1)),
    "small_resnet": (small_resnet, (32, 32, 3)),
    "pixels": (pixels, (28, 28, 1)),
}


def backbone_names():
    """List the names that `load_backbone` knows.

    Returns:
        Tuple of str.
    """
    return (*_BUILDERS, *RECIPES, *APPLICATIONS)


@verb
def load_backbone(name, *, weights=None, input_shape=None, seed=None, statistics_of=None):
    """Load a backbone: images in [0, 1] to features.

    Args:
        name: an architecture of the course (`small_cnn`, `small_resnet`, or `pixels`: the pixels
            as they come, without weights); a pretrained backbone of the course (`objects8`,
            `strokes`, `sounds`, `glyphs`, `doodles`; the card beside the weights names the data);
            or a network of keras.applications, such as `vgg16`, `inception_v3` or
            `efficientnet_b0`.
        weights: None for random weights, or for a pretrained name its own; a path to weights
            written by `save_weights`; for networks of keras.applications also "imagenet", which
            Keras downloads once.
        input_shape: (height, width, channels); by default that of the pretraining,
            (28, 28, 1) for `small_cnn` and `pixels`, (32, 32, 3) for `small_resnet` and
            (224, 224, 3) for keras.applications.
        seed: int, makes random weights reproducible.
        statistics_of: None, or images (n, height, width, channels), n >= 2, from which the
            statistics of batch normalisation are estimated (`training.reestimate_statistics`). A
            random network needs them to be a fair rival: its stored ones, mean 0 and variance 1,
            are those of no images.

    Returns:
        `keras.Model`, float32 (n, height, width, channels) to features (n, d).

    Raises:
        UnknownName: (a ValueError) with the near names.
        ValueError: if there is no file at `weights`, or it holds weights of another architecture
            or shape; if `input_shape` or `seed` is none; or if `statistics_of` are no such images,
            or the backbone has no batch normalisation.
    """
    if name not in backbone_names():
        raise UnknownName(f"Unknown backbone {name!r}.{near(name, backbone_names())}")
    if seed is not None:
        seed_keras(check_seed(seed))
    if name in APPLICATIONS:
        shape = (224, 224, 3) if input_shape is None else input_shape
        ready_made = "imagenet" if weights == "imagenet" else None
        model = application(name, input_shape=shape, weights=ready_made)
        weights = None if ready_made else weights
    elif name in RECIPES:
        recipe = RECIPES[name]
        model = recipe.architecture(recipe.input_shape if input_shape is None else input_shape)
        weights = weights or data_folder() / f"{name}.weights.h5"
    else:
        build, usual_shape = _BUILDERS[name]
        model = build(usual_shape if input_shape is None else input_shape)
    if weights is not None:
        load_stored(model, weights, name)
    if statistics_of is not None:
        reestimate_statistics(model, statistics_of)
    return model
