"""Autoencoder: images of every size come back in their own, and nearer than their mean."""

import keras
import numpy as np
import pytest

from tlcourse.strategies import Autoencoder
from tlcourse.training import predict


@pytest.mark.parametrize("shape", [(8, 8, 1), (9, 10, 3), (15, 11, 1)])
def test_what_comes_back_has_the_shape_of_the_image(shape, rng):
    images = rng.random((6, *shape)).astype("float32")
    result = Autoencoder(epochs=1, batch_size=6).fit(images)
    back = predict(result.model, images)
    assert back.shape == images.shape
    assert 0 <= back.min() <= back.max() <= 1


def test_the_loss_is_the_mean_squared_error_of_the_pixels(rng):
    images = rng.random((6, 8, 8, 1)).astype("float32")
    inputs = keras.Input((8, 8, 1))
    backbone = keras.Model(inputs, keras.layers.Flatten()(inputs))
    result = Autoencoder(backbone=backbone, epochs=1, batch_size=6, learning_rate=1e-9).fit(images)
    expected = np.mean((predict(result.model, images) - images) ** 2)
    assert result.history["loss"] == [pytest.approx(expected, rel=1e-4)]


def test_it_draws_images_that_it_has_not_seen_better_than_their_mean(pair):
    result = Autoencoder(epochs=60, batch_size=15, learning_rate=3e-3).fit(pair.source)
    x = pair.source.x_test
    error = np.mean((predict(result.model, x) - x) ** 2)
    assert error < 0.5 * np.mean((pair.source.x_train.mean(axis=0) - x) ** 2)


@pytest.mark.parametrize("width", [0, 1.5, True])
def test_settings_that_cannot_be(width):
    with pytest.raises(ValueError, match="`width` must be a whole number, at least 1; got"):
        Autoencoder(width=width)
