"""Backbones by name: what they take, give, and how their weights come and go."""

import keras
import numpy as np
import pytest

from tlcourse.backbones import backbone_names, load_backbone, predict
from tlcourse.errors import UnknownName

PREPROCESS = {
    "vgg16": keras.applications.vgg16.preprocess_input,
    "resnet50": keras.applications.resnet50.preprocess_input,
    "mobilenet_v2": keras.applications.mobilenet_v2.preprocess_input,
    "efficientnet_b0": keras.applications.efficientnet.preprocess_input,
}


@pytest.mark.parametrize(("shape", "width"), [((28, 28, 1), 576), ((32, 32, 3), 1024)])
def test_small_cnn_gives_features(shape, width, rng):
    backbone = load_backbone("small_cnn", input_shape=shape)
    assert backbone.input_shape == (None, *shape)
    assert backbone.output_shape == (None, width)
    assert predict(backbone, rng.random((3, *shape))).shape == (3, width)


def test_small_cnn_takes_28_pixels_unless_told():
    assert load_backbone("small_cnn").input_shape == (None, 28, 28, 1)


def test_small_cnn_sees_minus_one_to_one(rng):
    backbone = load_backbone("small_cnn")
    scaling = keras.Model(backbone.input, backbone.get_layer("to_minus_one_one").output)
    images = rng.random((2, 28, 28, 1), dtype="float32")
    np.testing.assert_allclose(predict(scaling, images), 2 * images - 1, rtol=1e-6)


@pytest.mark.parametrize("shape", [(28, 28), (7, 28, 1)])
def test_small_cnn_says_which_images_it_cannot_take(shape):
    with pytest.raises(ValueError, match=r"`input_shape` of small_cnn .* at least 8 .*; got"):
        load_backbone("small_cnn", input_shape=shape)


@pytest.mark.parametrize("name", PREPROCESS)
def test_images_reach_the_network_as_its_own_preprocessing_makes_them(name, rng):
    backbone = load_backbone(name, input_shape=(32, 32, 3))
    images = rng.random((2, 32, 32, 3), dtype="float32")
    (body,) = [layer for layer in backbone.layers if isinstance(layer, keras.Model)]
    before_body = keras.Model(backbone.input, body._inbound_nodes[-1].input_tensors[0])
    np.testing.assert_allclose(
        predict(before_body, images), PREPROCESS[name](255 * images), rtol=1e-5, atol=1e-4
    )
    assert predict(backbone, images).shape == (2, backbone.output_shape[1])


def test_every_application_is_held_against_its_preprocessing():
    assert {"small_cnn", *PREPROCESS} == set(backbone_names())


def test_applications_take_colour_images_only():
    with pytest.raises(ValueError, match=r"`input_shape` of vgg16 .* got \(32, 32, 1\)"):
        load_backbone("vgg16", input_shape=(32, 32, 1))


def test_weights_are_saved_and_loaded(tmp_path, rng):
    first = load_backbone("small_cnn", seed=1)
    first.save_weights(tmp_path / "small.weights.h5")
    second = load_backbone("small_cnn", seed=2, weights=tmp_path / "small.weights.h5")
    images = rng.random((2, 28, 28, 1))
    np.testing.assert_array_equal(predict(first, images), predict(second, images))
    assert not np.array_equal(predict(first, images), predict(load_backbone("small_cnn"), images))


def test_a_seed_makes_random_weights_the_same():
    one, same, other = (load_backbone("small_cnn", seed=seed).weights[0] for seed in (3, 3, 4))
    np.testing.assert_array_equal(np.asarray(one), np.asarray(same))
    assert not np.array_equal(np.asarray(one), np.asarray(other))


def test_an_unknown_name_says_the_near_ones():
    with pytest.raises(UnknownName, match=r"Unknown backbone 'vgg61'. Did you mean 'vgg16'"):
        load_backbone("vgg61")


@pytest.mark.parametrize(
    ("name", "weights", "allowed"),
    [("small_cnn", "nowhere.weights.h5", "`save_weights`;"), ("vgg16", "imagnet", "or imagenet")],
)
def test_weights_that_are_not_there_are_named(name, weights, allowed):
    with pytest.raises(ValueError, match=f"`weights` of {name} .*{allowed}.* '{weights}'"):
        load_backbone(name, weights=weights)


def test_small_cnn_has_no_imagenet_weights():
    with pytest.raises(ValueError, match="`weights` of small_cnn"):
        load_backbone("small_cnn", weights="imagenet")
