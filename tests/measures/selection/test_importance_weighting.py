"""Density ratio, IWV and DEV: against ratios that are known, and their variance over draws."""

import numpy as np
import pytest
import scipy.stats

from tlcourse.measures import deep_embedded_score, density_ratio, importance_weighted_score

MEAN = 0.7  # the target is N(MEAN, 1) where the source is N(0, 1)


def true_ratio(x):
    return scipy.stats.norm.pdf(x - MEAN) / scipy.stats.norm.pdf(x)


@pytest.mark.parametrize(("n_source", "n_target"), [(2000, 2000), (3000, 600), (600, 3000)])
def test_the_ratio_of_two_gaussians(n_source, n_target, rng):
    source = rng.normal(size=n_source)
    found = density_ratio(source[:, None], rng.normal(MEAN, 1, (n_target, 1)))
    assert found.shape == (n_source,)
    assert found.dtype == "float64"
    assert found.mean() == pytest.approx(1, abs=0.12)
    np.testing.assert_allclose(np.log(found), np.log(true_ratio(source)), atol=0.45)
    assert np.corrcoef(found, true_ratio(source))[0, 1] > 0.97


def test_weights_stay_near_1_where_a_classifier_could_learn_the_rows_by_heart(rng):
    # 150 features, 100 rows a domain, no shift: the true ratio is 1 everywhere. A classifier that
    # is asked about its own training rows gives every source row a weight near 0.
    source, target = rng.normal(size=(2, 100, 150))
    assert density_ratio(source, target).mean() > 0.5


def test_weights_are_clipped():
    # A hundredth of the source lies where all of the target is: the ratio there is 100.
    source = np.repeat([0.0, 10.0], [990, 10])[:, None]
    weights = density_ratio(source, np.full((1000, 1), 10.0))
    np.testing.assert_allclose(weights[990:], 50, rtol=1e-12)
    assert weights[:990].max() < 0.1


def test_each_row_keeps_its_own_weight(rng):
    source = np.sort(rng.normal(size=200))
    weights = density_ratio(source[:, None], rng.normal(MEAN, 1, (200, 1)))
    assert scipy.stats.spearmanr(source, weights).statistic > 0.95


def test_a_seed_decides(rng):
    source, target = rng.normal(size=(2, 30, 3))
    first = density_ratio(source, target, seed=4)
    np.testing.assert_array_equal(first, density_ratio(source, target, seed=4))
    assert not np.array_equal(first, density_ratio(source, target, seed=5))


def test_the_smallest_domains_work(rng):
    assert np.isfinite(density_ratio(*rng.normal(size=(2, 4, 3)))).all()


def test_scores_by_hand():
    losses, weights = np.array([1.0, 0.0, 2.0]), np.array([0.5, 1.5, 2.5])
    # w L = 0.5, 0, 5: mean 11/6. Deviations of w: −1, 0, 1; of w L: −4/3, −11/6, 19/6.
    # Cov = (4/3 + 19/6) / 3 = 1.5 and Var = 2/3, so η = −2.25; mean w = 1.5
    assert importance_weighted_score(losses, weights) == pytest.approx(-11 / 6, rel=1e-14)
    expected = -(11 / 6 - 2.25 * 1.5 + 2.25)
    assert deep_embedded_score(losses, weights) == pytest.approx(expected, rel=1e-13)


def test_eta_is_the_slope_of_a_regression(rng):
    losses, weights = rng.exponential(size=50), rng.exponential(size=50)
    slope, intercept = np.polyfit(weights, weights * losses, 1)
    # Minus the regression's value at w = 1
    expected = -(intercept + slope)
    assert deep_embedded_score(losses, weights) == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("score", [importance_weighted_score, deep_embedded_score])
def test_equal_weights_give_the_negative_mean_loss(score, rng):
    losses = rng.exponential(size=30)
    assert score(losses, np.ones(30)) == pytest.approx(-losses.mean(), rel=1e-14)
    assert score(losses, np.full(30, 0.1)) == pytest.approx(-0.1 * losses.mean(), rel=1e-10)
    assert not np.signbit(score(np.zeros(3), [1.0, 2.0, 3.0]))


def test_both_estimate_the_target_risk_and_dev_varies_less(rng):
    # loss(x) = 1 + x²: on the target the risk is 2 + MEAN²
    found = []
    for _ in range(300):
        x = rng.normal(size=1000)
        losses, weights = 1 + x**2, true_ratio(x)
        scores = importance_weighted_score(losses, weights), deep_embedded_score(losses, weights)
        found.append(scores)
    means, deviations = np.mean(found, axis=0), np.std(found, axis=0)
    np.testing.assert_allclose(means, -(2 + MEAN**2), atol=0.05)
    assert deviations[1] < 0.6 * deviations[0]


def test_they_choose_the_model_that_is_right_on_the_target(rng):
    # One model is right below 0.5, the other above it; the source lies mostly below.
    source, target = rng.normal(size=(2000, 1)), rng.normal(1.5, 1, (2000, 1))
    weights = density_ratio(source, target)
    wrong_below, wrong_above = (source[:, 0] < 0.5) * 1.0, (source[:, 0] >= 0.5) * 1.0
    assert wrong_below.mean() > wrong_above.mean()
    for score in (importance_weighted_score, deep_embedded_score):
        assert score(wrong_below, weights) > score(wrong_above, weights)
