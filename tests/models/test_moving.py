"""Weights moved by name: what fits, what is inflated, and the proof on grey images."""

import keras
import numpy as np
import pytest

from tlcourse.backbones import load_backbone
from tlcourse.models import join, move_weights, new_head


def small(channels, seed, size=12):
    return load_backbone("small_cnn", input_shape=(size, size, channels), seed=seed)


def test_the_same_network_fits_whole():
    source, target = small(1, 1), small(1, 2)
    moved = move_weights(source, target)
    assert set(moved.rows.values()) == {"fits"}
    assert moved.n_moved == moved.n_weights == len(target.weights)
    assert moved.grey_difference < 1e-6
    for a, b in zip(source.weights, target.weights, strict=True):
        np.testing.assert_array_equal(np.asarray(a), np.asarray(b))


def test_grey_becomes_colour_and_grey_images_give_the_same():
    source, target = small(1, 1), small(3, 2)
    before = [np.asarray(w) for w in source.weights]
    moved = move_weights(source, target)
    assert moved.rows.pop("block1_conv") == "inflated"
    assert set(moved.rows.values()) == {"fits"}
    assert moved.grey_difference < 1e-5
    kernel = np.asarray(target.get_layer("block1_conv").kernel)
    for channel in range(3):
        expected = np.asarray(source.get_layer("block1_conv").kernel)[:, :, 0] / 3
        np.testing.assert_allclose(kernel[:, :, channel], expected, rtol=1e-6)
    for a, b in zip(before, source.weights, strict=True):
        np.testing.assert_array_equal(a, np.asarray(b))
    assert "inflated" in str(move_weights(source, target))
    assert "off on grey" in str(move_weights(source, target))


def test_a_head_for_other_classes_stays_as_it_is():
    source = join(small(1, 1), new_head(small(1, 1), 10))
    backbone = small(1, 2)
    target = join(backbone, new_head(backbone, 4))
    own = np.asarray(target.get_layer("head").weights[0])
    moved = move_weights(source, target)
    assert moved.rows["logits"] == "anew"
    assert moved.grey_difference is None
    assert moved.n_moved == moved.n_weights - 2
    np.testing.assert_array_equal(own, np.asarray(target.get_layer("head").weights[0]))


def test_another_size_of_image_has_no_proof():
    assert move_weights(small(1, 1, size=12), small(3, 2, size=16)).grey_difference is None


def dense(name, units=3, twice=False):
    layers = [keras.Input((4,)), keras.layers.Dense(units, name=name)]
    model = keras.Sequential(layers, name="one")
    if not twice:
        return model
    inputs = keras.Input((4,))
    parts = [
        keras.Sequential([keras.Input((n,)), keras.layers.Dense(4, name=name)]) for n in (4, 4)
    ]
    return keras.Model(inputs, parts[1](parts[0](inputs)), name="two")


@pytest.mark.parametrize(
    ("source", "target", "said"),
    [
        (dense("a"), dense("b"), "none of 'one' fits 'one'"),
        (dense("a"), dense("a", units=5), "none of 'one' fits"),
        (dense("a", twice=True), dense("a"), "`source` must have one layer of each name"),
        ("a", dense("a"), "`model` must be a keras.Model"),
    ],
)
def test_what_cannot_be_moved(source, target, said):
    with pytest.raises(ValueError, match=said):
        move_weights(source, target)
