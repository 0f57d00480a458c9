"""Accuracy, by hand."""

import keras
import numpy as np
import pytest

from tlcourse.measures import accuracy, balanced_accuracy


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


def test_balanced_accuracy_is_scikit_learns(rng):
    from sklearn.metrics import balanced_accuracy_score

    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
    x = rng.normal(size=(50, 4)).astype("float32")
    labels = np.minimum(rng.geometric(0.6, size=50) - 1, 2)
    answers = model.predict(x, verbose=0).argmax(axis=1)
    assert balanced_accuracy(model, x, labels) == pytest.approx(
        balanced_accuracy_score(labels, answers)
    )
    with pytest.raises(ValueError, match="`labels` must have shape"):
        balanced_accuracy(model, x, labels[:-1])


def test_always_the_common_class_is_worth_one_in_two(rng):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(2, bias_initializer="ones")])
    model.set_weights([np.zeros((1, 2)), np.array([1.0, 0.0])])
    x, labels = np.zeros((20, 1)), np.repeat([0, 1], [19, 1])
    assert accuracy(model, x, labels) == pytest.approx(0.95)
    assert balanced_accuracy(model, x, labels) == 0.5
