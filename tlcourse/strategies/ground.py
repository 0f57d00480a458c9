"""Small domains and models that any strategy can be tried on."""

from dataclasses import dataclass
from functools import cached_property

import keras
import numpy as np

from tlcourse.backbones import load_backbone
from tlcourse.domains import Domain, DomainPair
from tlcourse.models import join, new_head
from tlcourse.strategies.adaptation import SourceOnly
from tlcourse.training import seed_keras


@dataclass(frozen=True)
class Ground:
    """What a strategy is tried on: two small domains, and models that fit them.

    Attributes:
        pair: `DomainPair` of three classes, the target darker than the source.
        backbone: `keras.Model`, examples to features.
        model: `keras.Model`, examples to logits, a head on that backbone.
    """

    pair: DomainPair
    backbone: keras.Model
    model: keras.Model

    @cached_property
    def start(self):
        """A short training on the source (`TransferResult`), for what begins with one."""
        return SourceOnly(steps=4, batch_size=8).fit(self.pair, seed=1)


def make_ground(kind="images"):
    """Make what a strategy is tried on.

    Args:
        kind: "images" (8×8, grey); "sorted", the same by class; "one image a class"; "nested", a
            backbone inside a backbone; "sequential"; or "features", examples of shape (6,).

    Returns:
        `Ground`.
    """
    pair = DomainPair(_domain(kind, 1, 1.0), _domain(kind, 2, 0.6))
    seed_keras(11)
    if kind == "features":
        backbone = keras.Sequential([keras.Input((6,)), keras.layers.Dense(5, "relu", name="fc")])
    elif kind == "sequential":
        convolution = keras.layers.Conv2D(6, 3, strides=2, activation="relu", name="conv")
        pooling = keras.layers.GlobalAveragePooling2D()
        backbone = keras.Sequential([keras.Input((8, 8, 1)), convolution, pooling])
    else:
        backbone = load_backbone("small_cnn", input_shape=(8, 8, 1))
        if kind == "nested":
            images = keras.Input((8, 8, 1))
            backbone = keras.Model(images, backbone(images), name="outer")
    return Ground(pair, backbone, join(backbone, new_head(backbone, 3)))


def _domain(kind, seed, shade):
    n_train, n_test = (3 if kind == "one image a class" else 30), 12
    rng, labels = np.random.default_rng(seed), np.arange(n_train + n_test) % 3
    x = 0.3 * rng.random((len(labels), 8, 8, 1))
    for i, label in enumerate(labels):
        x[i, :, 2 * label : 2 * label + 2] += 0.6
    if kind == "features":
        x = x.mean(axis=1)[:, :6, 0]
    order = np.argsort(labels[:n_train], kind="stable") if kind == "sorted" else np.arange(n_train)
    return Domain(
        name=f"{kind} {shade}",
        x_train=(shade * x[:n_train])[order],
        labels_train=labels[:n_train][order],
        x_test=shade * x[n_train:],
        labels_test=labels[n_train:],
        class_names=("a", "b", "c"),
    )
