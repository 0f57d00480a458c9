"""Two small domains that tell three classes apart, the target darker than the source."""

import keras
import numpy as np
import pytest

from tlcourse.backbones import load_backbone
from tlcourse.domains import Domain, DomainPair
from tlcourse.models import new_head


def make_domain(name, seed, *, n_train=45, n_test=30, shade=1.0, class_names=("a", "b", "c")):
    rng = np.random.default_rng(seed)
    n = n_train + n_test
    labels = np.arange(n) % len(class_names)
    images = 0.3 * rng.random((n, 8, 8, 1))
    for i, label in enumerate(labels):
        images[i, :, 2 * label : 2 * label + 2] += 0.6
    images *= shade
    return Domain(
        name=name,
        x_train=images[:n_train],
        labels_train=labels[:n_train],
        x_test=images[n_train:],
        labels_test=labels[n_train:],
        class_names=class_names,
    )


@pytest.fixture(scope="session")
def pair():
    return DomainPair(make_domain("bright", 1), make_domain("dark", 2, shade=0.6))


@pytest.fixture(scope="session")
def other_classes():
    """A source that tells other classes apart than the target does."""
    return make_domain("others", 3, class_names=("d", "e"))


@pytest.fixture
def backbone():
    return load_backbone("small_cnn", input_shape=(8, 8, 1), seed=11)


@pytest.fixture
def head(backbone):
    keras.utils.set_random_seed(12)
    return new_head(backbone, 3)
