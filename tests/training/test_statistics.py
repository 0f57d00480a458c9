"""Statistics of batch normalisation taken anew: nested, in batches, and nothing else moves."""

import keras
import numpy as np
import pytest

from tlcourse.backbones import load_backbone
from tlcourse.training import reestimate_statistics


@pytest.fixture
def images(rng):
    return (0.3 + 2 * rng.random((20, 8, 8, 1))).astype("float32")


def nested(seed=3):
    inner = load_backbone("small_cnn", input_shape=(8, 8, 1), seed=seed)
    inputs = keras.Input((8, 8, 1))
    return keras.Model(inputs, inner(inputs), name="outer"), inner


def statistics(model):
    return [np.asarray(v) for v in model.variables if v.name.startswith("moving_")]


@pytest.mark.parametrize("batch_size", [None, 20, 7])
def test_each_layer_has_the_statistics_of_what_reaches_it(images, batch_size):
    outer, inner = nested()
    before = {v.path: np.asarray(v) for v in inner.trainable_variables}
    assert reestimate_statistics(outer, images, batch_size=batch_size) is outer
    for name in ("block1_bn", "block2_bn", "block3_bn"):
        layer = inner.get_layer(name)
        seen = keras.Model(inner.input, layer.input)(images, training=False)
        seen = np.asarray(seen, "float64")
        np.testing.assert_allclose(layer.moving_mean, seen.mean((0, 1, 2)), rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(layer.moving_variance, seen.var((0, 1, 2)), rtol=1e-3, atol=1e-6)
    for variable in inner.trainable_variables:
        np.testing.assert_array_equal(before[variable.path], np.asarray(variable))


def test_the_layers_are_as_before_afterwards(images):
    outer, inner = nested()
    reestimate_statistics(outer, images)
    kept = statistics(outer)
    outer(10 * images, training=False)
    for a, b in zip(kept, statistics(outer), strict=True):
        np.testing.assert_array_equal(a, b)
    again = keras.models.clone_model(inner)
    again.set_weights(inner.get_weights())
    np.testing.assert_allclose(again(images), inner(images), rtol=1e-6)


def test_what_has_no_statistics(images):
    plain = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Flatten()], name="plain")
    with pytest.raises(ValueError, match="'plain' has none, and no statistics"):
        reestimate_statistics(plain, images)
    with pytest.raises(ValueError, match="`images` must be at least 2; got 1"):
        reestimate_statistics(nested()[0], images[:1])
