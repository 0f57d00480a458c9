"""H-score: against inverses of explicit covariances, and what it must ignore."""

import numpy as np
import pytest
import scipy.linalg
from sklearn.covariance import LedoitWolf

from tlcourse.measures import h_score


def class_means(features, labels):
    """Each row replaced by the mean of its class."""
    return np.stack([features[labels == label].mean(axis=0) for label in labels])


def by_covariances(features, labels):
    within = np.cov(features, rowvar=False)
    between = np.cov(class_means(features, labels), rowvar=False)
    return np.trace(np.linalg.pinv(within) @ between)


@pytest.fixture
def task(rng):
    labels = np.repeat([0, 1, 2], [10, 14, 26])
    stretch = rng.normal(size=(4, 4))
    return (rng.normal(size=(50, 4)) + 1.5 * np.eye(3, 4)[labels]) @ stretch + 5, labels


def test_by_hand():
    # One feature, classes {0, 2} and {4, 6}: variance 5 over n, of the means 1 and 5 it is 4.
    assert h_score([[0.0], [2.0], [4.0], [6.0]], [0, 0, 1, 1]) == pytest.approx(0.8, abs=1e-14)


def test_it_is_the_trace_of_the_covariances(task):
    assert h_score(*task) == pytest.approx(by_covariances(*task), rel=1e-10)


def test_any_invertible_linear_map_changes_nothing(task, rng):
    features, labels = task
    mapped = features @ rng.normal(size=(4, 4)) + rng.normal(size=4)
    assert h_score(mapped, labels) == pytest.approx(h_score(features, labels), rel=1e-9)


def test_features_that_repeat_or_stand_still_change_nothing(task):
    features, labels = task
    more = np.column_stack([features, features[:, :2], np.full(50, 0.1)])
    assert h_score(more, labels) == pytest.approx(h_score(features, labels), rel=1e-9)


def test_features_that_do_not_vary_score_zero():
    assert h_score(np.full((4, 3), 0.1), [0, 0, 1, 1]) == 0
    assert h_score(np.full((4, 3), 0.1), [0, 0, 1, 1], shrinkage="ledoit-wolf") == 0


def test_with_fewer_examples_than_features_any_labels_get_all(rng):
    features = rng.normal(size=(12, 30))
    labels = np.arange(12) % 3
    assert h_score(features, labels) == pytest.approx(2, abs=1e-9)
    assert h_score(features, labels, shrinkage="ledoit-wolf") < 1


@pytest.mark.parametrize("wide", [False, True])
def test_shrunken_it_is_the_trace_with_sklearns_covariance(wide, task, rng):
    features, labels = task
    if wide:
        features = np.column_stack([features, rng.normal(size=(50, 70))])
    shrunk = LedoitWolf().fit(features)
    between = np.cov(class_means(features, labels), rowvar=False, ddof=0)
    inverse_times = scipy.linalg.solve(shrunk.covariance_, between, assume_a="pos")
    expected = (1 - shrunk.shrinkage_) * np.trace(inverse_times)
    assert shrunk.shrinkage_ > 0.01
    assert h_score(features, labels, shrinkage="ledoit-wolf") == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("shrinkage", ["lw", True, 0.1])
def test_another_shrinkage_is_refused(shrinkage, task):
    with pytest.raises(ValueError, match=r"`shrinkage` must be None or 'ledoit-wolf'; got"):
        h_score(*task, shrinkage=shrinkage)
