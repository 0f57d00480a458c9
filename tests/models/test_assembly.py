"""Heads, joined models and copies."""

import keras
import numpy as np
import pytest

from tlcourse.backbones import load_backbone
from tlcourse.models import copy_of, join, new_head
from tlcourse.models.feature_scale import FeatureScale
from tlcourse.training import predict


@pytest.fixture
def backbone():
    return load_backbone("small_cnn", input_shape=(8, 8, 1), seed=0)


def test_a_linear_head_is_one_matrix_and_one_offset(backbone):
    head = new_head(backbone, 5)
    assert [tuple(w.shape) for w in head.weights] == [(backbone.output_shape[1], 5), (5,)]


def test_a_head_has_its_hidden_layers_in_order(backbone):
    head = new_head(backbone, 5, hidden=(7, 6), dropout=0.2, normalise=True)
    names = ["features", "scale", "dropout", "hidden1", "hidden2", "logits"]
    assert [layer.name for layer in head.layers] == names
    assert head.output_shape == (None, 5)
    assert head.get_layer("hidden2").units == 6


def test_joined_models_share_their_variables(backbone, rng):
    head = new_head(backbone, 3)
    model = join(backbone, head)
    images = rng.random((4, 8, 8, 1))
    head.get_layer("logits").bias.assign([1.0, 2.0, 3.0])
    np.testing.assert_allclose(
        predict(model, images), predict(head, predict(backbone, images)), rtol=1e-5
    )


def test_a_head_of_another_width_is_refused(backbone):
    other = load_backbone("small_cnn", input_shape=(28, 28, 1))
    with pytest.raises(ValueError, match=r"`head` must take the 64 features .* \(576,\)"):
        join(backbone, new_head(other, 3))


def test_a_copy_is_equal_and_shares_nothing(backbone, rng):
    images = rng.random((4, 8, 8, 1))
    twin = copy_of(backbone)
    np.testing.assert_array_equal(predict(twin, images), predict(backbone, images))
    assert [layer.name for layer in twin.layers] == [layer.name for layer in backbone.layers]
    assert not {id(w) for w in twin.weights} & {id(w) for w in backbone.weights}
    before = predict(backbone, images)
    twin.set_weights([np.zeros(w.shape) for w in twin.weights])
    np.testing.assert_array_equal(predict(backbone, images), before)


def test_a_copy_keeps_what_a_nested_normalization_adapted_to(rng):
    inputs = keras.Input((4,))
    normalization = keras.layers.Normalization()
    inner = keras.Model(inputs, normalization(inputs))
    normalization.adapt(rng.normal(3, 5, (50, 4)))
    model = keras.Sequential([keras.Input((4,)), inner, keras.layers.Dense(2)])
    x = rng.normal(size=(3, 4))
    np.testing.assert_allclose(predict(copy_of(model), x), predict(model, x), rtol=1e-6)


class Unwritten(keras.layers.Layer):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def call(self, x):
        return self.function(x)


def test_what_cannot_be_copied_says_why():
    model = keras.Sequential([keras.Input((4,)), Unwritten(lambda x: x)], name="mine")
    with pytest.raises(ValueError, match=r"`model` 'mine' cannot be copied: .*`get_config`"):
        copy_of(model)


def test_feature_scale_brings_features_to_mean_0_and_deviation_1(rng):
    features = rng.normal(3, 5, (40, 6)).astype("float32")
    layer = FeatureScale()
    layer.build((None, 6))
    layer.adapt(features)
    scaled = np.asarray(layer(features))
    np.testing.assert_allclose(scaled, (features - features.mean()) / features.std(), rtol=1e-4)
    assert abs(scaled.mean()) < 1e-5
    assert layer.trainable_variables == []


def test_feature_scale_of_features_all_alike_divides_by_nothing():
    layer = FeatureScale()
    layer.build((None, 2))
    layer.adapt(np.full((5, 2), 3.0))
    np.testing.assert_array_equal(np.asarray(layer(np.full((1, 2), 4.0, "float32"))), 1.0)


def test_feature_scale_divides_by_no_rounding_error(rng):
    alike = (0.1 + 1e-9 * rng.normal(size=(50, 4))).astype("float32")
    layer = FeatureScale()
    layer.build((None, 4))
    layer.adapt(alike)
    assert np.abs(np.asarray(layer(np.full((1, 4), 0.2, "float32")))).max() < 0.11


def test_feature_scale_leaves_a_dead_channel_small(rng):
    """And so a test image that wakes it up a little does not drown the others."""
    features = rng.normal(size=(200, 6)) * [1, 1, 1, 1, 1, 1e-5]
    layer = FeatureScale()
    layer.build((None, 6))
    layer.adapt(features)
    awake = np.asarray(layer(np.full((1, 6), 1e-3, "float32")))
    assert np.ptp(awake) < 1e-3


def test_a_head_that_was_scaled_is_saved_and_loaded(backbone, tmp_path, rng):
    head = new_head(backbone, 3, normalise=True)
    features = rng.normal(3, 5, (20, 64))
    head.get_layer("scale").adapt(features)
    head.save(tmp_path / "head.keras")
    again = keras.saving.load_model(tmp_path / "head.keras")
    np.testing.assert_array_equal(predict(again, features), predict(head, features))
