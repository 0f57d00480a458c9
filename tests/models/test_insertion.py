"""Layers put into a model, wherever in it they belong."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from tlcourse.models import copy_of
from tlcourse.models.insertion import insert_after


def values(outputs):
    return ops.convert_to_numpy(outputs)


def test_a_layer_changes_what_goes_on_from_there(rng):
    x = images = keras.Input((4,))
    first, second = layers.Dense(3, name="first"), layers.Dense(2, name="second")
    branch = first(x)
    model = keras.Model(images, layers.Concatenate()([second(branch), branch]), name="m")
    changed = insert_after(model, {first: layers.Rescaling(3.0, name="tripled")})
    x = rng.normal(size=(5, 4)).astype("float32")
    tripled = 3 * values(first(x))
    expected = np.concatenate([values(second(tripled)), tripled], axis=1)
    np.testing.assert_allclose(values(changed(x)), expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(
        values(model(x))[:, 2:], values(first(x)), rtol=1e-5, err_msg="the model itself stays"
    )
    assert changed.name == "m"
    np.testing.assert_allclose(values(copy_of(changed)(x)), expected, rtol=1e-5, atol=1e-6)


def test_the_last_layer_and_layers_of_models_inside(rng):
    inner = keras.Sequential(
        [keras.Input((4,)), layers.Dense(4, name="a"), layers.ReLU(name="b")], name="inner"
    )
    end = layers.Dense(2, name="end")
    model = keras.Sequential([keras.Input((4,)), inner, end])
    a = inner.get_layer("a")
    changed = insert_after(model, {a: layers.Rescaling(-1.0), end: layers.Rescaling(2.0)})
    x = rng.normal(size=(5, 4)).astype("float32")
    expected = 2 * values(end(np.maximum(-values(a(x)), 0)))
    np.testing.assert_allclose(values(changed(x)), expected, rtol=1e-5, atol=1e-6)
    assert [id(v) for v in changed.variables] == [id(v) for v in model.variables]


def test_a_layer_that_is_not_there():
    x = keras.Input((2,))
    model = keras.Model(x, layers.ReLU()(x), name="m")
    with pytest.raises(ValueError, match="inserted after layer 'other': it must lie in 'm'"):
        insert_after(model, {layers.Dense(2, name="other"): layers.ReLU()})
