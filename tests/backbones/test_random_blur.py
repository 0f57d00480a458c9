"""Blur at random: in training only, between the image and its coarse copy."""

import keras
import numpy as np
import pytest

from tlcourse.backbones import RandomBlur


def test_images_lie_between_themselves_and_their_coarse_copy(rng):
    images = rng.random((30, 12, 12, 1)).astype("float32")
    layer = RandomBlur(factor=3.0, seed=1)
    np.testing.assert_array_equal(np.asarray(layer(images, training=False)), images)
    blurred = np.asarray(layer(images, training=True))
    small = keras.ops.image.resize(images, (4, 4), interpolation="bilinear", antialias=True)
    coarse = np.asarray(keras.ops.image.resize(small, (12, 12), interpolation="bilinear"))
    shares = [
        float(((b - x) * (c - x)).sum() / ((c - x) ** 2).sum())
        for b, x, c in zip(blurred, images, coarse, strict=True)
    ]
    assert 0 <= min(shares) < 0.2
    assert 0.8 < max(shares) <= 1
    for b, x, c, share in zip(blurred, images, coarse, shares, strict=True):
        np.testing.assert_allclose(b, x + share * (c - x), atol=1e-5)


def test_a_flat_image_stays_flat():
    images = np.full((4, 9, 9, 2), 0.3, "float32")
    np.testing.assert_allclose(np.asarray(RandomBlur()(images, training=True)), 0.3, atol=1e-6)


def test_it_comes_back_from_its_config():
    config = RandomBlur(factor=2.5, seed=3).get_config()
    assert RandomBlur.from_config(config).get_config() == config


@pytest.mark.parametrize("factor", [1, 0.5, "much"])
def test_a_factor_is_above_1(factor):
    with pytest.raises(ValueError, match="`factor` must be a number above 1; got"):
        RandomBlur(factor=factor)
