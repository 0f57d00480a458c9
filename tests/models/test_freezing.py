"""What is frozen stands still under `fit`, statistics of batch normalisation included."""

import keras
import numpy as np
import pytest
from model_weights import moved, values

from tlcourse.backbones import load_backbone
from tlcourse.errors import UnknownName
from tlcourse.models import freeze, freeze_batchnorm, join, new_head, thaw
from tlcourse.training import Training, train


@pytest.fixture
def backbone():
    return load_backbone("small_cnn", input_shape=(8, 8, 1), seed=0)


def plain_fit(model, x, labels):
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.fit(x, labels, batch_size=16, epochs=2, verbose=0)


def examples(rng):
    return rng.random((32, 8, 8, 1), dtype="float32"), np.arange(32) % 3


def by_train(model, x, labels):
    train(model, x, labels, Training(steps=4))


@pytest.mark.parametrize("fit", [plain_fit, by_train])
def test_a_frozen_backbone_stands_still_statistics_included(backbone, rng, fit):
    model = join(freeze(backbone), new_head(backbone, 3))
    before, head_before = values(backbone), values(model)
    fit(model, *examples(rng))
    assert moved(before, backbone) == set()
    assert len(moved(head_before, model)) == 2  # the head's matrix and offset


@pytest.mark.parametrize("fit", [plain_fit, by_train])
def test_frozen_batchnorm_keeps_its_statistics_while_the_rest_trains(backbone, rng, fit):
    model = join(freeze_batchnorm(backbone), new_head(backbone, 3))
    before = values(backbone)
    fit(model, *examples(rng))
    assert {path.split("/")[0] for path in moved(before, backbone)} == {
        "block1_conv",
        "block2_conv",
        "block3_conv",
    }


def test_training_false_alone_does_not_hold_the_statistics(backbone, rng):
    """The trap that lesson 04 shows: if Keras ever mends it, the lesson must change."""
    images = keras.Input((8, 8, 1))
    features = backbone(images, training=False)
    model = keras.Model(images, keras.layers.Dense(3)(features))
    before = values(backbone)
    plain_fit(model, *examples(rng))
    assert any("moving_mean" in path for path in moved(before, backbone))


def test_up_to_a_layer_freezes_what_comes_before_it(backbone):
    freeze(backbone, "block2")
    frozen = [layer.name for layer in backbone.layers if layer.weights and not layer.trainable]
    assert frozen == ["block1_conv", "block1_bn", "block2_conv", "block2_bn"]
    trained = {v.path.split("/")[0] for v in backbone.trainable_variables}
    assert trained == {"block3_conv", "block3_bn"}


@pytest.mark.parametrize("frozen_before", [None, "block2"])
def test_up_to_a_layer_thaws_what_comes_after_it(backbone, frozen_before):
    freeze(backbone, frozen_before)
    freeze(backbone, "block1")
    assert len(backbone.trainable_variables) == 6


@pytest.mark.parametrize("trainable", [True, False])
def test_all_means_all_whatever_the_model_itself_says(backbone, trainable):
    outer = keras.Sequential([keras.Input((8, 8, 1)), keras.Sequential([backbone])])
    for layer in backbone.layers[::2]:
        layer.trainable = not trainable
    outer.trainable = trainable
    (thaw if trainable else freeze)(outer)
    assert {layer.trainable for layer in backbone.layers} == {trainable}


def test_layers_inside_a_nested_body_are_found():
    backbone = freeze(load_backbone("vgg16", input_shape=(32, 32, 3)), "block4")
    trained = {v.path.split("/")[-2] for v in backbone.trainable_variables}
    assert trained == {"block5_conv1", "block5_conv2", "block5_conv3"}


def test_nested_batchnorm_is_found():
    backbone = freeze_batchnorm(load_backbone("mobilenet_v2", input_shape=(32, 32, 3)))
    assert not [v.path for v in backbone.trainable_variables if "gamma" in v.path]
    assert len(backbone.trainable_variables) == 52  # its convolutions


def test_a_number_is_not_the_beginning_of_a_longer_one():
    layers = [keras.layers.Dense(2, name=f"block_{i}") for i in (1, 2, 10)]
    model = freeze(keras.Sequential([keras.Input((2,)), *layers]), "block_1")
    assert [layer.trainable for layer in model.layers] == [False, True, True]


def test_an_unknown_layer_says_the_near_ones(backbone):
    with pytest.raises(UnknownName, match=r"begins with 'blok2'. Did you mean .*'block2"):
        freeze(backbone, "blok2")
    assert all(layer.trainable for layer in backbone.layers)
