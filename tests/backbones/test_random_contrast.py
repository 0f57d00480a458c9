"""Contrast at random: how far it goes, image by image, and only in training."""

import keras
import numpy as np
import pytest

from tlcourse.backbones import RandomContrast


@pytest.fixture
def images(rng):
    return (0.4 + 0.2 * rng.random((200, 4, 4, 1))).astype("float32")


def changed(layer, images):
    return keras.ops.convert_to_numpy(layer(images, training=True))


def test_every_image_is_stretched_around_its_mean_by_its_own_factor(images):
    found = changed(RandomContrast(most=0.5, seed=3), images)
    mean = images.mean(axis=(1, 2, 3), keepdims=True)
    np.testing.assert_allclose(found.mean(axis=(1, 2, 3), keepdims=True), mean, atol=1e-6)
    factors = (found - mean)[:, 0, 0, 0] / (images - mean)[:, 0, 0, 0]
    np.testing.assert_allclose(
        found, mean + factors[:, None, None, None] * (images - mean), atol=1e-5
    )
    assert 0.5 <= factors.min() < 0.55
    assert 1.45 < factors.max() <= 1.5


def test_what_leaves_the_range_is_clipped():
    images = np.tile(np.array([0.0, 1.0], "float32"), (20, 2, 1))[..., None]
    found = changed(RandomContrast(most=1.0, seed=0), images)
    assert found.min() == 0
    assert found.max() == 1


def test_outside_training_nothing_changes(images):
    layer = RandomContrast()
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(layer(images)), images)


def test_each_call_draws_anew_and_a_seed_repeats_it(images):
    layer = RandomContrast(seed=1)
    first, second = changed(layer, images), changed(layer, images)
    assert (first != second).any()
    np.testing.assert_array_equal(changed(RandomContrast(seed=1), images), first)


def test_it_survives_its_config():
    again = RandomContrast.from_config(RandomContrast(most=0.2, seed=4).get_config())
    assert (again.most, again.seed) == (0.2, 4)


@pytest.mark.parametrize("most", [-0.1, 1.1, float("nan"), "some"])
def test_settings_that_cannot_be(most):
    with pytest.raises(ValueError, match=r"`most` must lie in \[0, 1\]; got"):
        RandomContrast(most=most)
