"""Schedules by hand, and a learning rate of each variable's own."""

import math

import keras
import numpy as np
import pytest

from tlcourse.training import ShuffledBatches, Training, compiled_twin, train
from tlcourse.training.optimiser import OptimizerSettings


def rates(optimiser, steps):
    built = optimiser.build()
    variable = keras.Variable(1.0)
    built.build([variable])
    optimiser.pace(built, steps)
    out = []
    for _ in range(steps):
        out.append(float(built.learning_rate))
        built.apply([keras.ops.ones(())])
    return out


def test_a_warm_up_rises_in_a_straight_line_from_above_0():
    found = rates(OptimizerSettings(learning_rate=0.1, warm_up=0.5), 8)
    np.testing.assert_allclose(found, [0.025, 0.05, 0.075, 0.1, 0.1, 0.1, 0.1, 0.1], rtol=1e-6)


def test_a_cosine_falls_to_0_behind_the_warm_up():
    found = rates(OptimizerSettings(learning_rate=2.0, schedule="cosine", warm_up=0.2), 10)
    fall = [1 + math.cos(math.pi * i / 8) for i in range(8)]
    np.testing.assert_allclose(found, [1.0, 2.0, *fall], rtol=1e-5)


def test_a_rate_that_stays_is_one_number():
    assert rates(OptimizerSettings(learning_rate=0.5), 3) == [0.5] * 3


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


FEW = np.random.default_rng(3).normal(size=(16, 4)), np.arange(16) % 2


def by_hand(optimizer, steps):
    plain = model()
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    plain.compile(optimizer, loss, jit_compile=False)
    plain.fit(ShuffledBatches(*FEW, steps=steps, batch_size=16, seed=0), shuffle=False, verbose=0)
    return plain


@pytest.mark.parametrize(
    ("given", "same"),
    [
        ("adam", keras.optimizers.Adam(0.01)),
        ("sgd", keras.optimizers.SGD(0.01)),
        ("rmsprop", keras.optimizers.RMSprop(0.01)),
        (keras.optimizers.SGD(1.0, momentum=0.9), keras.optimizers.SGD(0.01, momentum=0.9)),
        (
            keras.optimizers.AdamW(1.0, weight_decay=0.5),
            keras.optimizers.AdamW(0.01, weight_decay=0.5),
        ),
    ],
)
def test_any_of_keras_optimisers(given, same):
    ours = model()
    train(ours, *FEW, Training(steps=5, batch_size=16, learning_rate=0.01, optimizer=given))
    for a, b in zip(ours.weights, by_hand(same, 5).weights, strict=True):
        np.testing.assert_allclose(np.asarray(a), np.asarray(b), rtol=1e-5, atol=1e-6)


def test_an_object_brings_its_own_rate_unless_one_is_given():
    given = keras.optimizers.SGD(0.25)
    assert Training(steps=1, optimizer=given).learning_rate == 0.25
    assert Training(steps=1, optimizer=given, learning_rate=0.5).learning_rate == 0.5
    assert Training(steps=1, optimizer="sgd").learning_rate == 1e-3


def test_rates_courses_and_multipliers_share_one_step(monkeypatch):
    monkeypatch.setattr(compiled_twin, "_KEPT", type(compiled_twin._KEPT)())
    ends = []
    for rate, steps, share in ((0.1, 6, 0.5), (0.01, 9, 0.2), (0.1, 6, 0.5)):
        trained = model()
        training = Training(steps=steps, learning_rate=rate, schedule="cosine", warm_up=share)
        train(trained, *FEW, training, lr_multipliers=(rate,) * 6)
        ends.append(np.asarray(trained.weights[0]))
    assert len(compiled_twin._KEPT) == 1
    assert not np.allclose(ends[0], ends[1], atol=1e-4)
    np.testing.assert_array_equal(ends[0], ends[2])


@pytest.mark.parametrize(
    ("optimizer", "said"),
    [
        ("adamw", "`optimizer` must be one of 'adam', 'sgd', 'rmsprop'"),
        (keras.optimizers.SGD, r"got <class .*SGD.*>. Call it first\."),
        (3, "or a keras.optimizers.Optimizer; got 3"),
        (
            keras.optimizers.SGD(keras.optimizers.schedules.CosineDecay(0.1, 10)),
            "must have a number as its learning rate",
        ),
    ],
)
def test_optimisers_that_cannot_be(optimizer, said):
    with pytest.raises(ValueError, match=said):
        Training(steps=1, optimizer=optimizer)
