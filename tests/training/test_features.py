"""Features computed once."""

import keras
import numpy as np
import pytest

from tlcourse.backbones import load_backbone
from tlcourse.domains import Domain
from tlcourse.training import extract_features, predict


@pytest.fixture
def backbone():
    return load_backbone("small_cnn", input_shape=(8, 8, 1), seed=0)


@pytest.fixture
def domain(rng):
    return Domain(
        name="tiny",
        x_train=rng.random((7, 8, 8, 1)),
        labels_train=np.arange(7) % 2,
        x_test=rng.random((4, 8, 8, 1)),
        labels_test=np.arange(4) % 2,
        class_names=("a", "b"),
    )


def test_images_become_features(backbone, domain):
    features = extract_features(backbone, domain.x_train)
    np.testing.assert_array_equal(features, predict(backbone, domain.x_train))
    assert features.shape == (7, 64)


def test_a_tensor_is_images_too(backbone, domain):
    tensor = keras.ops.convert_to_tensor(domain.x_train)
    np.testing.assert_array_equal(
        extract_features(backbone, tensor), extract_features(backbone, domain.x_train)
    )


def test_a_domain_becomes_a_domain_of_features(backbone, domain):
    seen = extract_features(backbone, domain)
    np.testing.assert_array_equal(seen.x_train, predict(backbone, domain.x_train))
    np.testing.assert_array_equal(seen.x_test, predict(backbone, domain.x_test))
    np.testing.assert_array_equal(seen.labels_test, domain.labels_test)
    assert seen.name == "tiny seen by small_cnn"
    assert seen.class_names == domain.class_names


def test_images_of_another_shape_are_named(backbone):
    with pytest.raises(ValueError, match=r"`data` must hold .*\(8, 8, 1\), .*got \(8, 8, 3\)"):
        extract_features(backbone, np.zeros((2, 8, 8, 3)))


def test_a_backbone_without_a_head_for_features_is_refused():
    maps = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Conv2D(3, 3)])
    with pytest.raises(ValueError, match=r"`backbone` must give features \(n, d\)"):
        extract_features(maps, np.zeros((2, 8, 8, 1)))
