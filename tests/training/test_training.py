"""A record of settings that cannot be says so before anything is computed."""

import numpy as np
import pytest

from tlcourse.training import Training


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"steps": None}, "Give exactly one of `steps` and `epochs`; got None and None"),
        ({"epochs": 2}, "Give exactly one of `steps` and `epochs`; got 3 and 2"),
        ({"steps": 0}, "`steps` must be a whole number, at least 1; got 0"),
        ({"steps": 2.5}, "`steps` must be .*; got 2.5"),
        ({"steps": None, "epochs": 0}, "`epochs` must be .*; got 0"),
        ({"steps": True}, "`steps` must be .*; got True"),
        ({"batch_size": 0}, "`batch_size` must be .*; got 0"),
        ({"n_evals": -1}, "`n_evals` must be .*; got -1"),
        ({"learning_rate": 0}, "`learning_rate` must be .*; got 0"),
        ({"learning_rate": float("nan")}, "`learning_rate` must be .*; got nan"),
        ({"learning_rate": float("inf")}, "`learning_rate` must be .*; got inf"),
        ({"learning_rate": "fast"}, "`learning_rate` must be .*; got 'fast'"),
        ({"schedule": "stairs"}, "`schedule` must be one of .*; got 'stairs'"),
        ({"warm_up": 1}, r"`warm_up` must .*\[0, 1\); got 1"),
        ({"validation": 1.0}, r"`validation` must .*\[0, 1\); got 1.0"),
    ],
)
def test_settings_that_cannot_be(change, message):
    with pytest.raises(ValueError, match=message):
        Training(**({"steps": 3} | change))


def test_numbers_of_numpy_are_numbers():
    settings = {"steps": np.int64(3), "learning_rate": np.float32(0.5), "batch_size": np.int32(4)}
    assert Training(**settings).for_examples(10).steps == 3


@pytest.mark.parametrize(
    ("settings", "n", "steps", "batch_size", "n_evals"),
    [
        ({"steps": 7, "batch_size": 4, "n_evals": 20}, 10, 7, 4, 7),
        ({"epochs": 2, "batch_size": 16}, 40, 5, 16, 1),
        ({"epochs": 4, "batch_size": 16}, 3, 4, 3, 1),
        ({"epochs": 1, "batch_size": 64}, 10, 1, 10, 1),
    ],
)
def test_settled_for_a_number_of_examples(settings, n, steps, batch_size, n_evals):
    plan = Training(**settings).for_examples(n)
    assert (plan.steps, plan.epochs) == (steps, None)
    assert (plan.batch_size, plan.n_evals) == (batch_size, n_evals)


def test_a_batch_is_no_larger_than_the_smaller_of_two_domains():
    assert Training(epochs=1, batch_size=64).for_examples(100, at_most=20).batch_size == 20
