"""NCE: by hand, and as a difference of entropies."""

import numpy as np
import pytest
import scipy.stats

from tlcourse.measures import nce


def test_by_hand():
    # Source class 0 leaves {0, 0, 1}, source class 1 leaves {1}: ¾ · H(1/3) + ¼ · 0
    within = -(2 / 3) * np.log(2 / 3) - (1 / 3) * np.log(1 / 3)
    assert nce([0, 0, 0, 1], [0, 0, 1, 1]) == pytest.approx(-0.75 * within, abs=1e-14)


def test_it_is_entropy_of_the_source_labels_less_joint_entropy(rng):
    source_labels, labels = rng.integers(0, 6, 80), rng.integers(0, 4, 80)
    joint = np.unique(np.stack([source_labels, labels]), axis=1, return_counts=True)[1]
    source = np.unique(source_labels, return_counts=True)[1]
    expected = scipy.stats.entropy(source) - scipy.stats.entropy(joint)
    assert nce(source_labels, labels) == pytest.approx(expected, rel=1e-12)


def test_it_has_a_direction():
    fine, coarse = np.array([0, 1, 2, 3]), np.array([0, 0, 1, 1])
    assert nce(fine, coarse) == 0
    assert nce(coarse, fine) == pytest.approx(-np.log(2))


def test_source_labels_that_tell_nothing_give_minus_the_entropy():
    labels = np.array([0, 0, 0, 1] * 2)
    expected = -scipy.stats.entropy([3, 1])
    assert nce(np.full(8, 9), labels) == pytest.approx(expected, rel=1e-12)
    assert nce(np.repeat([0, 1], 4), labels) == pytest.approx(expected, rel=1e-12)
