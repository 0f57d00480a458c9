"""Minimum class confusion: against the paper's matrices, and logits that are extreme."""

import numpy as np
import pytest
import scipy.special
import scipy.stats

from tlcourse.losses import mcc_loss


def by_matrices(logits, temperature=2.5, weighted_as=None):
    """The paper's steps; `weighted_as` holds the logits that the weights are taken from."""
    probs = scipy.special.softmax(logits / temperature, axis=1)
    known = logits if weighted_as is None else weighted_as
    weights = 1 + np.exp(
        -scipy.stats.entropy(scipy.special.softmax(known / temperature, axis=1), axis=1)
    )
    weights = len(logits) * weights / weights.sum()
    confusion = probs.T @ np.diag(weights) @ probs
    confusion /= confusion.sum(axis=1, keepdims=True)
    return (confusion.sum() - np.trace(confusion)) / len(confusion)


def test_by_hand():
    # Two rows (0.8, 0.2) and (0.2, 0.8) of one entropy: C_12 = 2 · 0.8 · 0.2, C_11 = 0.64 + 0.04.
    # A row of C sums to 1, so each class confuses 0.32.
    logits = np.log([[0.8, 0.2], [0.2, 0.8]])
    assert float(mcc_loss(logits, temperature=1.0)) == pytest.approx(0.32)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.5])
def test_it_is_the_papers(temperature, rng):
    logits = rng.normal(0, 3, (5, 3))
    expected = by_matrices(logits, temperature)
    np.testing.assert_allclose(mcc_loss(logits, temperature=temperature), expected, rtol=1e-9)


def test_the_papers_temperature_is_the_default(rng):
    logits = rng.normal(0, 3, (5, 3))
    assert float(mcc_loss(logits)) == float(mcc_loss(logits, temperature=2.5))


def test_its_ends():
    assert float(mcc_loss(np.zeros((5, 4)))) == pytest.approx(0.75)
    assert float(mcc_loss(100 * np.eye(4)[[0, 1, 2, 3, 0]])) == pytest.approx(0, abs=1e-9)


def test_what_changes_nothing(rng):
    logits = rng.normal(0, 3, (5, 3))
    value = float(mcc_loss(logits))
    assert float(mcc_loss(logits[::-1])) == pytest.approx(value)
    assert float(mcc_loss(logits[:, [2, 0, 1]])) == pytest.approx(value)
    assert float(mcc_loss(logits + rng.normal(size=(5, 1)))) == pytest.approx(value)


def test_the_gradient_with_constant_weights(rng, check_gradient):
    logits = rng.normal(0, 3, (5, 3))
    check_gradient(mcc_loss, logits, reference=lambda x: by_matrices(x, weighted_as=logits))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("size", [1e2, 1e4, 1e30])
def test_extreme_logits(size, dtype, gradient_of):
    logits = (size * np.array([[1, 0, -1], [1, 0, -1], [0, 1, -1]])).astype(dtype)
    # Nobody is taken for the third class; what is nearest to it is wholly taken for another one.
    assert float(mcc_loss(logits)) == pytest.approx(1 / 3, abs=1e-6)
    assert np.isfinite(gradient_of(mcc_loss, logits)).all()


def test_a_single_row():
    assert float(mcc_loss(np.zeros((1, 4)))) == pytest.approx(0.75)


def test_bad_input():
    with pytest.raises(
        ValueError, match=r"`target_logits` must be .* 2 columns; got shape \(3, 1\)"
    ):
        mcc_loss(np.ones((3, 1)))
    with pytest.raises(ValueError, match=r"`temperature` must be a number > 0; got 0"):
        mcc_loss(np.ones((3, 2)), temperature=0)
