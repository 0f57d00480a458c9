"""Stages follow the names that networks give their layers."""

import keras
import pytest
from keras import layers

from tlcourse.backbones import load_backbone
from tlcourse.models.freezing import single_layers
from tlcourse.models.stages import freeze_stages, stage_ends, stages


def names(groups):
    return [[layer.name for layer in group] for group in groups]


def own(*names, build=None):
    build = build or (lambda name: layers.Dense(3, name=name))
    return keras.Sequential([keras.Input((3,)), *map(build, names)])


@pytest.mark.parametrize(
    ("name", "n", "first", "last"),
    [
        ("small_cnn", 3, "block1_conv", "block3_bn"),
        ("small_resnet", 3, "stem_conv", "block3_b_bn"),
        ("vgg16", 5, "block1_conv1", "block5_conv3"),
        ("resnet50", 5, "conv1_conv", "conv5_block3_3_bn"),
        ("mobilenet_v2", 18, "Conv1", "Conv_1_bn"),
        ("efficientnet_b0", 7, "normalization", "top_bn"),
    ],
)
def test_the_stages_of_known_networks(name, n, first, last):
    backbone = load_backbone(name, input_shape=(32, 32, 3))
    found = stages(backbone)
    assert len(found) == n
    # Keras numbers a layer without a name of its own, once there was another such layer.
    assert found[0][0].name.startswith(first)
    assert found[-1][-1].name == last
    flat = [layer for stage in found for layer in stage]
    assert flat == [layer for layer in single_layers(backbone) if layer.weights]


def test_a_number_that_keras_gave_is_no_stage_beside_named_ones():
    names_given = ("normalization_4", "block1_conv", "conv2d_7", "block2_conv")
    images = x = keras.Input((8, 8, 3))
    x = keras.layers.Normalization(name=names_given[0])(x)
    for name in names_given[1:]:
        x = keras.layers.Conv2D(2, 3, name=name)(x)
    assert names(stages(keras.Model(images, x))) == [[*names_given[:3]], ["block2_conv"]]


def test_small_resnet_by_hand():
    block = ["down_conv", "down_bn", "a_conv", "a_bn", "b_conv", "b_bn"]
    expected = [[f"block{n}_{name}" for name in block] for n in (1, 2, 3)]
    expected[0] = ["stem_conv", "stem_bn", *expected[0]]
    backbone = load_backbone("small_resnet")
    assert names(stages(backbone)) == expected
    assert [layer.name for layer in stage_ends(backbone)] == [
        "block1_add",
        "block2_add",
        "block3_add",
    ]


def test_a_stage_ends_after_activation_and_pooling_but_before_flattening():
    ends = stage_ends(load_backbone("small_cnn"))
    assert [layer.name for layer in ends] == ["block1_relu", "block2_relu", "block3_pool"]


def test_where_stages_of_nested_networks_end():
    ends = stage_ends(load_backbone("resnet50", input_shape=(32, 32, 3)))
    assert [layer.name for layer in ends] == [
        "pool1_pool",
        "conv2_block3_out",
        "conv3_block4_out",
        "conv4_block6_out",
        "conv5_block3_out",
    ]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["a", "b"], [["a", "b"]]),
        (
            ["stem", "b1_x", "b1_y", "norm", "b2_x", "top"],
            [["stem", "b1_x", "b1_y", "norm"], ["b2_x", "top"]],
        ),
        (["b1", "b10", "b2"], [["b1"], ["b10"], ["b2"]]),
        (["dense", "dense_1", "dense_2"], [["dense", "dense_1"], ["dense_2"]]),
        (["conv2d", "conv2d_1", "conv2d_2"], [["conv2d", "conv2d_1"], ["conv2d_2"]]),
        (
            ["embed", "trans_former_0", "trans_former_1"],
            [["embed", "trans_former_0"], ["trans_former_1"]],
        ),
    ],
)
def test_names_of_all_kinds(given, expected):
    assert names(stages(own(*given))) == expected


def test_layers_without_weights_are_in_no_stage():
    assert stages(own("a1", build=lambda name: layers.ReLU(name=name))) == []


@pytest.mark.parametrize(
    ("n", "trained"),
    [
        (0, {"block1_conv", "block1_bn", "block2_conv", "block2_bn", "block3_conv", "block3_bn"}),
        (1, {"block2_conv", "block2_bn", "block3_conv", "block3_bn"}),
        (3, set()),
    ],
)
def test_freezing_the_first_stages_thaws_the_rest(n, trained):
    backbone = load_backbone("small_cnn", input_shape=(8, 8, 1))
    backbone.trainable = False
    freeze_stages(backbone, n)
    assert {v.path.split("/")[0] for v in backbone.trainable_variables} == trained
    assert backbone.get_layer("block1_relu").trainable == (n == 0)
