"""Models that people build themselves: layers of their own, other precisions, all code."""

import keras
import numpy as np
import pytest

from tlcourse.training import Training, predict, train
from tlcourse.training import compiled_twin as twin


@pytest.fixture
def data(rng):
    return rng.random((20, 6), dtype="float32"), np.arange(20) % 3


class Times(keras.layers.Layer):
    """What it does is in no config, and a twin would not know."""

    factor = 1.0

    def call(self, x):
        return x * self.factor


class AllCode(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(3)

    def call(self, x):
        return self.dense(x)


def own_layer():
    layer = Times()
    layer.factor = 0.0
    return keras.Sequential([keras.Input((6,)), layer, keras.layers.Dense(3)])


def with_lambda():
    factor = 0.0
    zero = keras.layers.Lambda(lambda x: x * factor)
    return keras.Sequential([keras.Input((6,)), zero, keras.layers.Dense(3)])


def inside_another():
    inputs = keras.Input((6,))
    return keras.Model(inputs, own_layer()(inputs))


@pytest.mark.parametrize("build", [own_layer, with_lambda, inside_another])
def test_layers_that_no_config_tells_are_trained_themselves(build, data):
    model = build()
    kept = len(twin._KEPT)
    train(model, *data, Training(steps=4, learning_rate=0.1))
    _, bias = model.trainable_variables
    # All inputs become 0, so no gradient can reach the matrix.
    assert np.ptp(np.asarray(bias)) > 0
    np.testing.assert_array_equal(predict(model, data[0]), np.tile(np.asarray(bias), (20, 1)))
    assert len(twin._KEPT) == kept


def test_an_adapted_normalization_is_not_lost(data):
    x, labels = data
    scale = keras.layers.Normalization()
    model = keras.Sequential([keras.Input((6,)), scale, keras.layers.Dense(3)])
    scale.adapt(1000 * x)
    history = train(model, 1000 * x, labels, Training(steps=1))
    assert history["loss"][0] < 10  # unscaled it would be in the hundreds


def test_a_model_that_is_all_code_trains(data):
    model = AllCode()
    predict(model, data[0])
    before = np.array(np.asarray(model.weights[0]))
    train(model, *data, Training(steps=3))
    assert (np.asarray(model.weights[0]) != before).any()


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16", "float64"])
def test_other_precisions_train_and_predict_float32(policy, data):
    if policy == "float64" and keras.backend.backend() == "jax":
        pytest.skip("JAX knows float64 only when it is told so at its start")
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        models = [
            keras.Sequential([keras.Input((6,)), keras.layers.Dense(3, name="d")], name="m")
            for _ in range(2)
        ]
    finally:
        keras.config.set_dtype_policy(before)
    for model in models:  # the second on a twin that was used
        first = train(model, *data, Training(steps=1))["loss"][0]
        last = train(model, *data, Training(steps=40, learning_rate=0.01))["loss"][0]
        assert np.isfinite([first, last]).all()
        assert last < first
    assert predict(models[0], data[0]).dtype == np.float32
