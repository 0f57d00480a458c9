"""Rows of a comparison that have learned nothing: the pixels, and their principal components."""

import numpy as np
from keras import Input, Model, layers

from tlcourse.arguments import check_count, verb
from tlcourse.backbones.image_shape import check_image_shape
from tlcourse.errors import BadArgument


def pixels(input_shape=(28, 28, 1)):
    """Build the backbone whose features are the pixels as they come.

    Args:
        input_shape: (height, width, channels) of the images.

    Returns:
        `keras.Model` without weights: images (n, *input_shape) to features
        (n, height · width · channels).
    """
    images = Input(check_image_shape(input_shape, "pixels", at_least=1), name="images")
    return Model(images, layers.Flatten(name="features")(images), name="pixels")


@verb
def pca(images, n):
    """Build the backbone whose features are the first n principal components of given images.

    features = (x − m) V, with m the images' mean and V the n directions in which they vary most.
    They are not whitened: each keeps its variance, so that a direction of mere noise stays small.

    Args:
        images: float array (n_images, height, width, channels), which should be training images.
        n: int >= 1, below the number of images and at most that of pixels.

    Returns:
        `keras.Model`, images to float32 features (n, n). The sign of each component is such that
        the largest entry of its direction is positive.

    Raises:
        BadArgument: (a ValueError) if the images have no such shape or are not finite, or `n` is no
            such number.

    Example:
        >>> rows = np.random.default_rng(0).random((50, 8, 8, 1))
        >>> pca(rows, 10).output_shape
        (None, 10)
    """
    images = np.asarray(images)
    if images.ndim != 4 or len(images) < 2 or not np.isfinite(images).all():
        raise BadArgument(
            "`images` must be finite numbers of shape (n, height, width, channels), n >= 2; got "
            f"shape {images.shape}."
        )
    rows = images.reshape(len(images), -1).astype("float64")
    check_count(n, "n", at_most=min(len(rows) - 1, rows.shape[1]))
    mean = rows.mean(axis=0)
    directions = _directions(rows - mean, int(n))
    start = Input(images.shape[1:], name="images")
    turn = layers.Dense(int(n), name="features")
    model = Model(start, turn(layers.Flatten(name="pixels")(start)), name="pca")
    turn.set_weights([directions, -mean @ directions])
    return model


def _directions(centred, n):
    """Return the n directions (d, n) of largest variance, by the smaller of two matrices."""
    if centred.shape[1] <= len(centred):
        directions = np.linalg.eigh(centred.T @ centred)[1][:, ::-1][:, :n]
    else:
        along_rows = np.linalg.eigh(centred @ centred.T)[1][:, ::-1][:, :n]
        directions = np.linalg.qr(centred.T @ along_rows)[0]
    largest = np.abs(directions).argmax(axis=0)
    return directions * np.sign(directions[largest, np.arange(n)])
