"""Rotation prediction: the turns, their answers, and images that cannot be turned."""

import keras
import numpy as np
import pytest

from tlcourse.strategies import RotationPrediction
from tlcourse.strategies.self_supervised.rotation import QuarterTurns
from tlcourse.training import predict


def test_turns_are_numpys(rng):
    images = rng.random((3, 5, 5, 2)).astype("float32")
    turned = keras.ops.convert_to_numpy(QuarterTurns()(images))
    assert turned.shape == (12, 5, 5, 2)
    for i in range(12):
        np.testing.assert_array_equal(turned[i], np.rot90(images[i // 4], i % 4))


def test_the_model_learns_to_say_how_far(pair):
    """A bar at the left and light that falls off downwards: no turn looks like another."""
    rng = np.random.default_rng(0)
    images = 0.1 * rng.random((60, 8, 8, 1)).astype("float32")
    images[:, :, :2] += np.linspace(0.9, 0.3, 8, dtype="float32")[:, None, None]
    result = RotationPrediction(epochs=20, batch_size=12, n_evals=2).fit(images[:40])
    logits = predict(result.model, images[40:])
    assert logits.shape == (20, 4, 4)
    assert np.mean(logits.argmax(axis=2) == np.arange(4)) > 0.95
    # And what it says of one turned image is what it says of that turn of the image.
    turned = predict(result.model, np.rot90(images[40:], 1, axes=(1, 2)))
    np.testing.assert_allclose(turned[:, 0], logits[:, 1], atol=1e-4)


def test_images_that_are_not_square():
    with pytest.raises(ValueError, match=r"`data` must hold square images .*; got \(8, 9, 1\)"):
        RotationPrediction().fit(np.zeros((4, 8, 9, 1)))
