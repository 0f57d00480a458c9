"""The backbones that have a name."""

from pathlib import Path

from tlcourse.backbones.applications import APPLICATIONS, application
from tlcourse.backbones.seeding import seed_keras
from tlcourse.backbones.small_cnn import small_cnn
from tlcourse.errors import UnknownName, near


def backbone_names():
    """Returns the names that `load_backbone` knows (tuple of str)."""
    return ("small_cnn", *APPLICATIONS)


def load_backbone(name, *, weights=None, input_shape=None, seed=None):
    """Builds a backbone: images as a `Domain` holds them, in [0, 1], to features.

    Args:
        name: `small_cnn`, or one of keras.applications: `vgg16`, `resnet50`, `mobilenet_v2`,
            `efficientnet_b0`.
        weights: None for random ones; a path to weights that `save_weights` wrote; for the
            networks of keras.applications also "imagenet", which Keras downloads once.
        input_shape: (height, width, channels); by default (28, 28, 1) for `small_cnn` and
            (224, 224, 3) for the others.
        seed: int, makes random weights the same each time.

    Returns:
        `keras.Model`, float32 (n, height, width, channels) to features (n, d).

    Raises:
        UnknownName: (a ValueError) with the near names.
        ValueError: if there is no file at `weights`.
    """
    if name not in backbone_names():
        raise UnknownName(f"Unknown backbone {name!r}.{near(name, backbone_names())}")
    if seed is not None:
        seed_keras(seed)
    ready_made = weights == "imagenet" and name in APPLICATIONS
    if weights is not None and not ready_made and not Path(weights).is_file():
        raise ValueError(
            f"`weights` of {name} must be None, a file written by `save_weights`"
            f"{', or imagenet' if name in APPLICATIONS else ''}; there is no file {weights!r}."
        )
    if name in APPLICATIONS:
        model = application(
            name,
            input_shape=input_shape or (224, 224, 3),
            weights="imagenet" if ready_made else None,
        )
    else:
        model = small_cnn(input_shape or (28, 28, 1))
    if weights is not None and not ready_made:
        model.load_weights(weights)
    return model
