"""Schedules by hand, and a learning rate of each variable's own."""

import math

import keras
import numpy as np
import pytest

from tlcourse.training import Training, train
from tlcourse.training.optimiser import AdamSettings, MultipliedAdam


def rates(optimiser, steps):
    built = optimiser.build(steps)
    variable = keras.Variable(1.0)
    built.build([variable])
    out = []
    for _ in range(steps):
        out.append(float(built.learning_rate))
        built.apply([keras.ops.ones(())])
    return out


def test_a_warm_up_rises_in_a_straight_line_from_above_0():
    found = rates(AdamSettings(learning_rate=0.1, warm_up=0.5), 8)
    np.testing.assert_allclose(found, [0.025, 0.05, 0.075, 0.1, 0.1, 0.1, 0.1, 0.1], rtol=1e-6)


def test_a_cosine_falls_to_0_behind_the_warm_up():
    found = rates(AdamSettings(learning_rate=2.0, schedule="cosine", warm_up=0.2), 10)
    fall = [1 + math.cos(math.pi * i / 8) for i in range(8)]
    np.testing.assert_allclose(found, [1.0, 2.0, *fall], rtol=1e-5)


def test_a_rate_that_stays_is_one_number():
    assert rates(AdamSettings(learning_rate=0.5), 3) == [0.5] * 3


def model():
    keras.utils.set_random_seed(0)
    x = inputs = keras.Input((4,))
    for name in ("first", "second"):
        x = keras.layers.Dense(4, name=name)(x)
    return keras.Model(inputs, keras.layers.Dense(2, name="logits")(x))


def moves(lr_multipliers, rng, steps=1):
    trained, before = model(), model()
    x = np.random.default_rng(3).normal(size=(16, 4))
    train(
        trained,
        x,
        np.arange(16) % 2,
        Training(steps=steps, learning_rate=0.01),
        lr_multipliers=lr_multipliers,
    )
    return [
        float(np.abs(np.asarray(a) - np.asarray(b)).max())
        for a, b in zip(trained.weights, before.weights, strict=True)
    ]


def test_a_factor_is_how_much_less_a_variable_moves(rng):
    # Adam's first step is as long as the learning rate, whatever the gradient is.
    np.testing.assert_allclose(
        moves((0.0, 0.0, 0.1, 0.1, 1.0, 1.0), rng), [0, 0, 1e-3, 1e-3, 1e-2, 1e-2], rtol=1e-3
    )


def test_factors_of_1_are_plain_adam(rng):
    np.testing.assert_allclose(moves((1.0,) * 6, rng, 9), moves(None, rng, 9), rtol=1e-4, atol=1e-6)


def test_there_is_one_factor_for_each_variable(rng):
    with pytest.raises(
        ValueError, match=r"`lr_multipliers` must be one for each of the 6 .*; got 2"
    ):
        moves((1.0, 0.5), rng)


def test_it_comes_back_from_its_config():
    built = MultipliedAdam(0.3, lr_multipliers=(0.5, 2.0), beta_1=0.8)
    again = MultipliedAdam.from_config(built.get_config())
    assert again.lr_multipliers == (0.5, 2.0)
    assert again.beta_1 == 0.8
    assert float(again.learning_rate) == pytest.approx(0.3)
