"""Features of several depths."""

import keras
import numpy as np
import pytest

from tlcourse.backbones import load_backbone
from tlcourse.errors import UnknownName
from tlcourse.models import copy_of, join, multi_level, new_head
from tlcourse.training import predict


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


def test_places_are_parts_of_the_image(backbone, rng):
    images = rng.random((3, 32, 32, 3)).astype("float32")
    maps = predict(keras.Model(backbone.input, backbone.get_layer("block1_add").output), images)
    features = predict(multi_level(backbone, ["block1_add"], places=2), images)
    n, side, _, channels = maps.shape
    half = side // 2
    parts = [
        maps[:, top : top + half, left : left + half].mean(axis=(1, 2))
        for top in (0, half)
        for left in (0, half)
    ]
    np.testing.assert_allclose(features, np.hstack(parts), rtol=1e-4, atol=1e-5)
    assert features.shape == (n, 4 * channels)
    with pytest.raises(ValueError, match="`places` must divide the sides of 'block1_add', 16 and"):
        multi_level(backbone, ["block1_add"], places=3)


def test_mirrored_images_have_the_same_features(backbone, rng):
    images = rng.random((3, 32, 32, 3)).astype("float32")
    settings = {"names": ["block1_add", "block3_add"], "places": 2}
    mirrored = multi_level(backbone, **settings, mirror=True)
    turned = np.ascontiguousarray(images[:, :, ::-1])
    np.testing.assert_allclose(
        predict(mirrored, images), predict(mirrored, turned), rtol=1e-4, atol=1e-5
    )
    plain = multi_level(backbone, **settings)
    np.testing.assert_allclose(
        predict(mirrored, images),
        (predict(plain, images) + predict(plain, turned)) / 2,
        rtol=1e-4,
        atol=1e-5,
    )
    copied = copy_of(mirrored)
    np.testing.assert_array_equal(predict(copied, images), predict(mirrored, images))


def test_levels_of_models_inside_count(backbone, rng):
    """A classifier's own layers are its backbone and its head; the levels lie within them."""
    images = rng.random((3, 32, 32, 3)).astype("float32")
    head = new_head(backbone, 4, hidden=(5,))
    classifier = join(backbone, head)
    features = predict(multi_level(classifier, ["block1_add", "features", "logits"]), images)
    of_backbone = predict(multi_level(backbone, ["block1_add", "features"]), images)
    np.testing.assert_allclose(features[:, :-4], of_backbone, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(features[:, -4:], predict(classifier, images), rtol=1e-5, atol=1e-6)
    # A model inside is a level too: what it gives.
    whole = predict(multi_level(classifier, [backbone.name, "hidden1"]), images)
    np.testing.assert_allclose(whole[:, :-5], predict(backbone, images), rtol=1e-5, atol=1e-6)
    plain = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
    with pytest.raises(UnknownName, match="no layer 'features'"):  # the head's input is called so
        multi_level(join(plain, new_head(plain, 2)), ["features"])
    assert multi_level(classifier, ["logits"], mirror=True).output_shape == (None, 4)


def test_variables_are_the_backbones_own(backbone):
    ours = multi_level(backbone, ["block1_add"])
    mine = {id(v) for v in backbone.variables}
    assert ours.variables
    assert all(id(v) in mine for v in ours.variables)


def test_layers_that_are_not_there(backbone):
    with pytest.raises(UnknownName, match=r"no layer 'block1_ad'. Did you mean 'block1_add'"):
        multi_level(backbone, ["block1_ad"])
    with pytest.raises(
        ValueError, match=r"`names` must be a list of one or more layer names; got \[\]"
    ):
        multi_level(backbone, [])
