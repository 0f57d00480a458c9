"""Digits over procedural colour textures: the course's MNIST-M."""

import numpy as np

from tlcourse.domains.files import cached, fingerprint
from tlcourse.domains.images.faces import FACES
from tlcourse.domains.images.glyphs import DIGITS, drawn_domain, render

_SIZE = 32
_WAVES = 4


def glyphs_textured(n=8000, seed=0):
    """Return digits over colour textures: 32×32×3, three quarters of them for training.

    A pixel is |texture − ink|, as in MNIST-M (Ganin et al., "Domain-Adversarial Training of
    Neural Networks", JMLR 2016, section 5.2.4), so the ink inverts the texture.

    Args:
        n: int, total number of images.
        seed: int; the same seed gives the same images.

    Returns:
        `Domain` with ten classes.
    """
    ink, labels = render(DIGITS, FACES, n, size=_SIZE, seed=seed)
    images = np.abs(_ground(n, seed).astype("int16") - ink).astype("uint8")
    source = "glyphs over textures drawn from random waves"
    return drawn_domain("glyphs-textured", images, labels, DIGITS, source)


def over_textures(images, seed=0):
    """Return grey images blended over colour textures, as `glyphs_textured` does it.

    Args:
        images: float32 (n, 28, 28, 1) in [0, 1], the ink.
        seed: int, seed of the textures.

    Returns:
        float32 (n, 32, 32, 3) in [0, 1].
    """
    margin = (_SIZE - images.shape[1]) // 2
    ink = np.pad(images, [(0, 0), (margin, margin), (margin, margin), (0, 0)])
    ground = _ground(len(images), seed).astype("float32") / 255
    return np.abs(ground - ink)


def _ground(n, seed):
    recipe = {"n": n, "seed": seed, "code": fingerprint(__file__), "numpy": np.__version__}
    return cached("textures", recipe, lambda: {"images": _textures(n, seed)})["images"]


def _textures(n, seed):
    """Draw n colour textures, uint8 (n, 32, 32, 3): two colours mixed by a sum of warped waves."""
    rng = np.random.default_rng([seed, 1])
    y, x = np.mgrid[0:_SIZE, 0:_SIZE].astype("float32") / _SIZE
    images = np.empty((n, _SIZE, _SIZE, 3), "uint8")
    for start in range(0, n, 500):
        m = min(500, n - start)
        direction = rng.uniform(0, 2 * np.pi, (m, _WAVES, 1, 1)).astype("float32")
        frequency = np.exp(rng.uniform(np.log(1), np.log(9), (m, _WAVES, 1, 1))).astype("float32")
        phase = rng.uniform(0, 2 * np.pi, (m, _WAVES, 1, 1)).astype("float32")
        bend = rng.uniform(0, 1.5, (m, _WAVES, 1, 1)).astype("float32")
        along = np.cos(direction) * x + np.sin(direction) * y
        across = np.cos(direction) * y - np.sin(direction) * x
        wave = np.sin(2 * np.pi * frequency * along + bend * np.sin(5 * across) + phase).sum(1)
        mix = (1 / (1 + np.exp(-1.5 * wave)))[..., None]
        first, second = rng.uniform(0, 255, (2, m, 1, 1, 3)).astype("float32")
        images[start : start + m] = mix * first + (1 - mix) * second
    return images
