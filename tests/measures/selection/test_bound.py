"""The target-error bound: domains on which each term is known."""

import dataclasses

import numpy as np
import pytest

from tlcourse.measures import TargetErrorBound, target_error_bound

LABELS = np.arange(80) % 2


@pytest.fixture
def blobs(rng):
    """Two classes 20 apart on axis 0; axis 1 tells nothing."""
    return rng.normal(size=(80, 2)) + 20 * LABELS[:, None] * [1, 0]


def test_the_same_domain_costs_nothing(blobs):
    found = target_error_bound(blobs, LABELS, blobs + 1e-3, LABELS)
    assert isinstance(found, TargetErrorBound)
    assert (found.source_error, found.joint_error, found.target_error) == (0, 0, 0)
    assert found.divergence < 0.3
    assert found.bound == found.divergence


def test_a_target_moved_along_the_other_axis_is_only_divergence(blobs):
    found = target_error_bound(blobs, LABELS, np.add(blobs, [0, 30]), LABELS)
    assert (found.source_error, found.divergence, found.joint_error) == (0, 1, 0)
    assert found.bound == 1
    assert found.target_error == 0  # loose


def test_classes_that_change_places_are_seen_in_the_joint_error_only(blobs):
    found = target_error_bound(blobs, LABELS, blobs, 1 - LABELS)
    assert found.source_error == 0
    assert found.target_error == 1
    assert found.divergence < 0.3
    assert found.joint_error == pytest.approx(1, abs=0.1)  # right on one domain, wrong on the other


def test_the_bound_is_the_sum_of_its_terms(rng):
    source = rng.normal(size=(80, 3)) + LABELS[:, None]
    target = rng.normal(size=(60, 3)) + 0.7 * LABELS[:60, None] + 0.5
    found = target_error_bound(source, LABELS, target, LABELS[:60])
    assert min(found.source_error, found.divergence, found.joint_error, found.target_error) > 0
    parts = found.source_error + found.divergence + found.joint_error
    assert found.bound == pytest.approx(parts, rel=1e-12)


def test_both_domains_count_the_same_in_the_joint_classifier(rng):
    # Ten times the source: unweighted, the joint classifier would give the target up. One axis,
    # classes swapped in the target and pushed apart there: right on the target is the cheaper side.
    labels_source, labels_target = np.arange(800) % 2, np.arange(80) % 2
    source = rng.normal(size=(800, 1)) + 2 * labels_source[:, None] - 1
    target = 3 * rng.normal(size=(80, 1)) - 12 * labels_target[:, None] + 6
    found = target_error_bound(source, labels_source, target, labels_target)
    assert found.target_error > 0.9
    assert found.joint_error == pytest.approx(0.84, abs=0.08)  # 1 − Φ(−1) on the source, 0.02 on T


def test_errors_are_of_rows_that_were_not_trained_on(rng):
    wide = rng.normal(size=(80, 200))  # says nothing of the labels; training rows would fit exactly
    found = target_error_bound(wide, LABELS, rng.normal(size=(80, 200)), LABELS)
    assert found.source_error > 0.25
    assert found.target_error > 0.25
    assert found.joint_error > 0.6


def test_a_seed_decides(rng):
    source = rng.normal(size=(80, 3)) + LABELS[:, None]
    target = source + rng.normal(size=(80, 3))
    first = target_error_bound(source, LABELS, target, LABELS, seed=1)
    assert first == target_error_bound(source, LABELS, target, LABELS, seed=1)
    assert first != target_error_bound(source, LABELS, target, LABELS, seed=2)


def test_a_class_of_two_examples_is_trained_on_and_tested_on():
    labels = np.array([0, 0, 1, 1, 5, 5])
    features = 100.0 * np.eye(6)[labels]
    for seed in range(5):
        found = target_error_bound(features, labels, features, labels, seed=seed)
        assert (found.source_error, found.target_error, found.joint_error) == (0, 0, 0)


def test_the_terms_cannot_be_changed(blobs):
    found = target_error_bound(blobs, LABELS, blobs, LABELS)
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.bound = 0


def test_labels_that_cannot_be_measured(blobs):
    with pytest.raises(ValueError, match=r"`target_labels` must be classes that .* 2 is not"):
        target_error_bound(blobs, LABELS, blobs, LABELS * 2)
    with pytest.raises(ValueError, match=r"`source_labels` must name at least 2 classes"):
        target_error_bound(blobs, LABELS * 0, blobs, LABELS)
    with pytest.raises(ValueError, match=r"`target_labels` must name at least 2 classes"):
        target_error_bound(blobs, LABELS, blobs, LABELS * 0)
    with pytest.raises(ValueError, match=r"`target_labels` must have shape \(80,\)"):
        target_error_bound(blobs, LABELS, blobs, LABELS[:79])
    rare = np.where(np.arange(80) == 3, 7, LABELS)
    with pytest.raises(ValueError, match=r"`source_labels` must hold at least 2 .* class 7 has 1"):
        target_error_bound(blobs, rare, blobs, LABELS)
