"""What layers inside a model give, read along with its output."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from tlcourse.backbones import load_backbone
from tlcourse.models import copy_of
from tlcourse.models.inner_outputs import with_inner_outputs
from tlcourse.models.stages import stage_ends


def arrays(outputs):
    return [ops.convert_to_numpy(output) for output in outputs]


def test_a_plain_network_gives_what_its_layers_give(rng):
    backbone = load_backbone("small_cnn", input_shape=(8, 8, 1), seed=2)
    ends = stage_ends(backbone)
    both = with_inner_outputs(backbone, ends)
    x = rng.random((3, 8, 8, 1), dtype="float32")
    features, *maps = arrays(both(x))
    for found, layer in zip(maps, ends, strict=True):
        alone = keras.Model(backbone.inputs[0], layer.output)
        np.testing.assert_allclose(found, ops.convert_to_numpy(alone(x)), rtol=1e-5)
    np.testing.assert_allclose(features, ops.convert_to_numpy(backbone(x)), rtol=1e-5)
    assert [id(v) for v in both.variables] == [id(v) for v in backbone.variables]


def test_layers_of_models_inside_are_read_in_the_order_asked_for(rng):
    inner = keras.Sequential(
        [keras.Input((4,)), layers.Dense(5, name="a"), layers.Dense(6, name="b")]
    )
    images = keras.Input((4,))
    before = layers.Dense(4, name="before")
    model = keras.Model(images, layers.ReLU()(inner(before(images))))
    wanted = [inner.get_layer("b"), before, inner.get_layer("a")]
    both = with_inner_outputs(model, wanted)
    x = rng.random((2, 4), dtype="float32")
    last, b, first, a = arrays(both(x))
    np.testing.assert_allclose(first, ops.convert_to_numpy(before(x)), rtol=1e-5)
    np.testing.assert_allclose(a, ops.convert_to_numpy(inner.get_layer("a")(first)), rtol=1e-5)
    np.testing.assert_allclose(b, ops.convert_to_numpy(inner.get_layer("b")(a)), rtol=1e-5)
    np.testing.assert_allclose(last, np.maximum(b, 0), rtol=1e-5)


def test_of_a_layer_that_is_used_twice_the_first_output_is_given(rng):
    twice = layers.Dense(4, name="twice")
    images = keras.Input((4,))
    both = with_inner_outputs(keras.Model(images, twice(twice(images))), [twice])
    x = rng.random((2, 4), dtype="float32")
    last, first = arrays(both(x))
    np.testing.assert_allclose(first, ops.convert_to_numpy(twice(x)), rtol=1e-5)
    np.testing.assert_allclose(last, ops.convert_to_numpy(twice(first)), rtol=1e-5)


def test_the_model_stays_as_it_was():
    backbone = load_backbone("resnet50", input_shape=(32, 32, 3))
    before = backbone.to_json()
    both = with_inner_outputs(backbone, stage_ends(backbone))
    assert [shape[-1] for shape in both.output_shape] == [2048, 64, 256, 512, 1024, 2048]
    assert backbone.to_json() == before
    assert copy_of(backbone).count_params() == both.count_params()


def test_a_layer_that_cannot_be_read():
    a, b = keras.Input((2,)), keras.Input((2,))
    deep = layers.Dense(2, name="deep")
    inner = keras.Model([a, b], deep(layers.Add()([a, b])))
    x = keras.Input((2,))
    model = keras.Model(x, inner([x, x]), name="outer")
    for layer in (deep, layers.Dense(2, name="deep")):
        with pytest.raises(
            ValueError, match="What layer 'deep' gives cannot be read: it must lie in 'outer'"
        ):
            with_inner_outputs(model, [layer])
