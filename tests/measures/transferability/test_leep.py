"""LEEP: by hand, against sums written out, and against what it must be in the limits."""

import numpy as np
import pytest

from tlcourse.measures import leep, nce


def by_loops(probs, labels):
    n, n_source = probs.shape
    total = 0.0
    for i in range(n):
        likelihood = 0.0
        for z in range(n_source):
            of_label = sum(probs[j, z] for j in range(n) if labels[j] == labels[i])
            of_all = sum(probs[j, z] for j in range(n))
            likelihood += of_label / of_all * probs[i, z]
        total += np.log(likelihood)
    return total / n


def test_by_hand():
    # P(y=0 | z=0) = 0.8 / 1.2 = 2/3 and P(y=0 | z=1) = 0.2 / 0.8 = 1/4; P(y=1 | z) is the rest.
    # Row 0: 2/3 · 0.8 + 1/4 · 0.2 = 7/12.  Row 1: 1/3 · 0.4 + 3/4 · 0.6 = 7/12.
    assert leep([[0.8, 0.2], [0.4, 0.6]], [0, 1]) == pytest.approx(np.log(7 / 12), abs=1e-14)


def test_it_is_the_sum_written_out(rng):
    probs = rng.dirichlet([0.3] * 5, size=23)
    labels = rng.integers(0, 3, 23)
    assert leep(probs, labels) == pytest.approx(by_loops(probs, labels), rel=1e-12)


def test_a_model_that_says_the_same_of_all_gives_minus_the_entropy_of_the_labels():
    labels = np.repeat([0, 1, 2], [2, 3, 5])
    entropy = -sum(p * np.log(p) for p in (0.2, 0.3, 0.5))
    same = np.tile([0.1, 0.2, 0.3, 0.4], (10, 1))
    assert leep(same, labels) == pytest.approx(-entropy, rel=1e-12)


def test_dummy_source_classes_that_are_independent_of_the_labels_give_the_same():
    # Each of 4 source classes falls on each label in the label's own proportion.
    labels = np.tile(np.repeat([0, 1, 2], [2, 3, 5]), 4)
    dummy = np.eye(4)[np.repeat(np.arange(4), 10)]
    entropy = -sum(p * np.log(p) for p in (0.2, 0.3, 0.5))
    assert leep(dummy, labels) == pytest.approx(-entropy, rel=1e-12)


def test_no_source_model_is_worse_than_a_blind_one(rng):
    labels = rng.integers(0, 4, 40)
    share = np.bincount(labels) / 40
    least = np.sum(share * np.log(share))
    for _ in range(20):
        assert least - 1e-12 <= leep(rng.dirichlet([0.2] * 6, size=40), labels) <= 0


def test_with_hard_probabilities_it_is_nce(rng):
    source_labels, labels = rng.integers(0, 5, 60), rng.integers(0, 3, 60)
    hard = np.eye(5)[source_labels]
    assert leep(hard, labels) == pytest.approx(nce(source_labels, labels), rel=1e-12)


def test_a_source_model_that_knows_the_labels_gives_zero():
    assert leep(np.eye(3)[[2, 0, 1, 2]], [0, 1, 2, 0]) == 0


def test_source_classes_that_are_never_named_change_nothing(rng):
    probs = rng.dirichlet([1.0] * 3, size=12)
    labels = np.arange(12) % 2
    padded = np.column_stack([probs[:, 0], np.zeros(12), probs[:, 1:]])
    assert leep(padded, labels) == pytest.approx(leep(probs, labels), rel=1e-13)


def test_the_order_of_source_classes_and_of_examples_does_not_matter(rng):
    probs = rng.dirichlet([0.5] * 4, size=15)
    labels = np.arange(15) % 3
    order = rng.permutation(15)
    found = leep(probs[order][:, [2, 0, 3, 1]], labels[order])
    assert found == pytest.approx(leep(probs, labels), rel=1e-12)
