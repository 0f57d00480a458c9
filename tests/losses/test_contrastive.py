"""NT-Xent: against a loop over views, and rows of zeros."""

import numpy as np
import pytest
import scipy.special
from scipy.spatial.distance import cosine

from tlcourse.losses import nt_xent


@pytest.fixture
def first(rng):
    return rng.normal(size=(4, 3))


@pytest.fixture
def second(rng):
    return rng.normal(size=(4, 3))


def by_loops(first, second, temperature=0.5):
    views, n = [*first, *second], len(first)
    costs = []
    for i, view in enumerate(views):
        others = [j for j in range(2 * n) if j != i]
        logits = [(1 - cosine(view, views[j])) / temperature for j in others]
        partner = others.index((i + n) % (2 * n))
        costs.append(-scipy.special.log_softmax(logits)[partner])
    return np.mean(costs)


@pytest.mark.parametrize("temperature", [0.1, 0.5, 2.0])
def test_it_is_the_loop(first, second, temperature):
    expected = by_loops(first, second, temperature)
    np.testing.assert_allclose(nt_xent(first, second, temperature=temperature), expected, rtol=1e-9)


def test_the_papers_default(first, second):
    np.testing.assert_allclose(nt_xent(first, second), by_loops(first, second, 0.5), rtol=1e-9)


@pytest.mark.parametrize("n", [2, 5])
def test_by_hand(n):
    # Partners agree, all others are at right angles: 2n − 2 negatives of cosine 0.
    views = np.eye(n)
    assert float(nt_xent(views, views)) == pytest.approx(np.log(np.exp(2) + 2 * n - 2) - 2)
    assert float(nt_xent(np.ones((n, 3)), np.ones((n, 3)))) == pytest.approx(np.log(2 * n - 1))


def test_what_changes_nothing(first, second, rng):
    value = float(nt_xent(first, second))
    turn, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    assert float(nt_xent(second, first)) == pytest.approx(value)
    assert float(nt_xent(first[::-1], second[::-1])) == pytest.approx(value)
    assert float(nt_xent(first @ turn, second @ turn)) == pytest.approx(value)
    lengths = rng.uniform(0.01, 100, (4, 1))
    assert float(nt_xent(lengths * first, second)) == pytest.approx(value)
    assert float(nt_xent(first, second[::-1])) != pytest.approx(value)


def test_the_gradient_reaches_both_views(first, second, check_gradient):
    check_gradient(lambda x: nt_xent(x, second), first)
    check_gradient(lambda x: nt_xent(first, x), second)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_row_of_zeros(first, second, dtype, gradient_of):
    first, second = first.astype(dtype), second.astype(dtype)
    first[1] = 0
    assert np.isfinite(float(nt_xent(first, second)))
    assert np.abs(gradient_of(lambda x: nt_xent(x, second), first)).max() < 10


def test_a_low_temperature_stays_finite(first, second, gradient_of):
    first, second = first.astype("float32"), second.astype("float32")
    assert np.isfinite(float(nt_xent(first, second, temperature=1e-3)))
    gradient = gradient_of(lambda x: nt_xent(x, second, temperature=1e-3), first)
    assert np.isfinite(gradient).all()


def test_bad_input(first, second):
    with pytest.raises(ValueError, match=r"`second` must have shape \(4, 3\) .*; got \(3, 3\)"):
        nt_xent(first, second[:3])
    with pytest.raises(ValueError, match=r"`first` must be 2-D with at least 2 rows .*\(1, 3\)"):
        nt_xent(first[:1], second[:1])
    with pytest.raises(ValueError, match=r"`temperature` must be a number > 0; got 0"):
        nt_xent(first, second, temperature=0)
