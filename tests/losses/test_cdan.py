"""CDAN: products of features and probabilities, and weights from entropy."""

import numpy as np
import pytest
import scipy.stats
from keras import ops

from tlcourse.losses import conditional_map, entropy_weights


def test_the_map_is_an_outer_product_for_each_row(rng):
    features, probs = rng.normal(size=(4, 3)), rng.dirichlet([1, 1], 4)
    expected = [np.outer(f, p).ravel() for f, p in zip(features, probs, strict=True)]
    np.testing.assert_allclose(conditional_map(features, probs), expected, rtol=1e-9)


def test_its_classes_sum_to_the_features(rng):
    features, probs = rng.normal(size=(4, 3)), rng.dirichlet([1, 1], 4)
    blocks = ops.convert_to_numpy(conditional_map(features, probs)).reshape(4, 3, 2)
    np.testing.assert_allclose(blocks.sum(axis=2), features, rtol=1e-9)


def test_the_gradient_reaches_features_and_probabilities(rng, check_gradient):
    features, probs = rng.normal(size=(4, 3)), rng.dirichlet([1, 1], 4)
    check_gradient(lambda x: ops.sum(ops.sin(conditional_map(x, probs))), features)
    check_gradient(lambda x: ops.sum(ops.sin(conditional_map(features, x))), probs)


def test_weights_are_those_of_the_paper(rng):
    probs = rng.dirichlet([0.5, 0.5, 0.5], 6)
    expected = 1 + np.exp(-scipy.stats.entropy(probs, axis=1))
    np.testing.assert_allclose(entropy_weights(probs), expected, rtol=1e-9)


@pytest.mark.parametrize("k", [2, 5])
def test_the_ends_of_the_weights(k):
    rows = np.array([np.full(k, 1 / k), np.eye(k)[0]])  # even, sure
    np.testing.assert_allclose(entropy_weights(rows), [1 + 1 / k, 2], rtol=1e-6)


def test_the_gradient_of_the_weights(rng, check_gradient):
    probs = rng.dirichlet([2, 2, 2], 3)
    check_gradient(lambda x: ops.sum(entropy_weights(x)), probs)


def test_features_and_probabilities_go_together():
    with pytest.raises(
        ValueError, match=r"`probs` must have 3 rows like `features`; got.*\(2, 2\)"
    ):
        conditional_map(np.ones((3, 4)), np.ones((2, 2)))
    with pytest.raises(ValueError, match=r"`features` must be 2-D .*; got shape \(3,\)"):
        conditional_map(np.ones(3), np.ones((3, 2)))
    with pytest.raises(ValueError, match=r"`probs` must be 2-D .*; got shape \(3,\)"):
        entropy_weights(np.ones(3))
