"""The weighted sum of the tasks' losses: against NumPy, given and learned."""

import keras
import numpy as np
import pytest
from scipy.special import log_softmax

from tlcourse.strategies.multi_task.task_losses import TaskLosses, mean_loss

KINDS = ["classification", "regression"]


@pytest.fixture
def batch(rng):
    outputs = [rng.normal(size=(5, 3)).astype("float32"), rng.normal(size=(5, 2)).astype("float32")]
    labels = [np.array([0, 2, 1, 1, 0]), rng.normal(size=(5, 2)).astype("float32")]
    return outputs, labels


def added_by(layer):
    return float(keras.ops.convert_to_numpy(sum(layer.losses)))


def by_numpy(outputs, labels):
    hard = -log_softmax(outputs[0].astype("float64"), axis=1)[np.arange(5), labels[0]].mean()
    return hard, ((outputs[1].astype("float64") - labels[1]) ** 2).mean()


def test_weights_that_are_given(batch):
    layer = TaskLosses(kinds=KINDS)
    layer.build([(5, 3), (5, 2)], [(5,), (5, 2)])
    layer.weigh([0.5, 3.0])
    layer(*batch)
    hard, squared = by_numpy(*batch)
    assert added_by(layer) == pytest.approx(0.5 * hard + 3 * squared, rel=1e-5)
    assert layer.task_weights() == [0.5, 3.0]
    assert not layer.trainable_variables


def test_weights_that_are_learned(batch):
    layer = TaskLosses(kinds=KINDS, learned=True)
    layer.build([(5, 3), (5, 2)], [(5,), (5, 2)])
    layer.log_variances.assign([0.7, -1.2])
    layer(*batch)
    hard, squared = by_numpy(*batch)
    expected = np.exp(-0.7) * hard + np.exp(1.2) * squared / 2 + (0.7 - 1.2) / 2
    assert added_by(layer) == pytest.approx(expected, rel=1e-5)
    assert layer.task_weights() == pytest.approx([np.exp(-0.7), np.exp(1.2) / 2], rel=1e-6)


def test_outputs_are_handed_on(batch):
    handed_on = TaskLosses(kinds=KINDS)(*batch)
    for one, other in zip(handed_on, batch[0], strict=True):
        np.testing.assert_array_equal(keras.ops.convert_to_numpy(one), other)


def test_it_survives_its_config():
    layer = TaskLosses(kinds=KINDS, learned=True)
    again = TaskLosses.from_config(layer.get_config())
    assert (again.kinds, again.learned) == (KINDS, True)


def test_missing_labels_count_nothing(batch):
    outputs, (hard, numbers) = batch
    there = np.array([True, False, True, True, False])
    missing = [np.where(there, hard, -1), np.where(there[:, None], numbers, np.nan)]
    for kind, output, label, known in zip(KINDS, outputs, missing, (hard, numbers), strict=True):
        found = float(mean_loss(kind, label, output))
        assert found == pytest.approx(float(mean_loss(kind, known[there], output[there])), rel=1e-6)
    assert float(mean_loss(KINDS[1], np.full((5, 2), np.nan), outputs[1])) == 0


def test_a_missing_number_gives_no_gradient_that_is_nan(batch):
    outputs, (_, numbers) = batch
    layer = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2)])
    layer.compile("sgd", loss=lambda y, z: mean_loss(KINDS[1], y, z), jit_compile=False)
    numbers = numbers.copy()
    numbers[1:] = np.nan
    layer.fit(outputs[1], numbers, batch_size=5, verbose=0)
    assert all(np.isfinite(weight).all() for weight in layer.get_weights())
