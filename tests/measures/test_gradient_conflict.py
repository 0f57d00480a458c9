"""Gradient conflict: by hand, against sklearn, and what has no direction."""

import numpy as np
import pytest
from sklearn.metrics.pairwise import cosine_similarity

from tlcourse.measures import conflicting_pairs, gradient_conflict


def test_by_hand():
    found = gradient_conflict([[3.0, 4.0], [4.0, -3.0], [-6.0, -8.0], [1.0, 0.0]])
    expected = [[1, 0, -1, 0.6], [0, 1, 0, 0.8], [-1, 0, 1, -0.6], [0.6, 0.8, -0.6, 1]]
    np.testing.assert_allclose(found, expected, atol=1e-15)
    assert conflicting_pairs([[3.0, 4.0], [-6.0, -8.0], [1.0, 0.0]]) == pytest.approx(2 / 3)


def test_it_is_sklearns(rng):
    gradients = list(rng.normal(size=(5, 40)).astype("float32"))
    found = gradient_conflict(gradients)
    assert found.dtype == "float64"
    np.testing.assert_allclose(found, cosine_similarity(np.float64(gradients)), atol=1e-12)
    np.testing.assert_array_equal(found, found.T)
    np.testing.assert_array_equal(np.diag(found), np.ones(5))
    pairs = [found[i, j] < 0 for i in range(5) for j in range(i)]
    assert conflicting_pairs(gradients) == sum(pairs) / 10


def test_length_does_not_matter_but_sign_does(rng):
    first, second = rng.normal(size=(2, 30))
    cosine = gradient_conflict([first, second])[0, 1]
    for scale in (1e-200, 1e-3, 1e200):
        np.testing.assert_allclose(gradient_conflict([scale * first, second])[0, 1], cosine)
    np.testing.assert_allclose(gradient_conflict([-first, second])[0, 1], -cosine)


def test_the_ends():
    assert conflicting_pairs([[1.0, 0], [0, 1.0]]) == 0  # at right angles: no conflict
    assert conflicting_pairs([[1.0, 0], [-1e-9, 1.0]]) == 1
    assert type(conflicting_pairs([[1.0], [2.0]])) is float


@pytest.mark.parametrize("measure", [gradient_conflict, conflicting_pairs])
@pytest.mark.parametrize(
    ("gradients", "message"),
    [
        ([[1.0, 2.0]], r"`gradients` must hold at least 2 tasks; got 1"),
        ([[1.0, 2.0], [1.0]], r"`gradients\[1\]` must have shape \(2,\); got \(1,\)"),
        ([[[1.0, 2.0]], [1.0, 2.0]], r"`gradients\[0\]` must have shape \(n,\).* got \(1, 2\)"),
        ([[1.0, 2.0], [0.0, 0.0]], r"`gradients\[1\]` must not be all zeros: it has no direction"),
        ([[1.0, np.nan], [1.0, 2.0]], r"`gradients\[0\]` must be finite; number 1 is NaN"),
        ([["a"], ["b"]], r"`gradients\[0\]` must be an array of numbers; got list"),
    ],
)
def test_what_is_no_gradient(measure, gradients, message):
    with pytest.raises(ValueError, match=message):
        measure(gradients)
