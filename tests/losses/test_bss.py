"""Batch spectral shrinkage: against the singular value decomposition, equal values included."""

import numpy as np
import pytest

from tlcourse.losses import bss_loss

SHAPES = [(7, 3), (3, 7), (4, 4)]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("k", [1, 2, 3])
def test_it_is_the_smallest_singular_values(shape, k, rng):
    features = rng.normal(size=shape)
    expected = np.sum(np.linalg.svd(features, compute_uv=False)[-k:] ** 2)
    np.testing.assert_allclose(bss_loss(features, k=k), expected, rtol=1e-9)


def test_one_is_the_default(rng):
    features = rng.normal(size=(5, 3))
    assert float(bss_loss(features)) == float(bss_loss(features, k=1))


@pytest.mark.parametrize("shape", SHAPES)
def test_all_of_them_sum_to_the_squared_norm(shape, rng):
    features = rng.normal(size=shape)
    np.testing.assert_allclose(bss_loss(features, k=min(shape)), np.sum(features**2), rtol=1e-9)


def test_a_batch_of_fewer_rows_than_k(rng):
    features = rng.normal(size=(2, 5))
    np.testing.assert_allclose(bss_loss(features, k=4), np.sum(features**2), rtol=1e-9)


@pytest.mark.parametrize("shape", SHAPES)
def test_what_changes_nothing(shape, rng):
    features = rng.normal(size=shape)
    value = float(bss_loss(features, k=2))
    turn, _ = np.linalg.qr(rng.normal(size=(shape[1], shape[1])))
    assert float(bss_loss(features @ turn, k=2)) == pytest.approx(value)
    assert float(bss_loss(features[::-1], k=2)) == pytest.approx(value)
    assert float(bss_loss(3 * features, k=2)) == pytest.approx(9 * value)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("k", [1, 2])
def test_the_gradient(shape, k, rng, check_gradient):
    check_gradient(lambda x: bss_loss(x, k=k), rng.normal(size=shape))


@pytest.mark.parametrize("k", [1, 2])
def test_the_gradient_of_singular_values_that_are_equal(k, gradient_of):
    # σ = 2, 2, 2: the gradient of σ² is 2 σ u vᵀ for one of the many directions v, of length 2 σ.
    features = 2 * np.eye(4)[:, :3]
    gradient = gradient_of(lambda x: bss_loss(x, k=k), features)
    lengths = np.linalg.svd(gradient, compute_uv=False)
    np.testing.assert_allclose(lengths, [4] * k + [0] * (3 - k), atol=1e-9)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", SHAPES)
def test_batches_that_tell_little(shape, dtype, rng, gradient_of):
    one_direction = np.outer(rng.normal(size=shape[0]), rng.normal(size=shape[1])).astype(dtype)
    for features in (one_direction, np.zeros(shape, dtype), np.ones(shape, dtype)):
        assert float(bss_loss(features, k=2)) == pytest.approx(0, abs=1e-5)
        gradient = gradient_of(lambda x: bss_loss(x, k=2), features)
        np.testing.assert_allclose(gradient, 0, atol=1e-4)


@pytest.mark.parametrize("k", [0, 4, -1, 1.5, None])
def test_k_is_a_number_of_directions(k):
    with pytest.raises(
        ValueError,
        match=r"`k` must be (a whole number, at least 1|at most 3, the width of `features`); got",
    ):
        bss_loss(np.ones((5, 3)), k=k)


def test_features_are_2d():
    with pytest.raises(ValueError, match=r"`features` must be 2-D .*; got shape \(5, 3, 1\)"):
        bss_loss(np.ones((5, 3, 1)))
