"""Calibration: bins by hand, against a loop, and a model that is calibrated by construction."""

import numpy as np
import pytest

from tlcourse.measures import Reliability, expected_calibration_error, reliability


def two_classes(confidence, correct):
    """Probabilities whose greatest is `confidence`, and labels that make it right or wrong."""
    confidence = np.asarray(confidence, float)
    return np.column_stack([confidence, 1 - confidence]), 1 - np.asarray(correct, int)


def by_loop(probs, labels, bins):
    error = 0.0
    for m in range(1, bins + 1):
        inside = [
            (max(p), int(np.argmax(p) == label))
            for p, label in zip(probs, labels, strict=True)
            if (m - 1) / bins < max(p) <= m / bins
        ]
        if inside:
            confidence, correct = np.mean(inside, axis=0)
            error += len(inside) / len(labels) * abs(correct - confidence)
    return error


def test_by_hand():
    probs, labels = two_classes([0.6, 0.7, 0.9, 1.0], [1, 0, 1, 1])
    found = reliability(probs, labels, bins=4)  # edges 0.25, 0.5, 0.75
    assert isinstance(found, Reliability)
    np.testing.assert_array_equal(found.count, [0, 0, 2, 2])
    np.testing.assert_allclose(found.confidence, [np.nan, np.nan, 0.65, 0.95], atol=1e-15)
    np.testing.assert_array_equal(found.accuracy, [np.nan, np.nan, 0.5, 1])
    # ½ · 0.15 + ½ · 0.05
    assert expected_calibration_error(probs, labels, bins=4) == pytest.approx(0.1, abs=1e-14)


def test_it_unpacks_for_a_diagram():
    confidence, accuracy, count = reliability([[0.9, 0.1]], [0], bins=1)
    assert (confidence.tolist(), accuracy.tolist(), count.tolist()) == ([0.9], [1.0], [1])


@pytest.mark.parametrize("bins", [1, 7, 15])
def test_it_is_the_sum_written_out(bins, rng):
    probs = rng.dirichlet([0.4] * 4, size=120)
    labels = rng.integers(0, 4, 120)
    found = expected_calibration_error(probs, labels, bins=bins)
    assert found == pytest.approx(by_loop(probs, labels, bins), rel=1e-10)
    assert reliability(probs, labels, bins=bins).count.sum() == 120


def test_the_upper_edge_belongs_to_a_bin_and_the_lower_does_not():
    probs, labels = two_classes([0.5, 0.75, 1.0], [1, 1, 1])
    assert reliability(probs, labels, bins=4).count.tolist() == [0, 1, 1, 1]


def test_confidence_that_rounding_lifts_above_1_is_in_the_last_bin():
    assert reliability([[1.0005, 0.0]], [0]).count.tolist() == [0] * 14 + [1]


def test_fifteen_bins_unless_told(rng):
    probs, labels = rng.dirichlet([1, 1, 1], size=50), rng.integers(0, 3, 50)
    assert reliability(probs, labels).count.shape == (15,)
    by_hand = expected_calibration_error(probs, labels, bins=15)
    assert expected_calibration_error(probs, labels) == by_hand


def test_a_model_that_is_right_as_often_as_it_says(rng):
    confidence = rng.uniform(0.5, 1, 20000)
    probs, labels = two_classes(confidence, rng.random(20000) < confidence)
    assert expected_calibration_error(probs, labels) < 0.02
    probs, labels = two_classes(confidence, rng.random(20000) < confidence - 0.2)
    assert expected_calibration_error(probs, labels) == pytest.approx(0.2, abs=0.02)


def test_the_two_ends():
    probs = np.eye(2)[[0, 1, 0, 1]]
    assert expected_calibration_error(probs, [0, 1, 0, 1]) == 0
    assert expected_calibration_error(probs, [1, 0, 1, 0]) == 1


@pytest.mark.parametrize("measure", [reliability, expected_calibration_error])
def test_labels_are_columns_and_bins_are_whole(measure):
    with pytest.raises(ValueError, match=r"`labels` must lie in 0 to 1, the columns .* got 2"):
        measure([[0.5, 0.5]], [2])
    for bins in (0, -3, 2.5, True, None):
        with pytest.raises(ValueError, match=r"`bins` must be a whole number, at least 1; got"):
            measure([[0.5, 0.5]], [1], bins=bins)
