"""Proxy A-distance: its two ends, a closed form between them, and what a split may use."""

import numpy as np
import pytest
import scipy.stats

from tlcourse.measures import Interval, domain_error, interval, proxy_a_distance


def test_domains_that_are_the_same_are_at_distance_0(rng):
    source, target = rng.normal(size=(2, 1000, 2))
    found = proxy_a_distance(source, target)
    assert isinstance(found, Interval)
    assert found.n == 5
    assert 0 <= found.mean < 0.15  # ε has a standard error of about 0.016, d four times that


def test_a_classifier_worse_than_a_coin_is_no_negative_distance(rng):
    # The same rows in both domains: what is learned of one half is wrong as often as right.
    rows = rng.normal(size=(20, 3))
    single = [proxy_a_distance(rows, rows, seeds=[seed, seed]).mean for seed in range(12)]
    assert min(single) == 0
    assert max(single) <= 2


def test_domains_far_apart_are_at_distance_2(rng):
    source, target = rng.normal(size=(2, 60, 4))
    found = proxy_a_distance(source, target + 50, seeds=[3, 4, 5])
    assert (found.mean, found.half_width, found.n) == (2, 0, 3)


@pytest.mark.parametrize("shift", [0.5, 1.5, 3.0])
def test_between_two_gaussians_it_is_the_overlap(shift, rng):
    # The best classifier cuts half-way: ε = Φ(−shift / 2)
    source = rng.normal(size=(4000, 1))
    target = rng.normal(size=(4000, 1)) + shift
    expected = 2 * (1 - 2 * scipy.stats.norm.cdf(-shift / 2))
    assert proxy_a_distance(source, target).mean == pytest.approx(expected, abs=0.07)


def test_the_larger_domain_does_not_tilt_the_classifier(rng):
    # With all rows, naming the larger domain would be right 10 times in 11: d = 1.6 for nothing.
    source, target = rng.normal(size=(3000, 2)), rng.normal(size=(300, 2))
    assert proxy_a_distance(source, target).mean < 0.3
    assert proxy_a_distance(target, source).mean < 0.3


def test_it_is_measured_on_rows_that_were_not_trained_on(rng):
    # As many features as examples: on its own training rows a classifier is always right.
    source, target = rng.normal(size=(2, 60, 100))
    assert proxy_a_distance(source, target, seeds=range(8)).mean < 0.8


def test_units_of_a_feature_do_not_matter(rng):
    source, target = rng.normal(size=(2, 100, 3))
    target[:, 0] += 1
    units = np.array([1e-6, 1, 1e6])
    plain = proxy_a_distance(source, target)
    scaled = proxy_a_distance(source * units, target * units)
    assert scaled.mean == pytest.approx(plain.mean, abs=1e-12)


def test_a_seed_decides_and_each_draws_another_split(rng):
    source, target = rng.normal(size=(2, 50, 3))
    target[:, 0] += 1
    assert proxy_a_distance(source, target) == proxy_a_distance(source, target)
    first = proxy_a_distance(source, target, seeds=[0, 1]).mean
    assert first != proxy_a_distance(source, target, seeds=[2, 3]).mean


def test_the_interval_is_over_the_seeds(rng):
    source, target = rng.normal(size=(2, 50, 3))
    target[:, 0] += 1
    one_by_one = [proxy_a_distance(source, target, seeds=[s, s]).mean for s in (7, 8, 9)]
    assert len(set(one_by_one)) > 1
    assert proxy_a_distance(source, target, seeds=[7, 8, 9]) == interval(one_by_one)


@pytest.mark.parametrize("seeds", [[], [1]])
def test_an_interval_needs_two_seeds(seeds, rng):
    source, target = rng.normal(size=(2, 9, 3))
    with pytest.raises(
        ValueError, match=r"`seeds` must be a list of at least 2 whole numbers; got"
    ):
        proxy_a_distance(source, target, seeds=seeds)


def test_a_ring_around_a_blob_is_found_by_trees_and_by_no_line(rng):
    angle = rng.uniform(0, 2 * np.pi, 200)
    ring = 3 * np.stack([np.cos(angle), np.sin(angle)], axis=1) + 0.1 * rng.normal(size=(200, 2))
    blob = 0.3 * rng.normal(size=(200, 2))
    assert proxy_a_distance(blob, ring).mean < 0.6
    assert proxy_a_distance(blob, ring, classifier="boosted trees").mean > 1.8


def test_the_distance_is_made_of_the_error(rng):
    source, target = rng.normal(size=(60, 3)), rng.normal(size=(60, 3)) + 0.7
    error, distance = domain_error(source, target), proxy_a_distance(source, target)
    assert distance.mean == pytest.approx(2 * (1 - 2 * error.mean))
    with pytest.raises(ValueError, match="`classifier` must be one of 'linear', 'boosted trees'"):
        domain_error(source, target, classifier="forest")
