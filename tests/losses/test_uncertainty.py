"""Uncertainty weighting: a likelihood, and where the variances come to rest."""

import keras
import numpy as np
import pytest
import scipy.stats

from tlcourse.errors import UnknownName
from tlcourse.losses import uncertainty_weighted

KINDS = ("classification", "regression")


def test_by_hand():
    # exp(−log 2) · 0.6 + ½ log 2, and ½ · exp(−log 4) · 8 + ½ log 4
    loss = uncertainty_weighted([0.6, 8.0], [np.log(2), np.log(4)], KINDS)
    assert float(loss) == pytest.approx(0.3 + 1.0 + np.log(8) / 2, rel=1e-6)


def test_a_regression_is_a_gaussian_likelihood(rng):
    errors = rng.normal(0, 2, 50)
    for variance in (0.5, 3.0):
        nats = -scipy.stats.norm(scale=np.sqrt(variance)).logpdf(errors).mean()
        loss = uncertainty_weighted(
            np.array([np.mean(errors**2)]), np.log([variance]), ["regression"]
        )
        assert float(loss) == pytest.approx(nats - np.log(2 * np.pi) / 2)


@pytest.mark.parametrize(("kind", "variance"), [("classification", 3.0), ("regression", 1.5)])
def test_where_the_variance_comes_to_rest(kind, variance, gradient_of):
    def of(s):
        return uncertainty_weighted(np.array([1.5]), s, [kind])

    assert gradient_of(of, np.log([variance])) == pytest.approx(0, abs=1e-12)
    assert gradient_of(of, np.log([variance / 2])) < -0.1
    assert gradient_of(of, np.log([variance * 2])) > 0.1


def test_the_gradient_reaches_losses_and_variances(check_gradient):
    losses, log_variances = np.array([0.6, 8.0]), np.array([0.3, -0.5])
    check_gradient(lambda x: uncertainty_weighted(x, log_variances, KINDS), losses)
    check_gradient(lambda x: uncertainty_weighted(losses, x, KINDS), log_variances)


def test_lists_of_scalars_and_variables():
    variables = [keras.Variable(value, dtype="float32") for value in (0.3, -0.5)]
    expected = float(uncertainty_weighted(np.array([0.6, 8.0]), np.array([0.3, -0.5]), KINDS))
    together = keras.Variable([0.3, -0.5], dtype="float32")
    for losses, log_variances in (([0.6, np.float64(8.0)], variables), ([0.6, 8], together)):
        found = uncertainty_weighted(losses, log_variances, KINDS)
        assert keras.ops.convert_to_numpy(found) == pytest.approx(expected, rel=1e-6)


def test_bad_input():
    with pytest.raises(UnknownName, match=r"`kinds` holds 'regresion'.* Did you mean 'regression'"):
        uncertainty_weighted([1.0], [0.0], ["regresion"])
    with pytest.raises(ValueError, match=r"`losses` must hold 2 scalars, .*; got 1 of shapes"):
        uncertainty_weighted([1.0], [0.0, 0.0], KINDS)
    with pytest.raises(ValueError, match=r"`losses` must hold 2 scalars, .*\(\), \(3,\)"):
        uncertainty_weighted([1.0, np.ones(3)], [0.0, 0.0], KINDS)
    with pytest.raises(ValueError, match=r"`log_variances` must have shape \(2,\).*; got \(3,\)"):
        uncertainty_weighted([1.0, 1.0], np.zeros(3), KINDS)
