"""CORAL: against NumPy's covariance, and what it does not see."""

import keras
import numpy as np
import pytest

from tlcourse.losses import coral_loss


@pytest.fixture
def source(rng):
    return rng.normal(size=(7, 3)) @ rng.normal(size=(3, 3))


@pytest.fixture
def target(rng):
    return rng.normal(size=(4, 3)) * [1.0, 2.0, 0.5] + 1.0


def by_numpy(source, target):
    gap = np.cov(source, rowvar=False) - np.cov(target, rowvar=False)
    return np.linalg.norm(gap) ** 2 / (4 * source.shape[1] ** 2)


def test_by_hand():
    # covariances diag(2, 0) and diag(0, 2): (2² + 2²) / (4 · 2²)
    assert float(coral_loss([[0.0, 0.0], [2.0, 0.0]], [[0.0, 0.0], [0.0, 2.0]])) == 0.5


def test_it_is_numpys(source, target):
    np.testing.assert_allclose(coral_loss(source, target), by_numpy(source, target), rtol=1e-9)


@pytest.mark.parametrize("scale", [0.5, 2.0, 3.0])
def test_of_rescaled_features(scale, rng):
    x = rng.normal(size=(64, 5))
    cov = np.cov(x, rowvar=False)
    expected = (1 - scale**2) ** 2 * np.sum(cov**2) / (4 * 5**2)
    np.testing.assert_allclose(coral_loss(x, scale * x), expected, rtol=1e-9)


def test_what_changes_nothing(source, target, rng):
    value = float(coral_loss(source, target))
    turn, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    assert float(coral_loss(target, source)) == pytest.approx(value)
    assert float(coral_loss(source + 5.0, target - [1.0, 2.0, 3.0])) == pytest.approx(value)
    assert float(coral_loss(source @ turn, target @ turn)) == pytest.approx(value)
    assert float(coral_loss(source[::-1], target)) == pytest.approx(value)
    assert float(coral_loss(source, source + 1.0)) == pytest.approx(0, abs=1e-12)


def test_its_unit_is_the_fourth_power(source, target):
    ratio = float(coral_loss(3 * source, 3 * target)) / float(coral_loss(source, target))
    assert ratio == pytest.approx(81)


def test_the_gradient_reaches_both_sides(source, target, check_gradient):
    check_gradient(lambda x: coral_loss(x, target), source)
    check_gradient(lambda x: coral_loss(source, x), target)


def test_the_dtype_is_that_of_the_source(source, target):
    loss = coral_loss(source.astype("float32"), target)
    assert keras.backend.standardize_dtype(loss.dtype) == "float32"
    np.testing.assert_allclose(loss, by_numpy(source, target), rtol=1e-4)


@pytest.mark.parametrize(
    ("source_shape", "target_shape", "message"),
    [
        ((4,), (4, 2), r"`source_features` must be 2-D with at least 2 rows .*; got shape \(4,\)"),
        ((4, 2), (1, 2), r"`target_features` must be .* 2 rows .*; got shape \(1, 2\)"),
        ((4, 2, 2), (4, 2), r"`source_features` must be 2-D .*; got shape \(4, 2, 2\)"),
        ((4, 2), (4, 3), r"`target_features` must have shape \(n, 2\) .*; got \(4, 3\)"),
    ],
)
def test_features_that_cannot_be_compared(source_shape, target_shape, message):
    with pytest.raises(ValueError, match=message):
        coral_loss(np.ones(source_shape), np.ones(target_shape))
