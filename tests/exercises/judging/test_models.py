"""A described model comes back as it was; nothing dangerous or huge is built."""

import json
import time

import keras
import numpy as np
import pytest
from keras import layers

from tlcourse.exercises.judging.models import rebuild


def described(model):
    frozen = [not variable.trainable for variable in model.weights]
    return {"config": model.to_json(), "weights": model.get_weights(), "frozen": frozen}


def dense(units=3, **settings):
    return keras.Sequential([keras.Input((4,)), layers.Dense(units, **settings)])


def with_part(old, new):
    found = described(dense())
    found["config"] = found["config"].replace(old, new)
    assert new in found["config"]
    return found


def test_it_comes_back(rng):
    images = keras.Input((6, 6, 1))
    x = layers.Conv2D(4, 3, activation="gelu", kernel_regularizer="l2")(images)
    x = keras.ops.mean(layers.BatchNormalization()(x), axis=(1, 2))
    model = keras.Model(
        images, layers.Dropout(0.5, seed=123_456)(dense(kernel_initializer="he_normal")(x))
    )
    model.layers[1].trainable = False
    again = rebuild(described(model))
    batch = rng.random((5, 6, 6, 1))
    np.testing.assert_allclose(again(batch), model(batch), rtol=1e-5)
    assert [v.trainable for v in again.weights] == [v.trainable for v in model.weights]


@pytest.mark.parametrize(
    ("description", "why"),
    [
        (with_part('"units": 3', '"units": 1000000000'), "1e[+]09 is too large a number"),
        (with_part('"Dense"', '"Lambda"'), "`Lambda` is not a class of Keras that can be judged"),
        (with_part('"Dense"', '"TFSMLayer"'), "`TFSMLayer` is not"),
        (with_part('"Dense"', '"StringLookup"'), "`StringLookup` is not"),
        (
            with_part(
                '"module": "keras.layers", "class_name": "',
                '"module": "keras", "class_name": "layers.',
            ),
            r"`layers\.\w+` is not a class of Keras",
        ),
        (
            with_part(
                '"activation": "linear"',
                '"activation": {"module": "keras.saving", "class_name": "function", '
                '"config": "load_model", "registered_name": "function"}',
            ),
            "`function` is not a class of Keras",
        ),
        (
            with_part(
                '"activation": "linear"',
                '"activation": {"module": "keras.activations", "class_name": "function", '
                '"config": "a.b", "registered_name": "function"}',
            ),
            "`function` is not a class of Keras",
        ),
        (with_part('"module": "keras.layers"', '"module": "os"'), "is not a class of Keras"),
        (with_part('"module": "keras.layers"', '"module": null'), "is not a class of Keras"),
        (with_part('"module": "keras.layers"', '"module": "keras.utils"'), "is not a class"),
        (described(dense()) | {"config": "x" * 600_000}, "too long"),
        (described(dense()) | {"config": json.dumps([[]] * 5)}, "pop"),
        (
            described(dense()) | {"weights": [np.zeros((1500, 1500), "float32")]},
            "2,000,000 weights",
        ),
        (described(dense()) | {"frozen": [True]}, "shorter"),
    ],
)
def test_what_is_not_built(description, why):
    begin = time.monotonic()
    with pytest.raises((ValueError, TypeError, AttributeError), match=why):
        rebuild(description)
    assert time.monotonic() - begin < 2


def test_many_parts():
    deep = {"class_name": "Sequential", "module": "keras", "config": {"layers": [{}] * 3000}}
    with pytest.raises(ValueError, match="too many parts"):
        rebuild({"config": json.dumps(deep), "weights": [], "frozen": []})
