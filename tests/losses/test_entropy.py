"""Entropy: against scipy, at probabilities of 0, and how it is maximised as information."""

import numpy as np
import pytest
import scipy.special
import scipy.stats
from keras import ops

from tlcourse.losses import entropy, information_maximisation, mean_entropy


@pytest.fixture
def logits(rng):
    return rng.normal(0, 2, (5, 3))


def test_it_is_scipys(rng):
    probs = rng.dirichlet([0.5, 0.5, 0.5], (2, 4))
    np.testing.assert_allclose(entropy(probs), scipy.stats.entropy(probs, axis=-1), rtol=1e-9)


def test_by_hand():
    np.testing.assert_allclose(entropy([[0.5, 0.5, 0.0], [0.0, 1.0, 0.0]]), [np.log(2), 0.0])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_probability_of_nothing_has_a_finite_gradient(dtype, gradient_of):
    probs = np.array([[0.5, 0.5, 0.0], [1.0, 1e-40, 0.0], [1.0, 1e-30, 1e-25]], dtype)
    gradient = gradient_of(lambda p: ops.sum(entropy(p)), probs)
    assert np.isfinite(gradient).all()
    np.testing.assert_allclose(gradient[0], [np.log(2) - 1, np.log(2) - 1, 0], rtol=1e-6)


def test_the_gradients(rng, logits, check_gradient):
    check_gradient(lambda p: ops.sum(entropy(p)), rng.dirichlet([2, 2, 2], 4))
    check_gradient(mean_entropy, logits)
    check_gradient(information_maximisation, logits)


def test_the_mean_of_a_batch(logits):
    expected = scipy.stats.entropy(scipy.special.softmax(logits, axis=1), axis=1).mean()
    np.testing.assert_allclose(mean_entropy(logits), expected, rtol=1e-9)


def test_information_is_a_mean_divergence_from_the_mean(logits):
    probs = scipy.special.softmax(logits, axis=1)
    information = scipy.special.rel_entr(probs, probs.mean(axis=0)).sum(axis=1).mean()
    np.testing.assert_allclose(information_maximisation(logits), -information, rtol=1e-9)


def test_the_ends_of_information():
    assert float(information_maximisation(50 * np.eye(3))) == pytest.approx(-np.log(3))
    assert float(information_maximisation(np.zeros((3, 3)))) == pytest.approx(0, abs=1e-12)
    one_class = 50 * np.eye(3)[[1, 1, 1]]
    assert float(mean_entropy(one_class)) == pytest.approx(0, abs=1e-12)  # content with it
    assert float(information_maximisation(one_class)) == pytest.approx(0, abs=1e-12)  # the worst


@pytest.mark.parametrize("loss", [mean_entropy, information_maximisation])
def test_what_changes_nothing(loss, logits):
    value = float(loss(logits))
    assert float(loss(logits[::-1, ::-1])) == pytest.approx(value)
    assert float(loss(logits + np.arange(5)[:, None])) == pytest.approx(value)


@pytest.mark.parametrize("loss", [mean_entropy, information_maximisation])
@pytest.mark.parametrize("size", [1e4, 1e30])
def test_extreme_logits(loss, size, gradient_of):
    logits = np.array([[size, 0, -size], [0, size, 0]], "float32")
    assert np.isfinite(float(loss(logits)))
    assert np.isfinite(gradient_of(loss, logits)).all()


@pytest.mark.parametrize("loss", [mean_entropy, information_maximisation])
def test_logits_have_classes(loss):
    with pytest.raises(ValueError, match=r"`logits` must be .* 2 columns; got shape \(3, 1\)"):
        loss(np.ones((3, 1)))
    with pytest.raises(ValueError, match=r"`probs` must have shape \(\.\.\., k\)"):
        entropy(0.5)
