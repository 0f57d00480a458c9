"""Trainings in which a penalty alone moves the weights."""

import numpy as np
import pytest

from tlcourse.strategies import strategy
from tlcourse.training import train


@pytest.fixture
def by_penalty_alone(monkeypatch):
    """Function that makes examples weigh nothing in the cross-entropy, and says what still moves.

    It takes what pushes the weights off their places before the training, a function of a shape,
    and gives a dict: path to how far each weight then moved.
    """

    def arrange(push=np.zeros):
        moved = {}

        def without_labels(model, x, labels, training, **settings):
            for variable in model.trainable_variables:
                variable.assign(variable + push(variable.shape))
            before = {v.path: np.array(np.asarray(v)) for v in model.trainable_variables}
            weight = np.zeros(len(x))
            history = train(model, x, labels, training, sample_weight=weight, **settings)
            for v in model.trainable_variables:
                moved[v.path] = np.asarray(v) - before[v.path]
            return history

        monkeypatch.setattr(strategy, "train", without_labels)
        return moved

    return arrange
