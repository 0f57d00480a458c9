"""Features of several depths."""

import keras
import numpy as np
import pytest

from tlcourse.backbones import load_backbone, multi_level, predict
from tlcourse.errors import UnknownName


@pytest.fixture
def backbone():
    return load_backbone("small_resnet", seed=3)


def test_features_are_each_layers_averages_side_by_side(backbone, rng):
    images = rng.random((4, 32, 32, 3)).astype("float32")
    names = ("block1_add", "block3_add", "features")
    features = predict(multi_level(backbone, names), images)
    parts = [
        predict(keras.Model(backbone.input, backbone.get_layer(name).output), images)
        for name in names
    ]
    expected = [part.mean(axis=(1, 2)) for part in parts[:2]] + [parts[2]]
    np.testing.assert_allclose(features, np.concatenate(expected, axis=1), rtol=1e-4, atol=1e-5)


def test_one_level_is_that_layer(backbone, rng):
    images = rng.random((2, 32, 32, 3)).astype("float32")
    np.testing.assert_array_equal(
        predict(multi_level(backbone, ["features"]), images), predict(backbone, images)
    )


def test_variables_are_the_backbones_own(backbone):
    ours = multi_level(backbone, ["block1_add"])
    mine = {id(v) for v in backbone.variables}
    assert ours.variables
    assert all(id(v) in mine for v in ours.variables)


def test_layers_that_are_not_there(backbone):
    with pytest.raises(UnknownName, match=r"no layer 'block1_ad'. Did you mean 'block1_add'"):
        multi_level(backbone, ["block1_ad"])
    with pytest.raises(ValueError, match="`names` must hold at least one layer"):
        multi_level(backbone, [])
