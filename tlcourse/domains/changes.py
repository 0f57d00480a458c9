"""Changes of images that a class survives, to make one domain of another (`Domain.changed`).

Each takes float images (n, height, width, channels) in [0, 1] and gives as many, float32, clipped
to [0, 1]. With a setting of one's own: `domain.changed(lambda x: faint(x, contrast=0.2))`.
"""

import zlib

import numpy as np

from tlcourse.arguments import check_number, check_seed, verb
from tlcourse.errors import BadArgument


@verb
def faint(images, *, contrast=0.3):
    """Lower the contrast: every grey value times `contrast`.

    Args:
        images: float array (n, height, width, channels) in [0, 1].
        contrast: float in [0, 1].

    Returns:
        float32 array of the same shape.
    """
    check_number(contrast, "contrast", at_least=0, at_most=1)
    return _clipped(_images(images) * contrast)


@verb
def on_grey_paper(images, *, level=0.4, contrast=0.3):
    """Put images on grey: level + contrast · image.

    Args:
        images: float array (n, height, width, channels) in [0, 1].
        level: float in [0, 1], of the paper.
        contrast: float in [0, 1].

    Returns:
        float32 array of the same shape.
    """
    check_number(level, "level", at_least=0, at_most=1)
    check_number(contrast, "contrast", at_least=0, at_most=1)
    return _clipped(level + contrast * _images(images))


@verb
def lit_from_one_side(images, *, strength=0.6):
    """Add light that falls from left to right, from `strength` to 0.

    Args:
        images: float array (n, height, width, channels) in [0, 1].
        strength: float in [0, 1].

    Returns:
        float32 array of the same shape.
    """
    check_number(strength, "strength", at_least=0, at_most=1)
    images = _images(images)
    light = np.linspace(strength, 0, images.shape[2])[None, None, :, None]
    return _clipped(images * (1 - light) + light)


@verb
def noisy(images, *, deviation=0.3, seed=0):
    """Add normal noise to every pixel, other noise to other images.

    Args:
        images: float array (n, height, width, channels) in [0, 1].
        deviation: float >= 0, its standard deviation.
        seed: int; the same seed and images give the same noise.

    Returns:
        float32 array of the same shape.
    """
    check_number(deviation, "deviation", at_least=0)
    images = _images(images)
    # Of the images too: from the seed alone, image 5 to test on would get the noise of image 5 to
    # train on, and be its nearest neighbour by that.
    rng = np.random.default_rng([check_seed(seed), zlib.crc32(images.tobytes())])
    return _clipped(images + deviation * rng.normal(size=images.shape))


@verb
def inverted(images):
    """Turn light into dark: 1 − image.

    Args:
        images: float array (n, height, width, channels) in [0, 1].

    Returns:
        float32 array of the same shape.
    """
    return _clipped(1 - _images(images))


@verb
def bands_shifted(images, *, by=1):
    """Move the rows of images, the frequency bands of a spectrogram, down; 0 comes in above.

    Args:
        images: float array (n, height, width, channels) in [0, 1].
        by: int, rows; below 0 it moves up.

    Returns:
        float32 array of the same shape.
    """
    images = _images(images)
    height = images.shape[1]
    if isinstance(by, bool) or not isinstance(by, (int, np.integer)) or abs(by) >= height:
        raise BadArgument(f"`by` must be a whole number of rows, fewer than {height}; got {by!r}.")
    moved = np.zeros_like(images)
    if by >= 0:
        moved[:, by:] = images[:, : height - by]
    else:
        moved[:, :by] = images[:, -by:]
    return moved


@verb
def bands_flipped(images):
    """Turn the rows of images, the frequency bands of a spectrogram, upside down.

    Args:
        images: float array (n, height, width, channels) in [0, 1].

    Returns:
        float32 array of the same shape.
    """
    return _images(images)[:, ::-1].copy()


@verb
def bands_shuffled(images, *, seed=0):
    """Put the rows of images, the frequency bands of a spectrogram, in one random order for all.

    Args:
        images: float array (n, height, width, channels) in [0, 1].
        seed: int, of the order.

    Returns:
        float32 array of the same shape.
    """
    images = _images(images)
    order = np.random.default_rng(check_seed(seed)).permutation(images.shape[1])
    return images[:, order]


def _images(images):
    images = np.asarray(images)
    if images.ndim != 4 or images.dtype.kind not in "fiu":
        raise BadArgument(
            f"`images` must have shape (n, height, width, channels); got {images.shape} of "
            f"{images.dtype}."
        )
    if not np.isfinite(images).all():
        raise BadArgument("`images` must be finite; they hold NaN or infinity.")
    return images.astype("float32")


def _clipped(images):
    return np.clip(images, 0, 1).astype("float32")
