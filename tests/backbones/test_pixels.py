"""Backbones that have learned nothing: pixels, principal components, calibrated random networks."""

import numpy as np
import pytest

from tlcourse.backbones import load_backbone, pca
from tlcourse.models import copy_of, single_layers
from tlcourse.training import predict


def test_pixels_are_features_as_they_come(rng):
    images = rng.random((3, 6, 5, 2)).astype("float32")
    backbone = load_backbone("pixels", input_shape=(6, 5, 2))
    np.testing.assert_array_equal(predict(backbone, images), images.reshape(3, -1))
    assert backbone.weights == []
    assert load_backbone("pixels").output_shape == (None, 784)
    with pytest.raises(ValueError, match=r"`input_shape` of pixels must .*; got \(28, 28\)"):
        load_backbone("pixels", input_shape=(28, 28))


@pytest.mark.parametrize("n_images", [80, 20], ids=["more images", "more pixels"])
def test_pca_against_the_singular_value_decomposition(n_images, rng):
    images = (rng.random((n_images, 6, 6, 1)) * rng.random((1, 6, 6, 1))).astype("float32")
    rows = images.reshape(n_images, -1).astype("float64")
    centred = rows - rows.mean(axis=0)
    directions = np.linalg.svd(centred, full_matrices=False)[2][:7].T
    expected = centred @ directions
    backbone = pca(images, 7)
    features = predict(backbone, images)
    signs = np.sign((features * expected).sum(axis=0))
    np.testing.assert_allclose(features * signs, expected, atol=2e-5)
    kernel = np.asarray(backbone.get_layer("features").kernel)
    np.testing.assert_allclose(kernel.T @ kernel, np.eye(7), atol=1e-5)
    assert (kernel[np.abs(kernel).argmax(axis=0), range(7)] > 0).all()
    # Not whitened: the variances are those of the singular values.
    assert np.all(np.diff(features.var(axis=0)) < 0)
    np.testing.assert_array_equal(predict(copy_of(backbone), images), features)


@pytest.mark.parametrize(
    ("images", "n", "said"),
    [
        (np.zeros((9, 4)), 2, r"`images` must be .*; got shape \(9, 4\)"),
        (np.full((9, 4, 4, 1), np.nan), 2, "`images` must be finite"),
        (np.zeros((9, 4, 4, 1)), 9, "`n` must be a whole number, 1 to 8; got 9"),
        (np.zeros((40, 4, 4, 1)), 17, "`n` must be a whole number, 1 to 16; got 17"),
        (np.zeros((9, 4, 4, 1)), 0, "`n` must be a whole number, 1 to 8; got 0"),
    ],
)
def test_components_that_cannot_be(images, n, said):
    with pytest.raises(ValueError, match=said):
        pca(images, n)


def test_a_random_network_gets_statistics_of_its_own(rng):
    images = rng.random((20, 28, 28, 1)).astype("float32")
    plain = load_backbone("small_cnn", seed=1)
    calibrated = load_backbone("small_cnn", seed=1, statistics_of=images)
    for one, two in zip(plain.trainable_weights, calibrated.trainable_weights, strict=True):
        np.testing.assert_array_equal(np.asarray(one), np.asarray(two))
    means = [x.moving_mean for x in single_layers(calibrated) if hasattr(x, "moving_mean")]
    assert len(means) == 3
    assert all(np.abs(np.asarray(mean)).max() > 0 for mean in means)
    shipped, renewed = (load_backbone("strokes", statistics_of=x) for x in (None, images))
    assert not np.array_equal(predict(shipped, images), predict(renewed, images))
    with pytest.raises(
        ValueError, match="`model` must have batch normalisation; 'pixels' has none"
    ):
        load_backbone("pixels", statistics_of=images)
