"""Accuracy, by hand."""

import keras
import numpy as np
import pytest

from tlcourse.measures import accuracy


@pytest.fixture
def echo():
    """A classifier whose scores are its inputs."""
    inputs = keras.Input((3,))
    return keras.Model(inputs, keras.layers.Identity()(inputs))


SCORES = np.array([[3.0, 2, 1], [0, 0.1, 0.2], [-5, -1, -3], [9, 8, 7]])  # says 0, 2, 1, 0


@pytest.mark.parametrize(
    ("labels", "expected"), [([0, 2, 1, 0], 1.0), ([0, 2, 1, 1], 0.75), ([1, 1, 2, 2], 0.0)]
)
def test_it_is_the_share_of_right_names(echo, labels, expected):
    found = accuracy(echo, SCORES, np.array(labels))
    assert found == expected
    assert type(found) is float


def test_it_counts_over_all_batches(echo):
    labels = np.array([0, 2, 1, 1] * 400)
    assert accuracy(echo, np.tile(SCORES, (400, 1)), labels) == 0.75


def test_a_model_of_fewer_classes_is_refused(echo):
    with pytest.raises(ValueError, match=r"`model` must tell at least 4 classes .* gives 3"):
        accuracy(echo, SCORES, np.array([0, 1, 2, 3]))


@pytest.mark.parametrize("labels", [np.array([0, 1]), np.eye(4)])
def test_labels_are_one_for_each_example(echo, labels):
    with pytest.raises(ValueError, match=r"`labels` must have shape \(4,\)"):
        accuracy(echo, SCORES, labels)
