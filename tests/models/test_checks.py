"""A backbone that cannot be built upon is refused with a reason."""

import keras
import pytest

from tlcourse.backbones import load_backbone
from tlcourse.models import check_backbone, check_fits, new_head


class AllCode(keras.Model):
    def call(self, x):
        return x


def two_inputs():
    a, b = keras.Input((4,)), keras.Input((4,))
    return keras.Model([a, b], keras.layers.Add()([a, b]), name="two")


def two_outputs():
    a = keras.Input((4,))
    return keras.Model(a, [keras.layers.Dense(2)(a), keras.layers.Dense(3)(a)], name="forked")


def maps():
    return keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Conv2D(3, 3)], name="maps")


def unknown_width():
    a = keras.Input((None, 8, 1))
    return keras.Model(a, keras.layers.Flatten()(a), name="open")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: "vgg16", r"must be a keras.Model, .*; got 'vgg16'. `load_backbone"),
        (AllCode, "begins with a keras.Input; 'all_code"),
        (lambda: keras.Sequential([keras.layers.Dense(2)], name="open"), "begins with .*; 'open'"),
        (two_inputs, "one input and one output; 'two' has 2 and 1"),
        (two_outputs, "one input and one output; 'forked' has 1 and 2"),
        (maps, r"features \(n, d\); 'maps' gives \(None, 6, 6, 3\). End it with GlobalAverage"),
        (unknown_width, r"features \(n, d\); 'open' gives \(None, None\)"),
    ],
)
def test_what_is_no_backbone_is_refused(make, message):
    with pytest.raises(ValueError, match=f"^`backbone` .*{message}"):
        check_backbone(make())
    with pytest.raises(ValueError, match=r"^`backbone`"):
        new_head(make(), 3)


def test_a_sequential_model_is_a_backbone():
    check_backbone(keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)]))


@pytest.mark.parametrize("shape", [(28, 28), (28, 28, 3), (32, 28, 1)])
def test_examples_of_another_shape_are_named(shape):
    with pytest.raises(ValueError, match=r"`x` must hold .* \(28, 28, 1\), .*'small_cnn' takes"):
        check_fits(load_backbone("small_cnn"), shape, "x")


def test_an_open_size_takes_any():
    a = keras.Input((None, None, 1))
    backbone = keras.Model(a, keras.layers.GlobalAveragePooling2D()(a))
    check_fits(backbone, (9, 7, 1), "x")
