"""Backbones by name: what they take, give, and how their weights come and go."""

import pickle
import time

import keras
import numpy as np
import pytest

from tlcourse.backbones import backbone_names, load_backbone
from tlcourse.backbones.pretraining.recipes import RECIPES
from tlcourse.errors import UnknownName
from tlcourse.training import predict

PREPROCESS = {
    "vgg16": keras.applications.vgg16,
    "vgg19": keras.applications.vgg19,
    "resnet50": keras.applications.resnet50,
    "resnet50_v2": keras.applications.resnet_v2,
    "inception_v3": keras.applications.inception_v3,
    "xception": keras.applications.xception,
    "mobilenet_v2": keras.applications.mobilenet_v2,
    "mobilenet_v3_small": keras.applications.mobilenet_v3,
    "densenet121": keras.applications.densenet,
    "efficientnet_b0": keras.applications.efficientnet,
    "efficientnet_v2_b0": keras.applications.efficientnet_v2,
    "convnext_tiny": keras.applications.convnext,
}
SMALLEST = {"inception_v3": 75, "xception": 71}  # pixels; 32 for the others
OWN = {"small_cnn", "small_resnet", "pixels", *RECIPES}


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
    with pytest.raises(ValueError, match=r"`input_shape` of small_cnn .* at least 8×8 pixels; got"):
        load_backbone("small_cnn", input_shape=shape)


@pytest.mark.parametrize("name", PREPROCESS)
def test_images_reach_the_network_as_its_own_preprocessing_makes_them(name, rng):
    size = SMALLEST.get(name, 32)
    backbone = load_backbone(name, input_shape=(size, size, 3))
    images = rng.random((2, size, size, 3), dtype="float32")
    (body,) = [layer for layer in backbone.layers if isinstance(layer, keras.Model)]
    before_body = keras.Model(backbone.input, body._inbound_nodes[-1].input_tensors[0])
    np.testing.assert_allclose(
        predict(before_body, images),
        PREPROCESS[name].preprocess_input(255 * images),
        rtol=1e-5,
        atol=1e-4,
    )
    assert predict(backbone, images).shape == (2, backbone.output_shape[1])


@pytest.mark.parametrize("name", RECIPES)
def test_what_is_shipped_loads_within_a_second(name):
    load_backbone(name)  # what Keras sets up once, it has set up now
    begin = time.perf_counter()
    load_backbone(name)
    assert time.perf_counter() - begin <= 1


def test_every_application_is_held_against_its_preprocessing():
    assert OWN | set(PREPROCESS) == set(backbone_names())


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
    with pytest.raises(UnknownName, match=r"Unknown backbone 'vgg61'. Did you mean .*'vgg16'"):
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


def test_small_resnet_gives_features_and_is_small(rng):
    backbone = load_backbone("small_resnet")
    assert backbone.count_params() <= 1_200_000
    assert predict(backbone, rng.random((2, 32, 32, 3))).shape == (2, 160)
    with pytest.raises(
        ValueError, match=r"`input_shape` of small_resnet .* at least 16×16 pixels; got"
    ):
        load_backbone("small_resnet", input_shape=(8, 8, 3))


def test_weights_of_another_shape_are_named_on_both_sides(tmp_path):
    path = tmp_path / "grey.weights.h5"
    load_backbone("small_cnn").save_weights(path)
    with pytest.raises(
        ValueError, match=r"small_cnn for images \(28, 28, 3\).*found 15 arrays.*grey"
    ):
        load_backbone("small_cnn", input_shape=(28, 28, 3), weights=path)


def test_weights_of_another_architecture_are_named_on_both_sides(tmp_path):
    path = tmp_path / "cnn.weights.h5"
    load_backbone("small_cnn", input_shape=(32, 32, 3)).save_weights(path)
    with pytest.raises(
        ValueError, match=r"Expected weights of small_resnet .*; found 15 arrays .*cnn.weights.h5'"
    ):
        load_backbone("small_resnet", weights=path)


def test_a_damaged_file_is_named(tmp_path):
    path = tmp_path / "cut.weights.h5"
    load_backbone("small_cnn").save_weights(path)
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(ValueError, match=r"cut.weights.h5' is damaged"):
        load_backbone("small_cnn", weights=path)


def test_a_pickle_is_not_even_opened(tmp_path):
    ran = tmp_path / "ran"
    path = tmp_path / "evil.weights.h5"
    path.write_bytes(pickle.dumps(Evil(ran)))
    with pytest.raises(ValueError, match=r"evil.weights.h5' is damaged"):
        load_backbone("small_cnn", weights=path)
    path.rename(tmp_path / "evil.pkl")
    with pytest.raises(ValueError, match=r"with a name that ends in .weights.h5"):
        load_backbone("small_cnn", weights=tmp_path / "evil.pkl")
    assert not ran.exists()


class Evil:
    """Makes a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return self.path.write_text, ("ran",)
