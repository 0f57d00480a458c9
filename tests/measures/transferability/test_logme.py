"""LogME: against the evidence by an explicit covariance, maximised by a general optimiser."""

import numpy as np
import pytest
import scipy.optimize
import scipy.stats

from tlcourse.measures import logme


def log_evidence(features, y, log_alpha, log_beta):
    """log N(y; 0, I / β + F Fᵀ / α): the weights integrated out before, not after."""
    covariance = np.eye(len(y)) / np.exp(log_beta) + features @ features.T / np.exp(log_alpha)
    return scipy.stats.multivariate_normal.logpdf(y, cov=covariance)


def greatest(features, labels):
    values = []
    for label in np.unique(labels):
        y = (labels == label).astype(float)
        found = [
            scipy.optimize.minimize(
                lambda p, y=y: -log_evidence(features, y, *p),
                start,
                method="Nelder-Mead",
                options={"xatol": 1e-7, "fatol": 1e-10, "maxiter": 800},
            )
            for start in ([0.0, 0.0], [3.0, 3.0])
        ]
        values.append(-min(f.fun for f in found) / len(y))
    return np.mean(values)


@pytest.mark.parametrize(("n", "d"), [(30, 4), (12, 20)])
def test_it_is_the_greatest_evidence(n, d, rng):
    labels = np.arange(n) % 3
    features = 0.4 + rng.normal(size=(n, d)) + 0.8 * rng.normal(size=(3, d))[labels]
    assert logme(features, labels) == pytest.approx(greatest(features, labels), abs=1e-6)


def test_columns_that_repeat_add_no_rank(rng):
    labels = np.arange(20) % 2
    features = rng.normal(size=(20, 3)) + labels[:, None]
    doubled = np.column_stack([features, features])
    assert logme(doubled, labels) == pytest.approx(greatest(doubled, labels), abs=1e-6)
    # w and its copy act as one weight of twice the variance: α takes that up
    assert logme(doubled, labels) == pytest.approx(logme(features, labels), abs=1e-9)


@pytest.mark.parametrize("scale", [1e-3, 0.2, 50.0])
def test_scale_and_rotation_change_nothing(scale, rng):
    labels = np.arange(40) % 4
    features = rng.normal(size=(40, 6)) + 2 * np.eye(4, 6)[labels]
    rotation = np.linalg.qr(rng.normal(size=(6, 6)))[0]
    found = logme(scale * features @ rotation, labels)
    assert found == pytest.approx(logme(features, labels), abs=1e-9)


@pytest.mark.parametrize(("large", "small"), [(10, 0.03), (100, 0.3), (30, 0.1)])
@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
def test_of_several_maxima_it_is_the_highest(large, small, scale, rng):
    # A constant beside small features: from α = β = 1 the fixed point may end at a lower maximum,
    # and which one depends on the scale.
    labels = np.arange(20) % 2
    features = np.column_stack(
        [np.full(20, large), small * (rng.normal(size=(20, 3)) + labels[:, None])]
    )
    eigenvalues, vectors = np.linalg.eigh(features @ features.T)
    grid = np.geomspace(1e-12, 1e12, 20001)[:, None] * np.clip(eigenvalues, 0, None)
    scores = []
    for y in (labels, 1 - labels):
        # Covariance (I + ratio · F Fᵀ) / β, with the best β: the mean of the whitened squares
        squares = np.mean((vectors.T @ y) ** 2 / (1 + grid), axis=1)
        log_evidence = -0.5 * (np.log(2 * np.pi * np.e * squares) + np.log1p(grid).mean(axis=1))
        scores.append(log_evidence.max())
    assert logme(scale * features, labels) == pytest.approx(np.mean(scores), abs=1e-6)


def test_it_is_a_mean_per_example(rng):
    # The same examples twice: twice the evidence in the limit of many; per example nearly the same.
    labels = np.arange(400) % 2
    features = rng.normal(size=(400, 2)) + labels[:, None]
    twice = logme(np.tile(features, (2, 1)), np.tile(labels, 2))
    assert twice == pytest.approx(logme(features, labels), abs=0.02)


def test_features_that_say_nothing_leave_noise_of_the_labels_own_size():
    # α has no finite best value: the evidence is that of N(0, I / β) with β = n / ‖y‖².
    labels = np.array([0, 0, 0, 1])
    expected = np.mean([-0.5 * np.log(2 * np.pi * np.e * share) for share in (0.75, 0.25)])
    assert logme(np.zeros((4, 3)), labels) == pytest.approx(expected, abs=1e-12)
    # Orthogonal to both columns up to rounding, and orthogonal exactly in a second column
    blind = np.array([[1.0, 0.1], [-2.0, 0.1], [1.0, -0.2], [0.0, 0.0]])
    assert logme(blind, labels) == pytest.approx(expected, abs=1e-9)


def test_features_that_give_the_labels_exactly_have_no_greatest_evidence():
    labels = np.array([0, 1, 2, 0, 1, 2])
    assert logme(np.eye(3)[labels], labels) == np.inf
    assert logme(np.eye(3, dtype="float32")[labels] / 3, labels) == np.inf
    assert np.isfinite(logme(np.eye(6), labels))  # any labels fit: that is no evidence


def test_more_of_the_labels_in_the_features_scores_higher(rng):
    labels = np.arange(90) % 3
    noise, signal = rng.normal(size=(90, 5)), np.eye(3, 5)[labels]
    scores = [logme(noise + strength * signal, labels) for strength in (0, 1, 2, 4, 8)]
    assert scores == sorted(scores)
    assert scores[-1] > scores[0] + 0.3


def test_wide_features_of_noise_gain_nothing_by_fitting_all(rng):
    labels = np.arange(40) % 2
    narrow = rng.normal(size=(40, 2)) + 3 * labels[:, None]
    wide = rng.normal(size=(40, 200))
    assert logme(narrow, labels) > logme(wide, labels)
