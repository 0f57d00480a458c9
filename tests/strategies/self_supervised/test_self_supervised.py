"""What all methods without labels promise: no peeking, one seed one result, gradients."""

import dataclasses

import keras
import numpy as np
import pytest
from model_weights import arrays as weights

from tlcourse.backbones import load_backbone
from tlcourse.domains.images.glyphs import glyphs
from tlcourse.strategies import (
    Autoencoder,
    FineTune,
    LinearProbe,
    RotationPrediction,
    SelfSupervised,
    SimCLR,
)

METHODS = [Autoencoder, RotationPrediction, SimCLR]
SHORT = {"epochs": 1, "batch_size": 12}


@pytest.fixture(scope="module")
def tiny():
    """A backbone that is quick to trace: 8×8 images to 12 features."""
    keras.utils.set_random_seed(7)
    layers = [keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(12, "relu")]
    return keras.Sequential(layers)


def assert_same(one, two):
    for a, b in zip(weights(one), weights(two), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("method", METHODS)
def test_labels_are_never_touched(pair, tiny, method):
    rng = np.random.default_rng(0)
    labels = {
        f"labels_{part}": rng.permutation(getattr(pair.source, f"labels_{part}"))
        for part in ("train", "test")
    }
    permuted = dataclasses.replace(pair.source, **labels)
    one, two = (
        method(backbone=tiny, **SHORT).fit(data, seed=1) for data in (pair.source, permuted)
    )
    assert_same(one.model, two.model)
    images = method(backbone=tiny, **SHORT).fit(pair.source.x_train, seed=1)
    assert_same(one.model, images.model)
    assert images.history["loss"] == one.history["loss"]


@pytest.mark.parametrize("method", METHODS)
def test_the_same_seed_gives_the_same_numbers(pair, method):
    one, again = (method(**SHORT).fit(pair.source, seed=4) for _ in range(2))
    assert_same(one.model, again.model)
    assert one.history["loss"] == again.history["loss"]


@pytest.mark.parametrize("method", METHODS)
def test_a_longer_training_begins_as_a_shorter_one(pair, tiny, method):
    """What is drawn for a step follows from the seed and the step alone."""
    short, long = (
        method(backbone=tiny, epochs=n, batch_size=15, n_evals=n).fit(pair.source, seed=2)
        for n in (1, 2)
    )
    assert short.history["step"] == [3]
    assert long.history["step"] == [3, 6]
    assert short.history["loss"][0] == pytest.approx(long.history["loss"][0], rel=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_another_seed_gives_others(pair, tiny, method):
    one, other = (method(backbone=tiny, **SHORT).fit(pair.source, seed=seed) for seed in (4, 5))
    assert one.history["loss"] != other.history["loss"]


@pytest.mark.parametrize("method", METHODS)
def test_the_loss_reaches_backbone_and_head(pair, method):
    """From the same start: what stands still with a tiny rate has moved with a usual one."""
    begin, end = (
        method(learning_rate=rate, **SHORT).fit(pair.source, seed=3) for rate in (1e-9, 1e-3)
    )
    trained = list(zip(begin.model.trainable_variables, end.model.trainable_variables, strict=True))
    assert len(trained) >= len(end.backbone.trainable_variables) + 2
    for one, other in trained:
        assert np.abs(np.asarray(one) - np.asarray(other)).max() > 1e-6, one.path


@pytest.mark.parametrize("method", METHODS)
def test_the_backbone_that_is_kept_is_the_one_that_was_trained(pair, tiny, method):
    before = weights(tiny)
    result = method(backbone=tiny, **SHORT).fit(pair.source, seed=1)
    for a, b in zip(before, weights(tiny), strict=True):
        np.testing.assert_array_equal(a, b)
    inside = {id(variable) for variable in result.model.trainable_variables}
    assert {id(variable) for variable in result.backbone.trainable_variables} < inside
    assert any((a != b).any() for a, b in zip(before, weights(result.backbone), strict=True))


def test_it_begins_with_the_weights_of_the_backbone_that_is_given(pair, tiny):
    result = Autoencoder(backbone=tiny, learning_rate=1e-9, **SHORT).fit(pair.source)
    for a, b in zip(weights(tiny), weights(result.backbone), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


def test_the_loss_falls_and_a_probe_is_better_than_on_random_features():
    """Of an autoencoder hardly: what is good for drawing is not yet good for telling apart."""
    gained = {method: [] for method in METHODS}
    for seed in (1, 2):
        digits = glyphs(n=1200, seed=seed)
        random = _probed(load_backbone("small_cnn", seed=seed), digits, seed)
        for method in METHODS:
            result = method(epochs=4, n_evals=4).fit(digits, seed=seed)
            assert result.history["loss"][-1] < result.history["loss"][0]
            assert result.n_images == 900
            gained[method].append(_probed(result.backbone, digits, seed) - random)
    gained = {method: np.mean(each) for method, each in gained.items()}
    assert gained[RotationPrediction] > 0.04
    assert gained[SimCLR] > 0.03
    assert gained[Autoencoder] < gained[RotationPrediction]


def _probed(backbone, digits, seed):
    return LinearProbe(backbone, steps=100).fit(digits, seed=seed).target_accuracy


def test_what_was_learned_can_be_fine_tuned(pair):
    result = RotationPrediction(**SHORT).fit(pair.source)
    assert FineTune(result.backbone, steps=2).fit(pair, shots=2).n_labels == 6


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"epochs": 0}, r"`epochs` must be a whole number, at least 1; got 0"),
        ({"epochs": 2, "steps": 3}, r"one of `steps` and `epochs`; got 3 and 2"),
        ({"batch_size": 0}, r"`batch_size` must be a whole number, at least 1; got 0"),
        ({"learning_rate": -1}, r"`learning_rate` must be a number > 0; got -1"),
        ({"backbone": 3}, r"`backbone` must be a keras.Model.*got 3"),
        ({"n_evals": 0}, r"`n_evals` must be a whole number"),
    ],
)
@pytest.mark.parametrize("method", METHODS)
def test_settings_that_cannot_be(method, settings, message):
    with pytest.raises(ValueError, match=message):
        method(**settings)


@pytest.mark.parametrize("method", METHODS)
def test_data_that_cannot_be(pair, tiny, method):
    learner, x = method(backbone=tiny, **SHORT), pair.source.x_train
    for data, message in (
        (x[:0], r"`data` must hold at least one example; got shape \(0, 8, 8, 1\)"),
        (x[..., 0], r"`data` must be a Domain of images, or .*; got ndarray of shape \(45, 8, 8\)"),
        (pair, r"`data` must be a Domain of images, or .*; got DomainPair"),
        ((x * 255).astype("uint8"), r"`data` must be float32; got uint8"),
        (np.full_like(x, np.nan), r"`data` must be finite"),
        (np.zeros((4, 9, 9, 1)), r"`data` must hold .*\(8, 8, 1\), .*got \(9, 9, 1\)"),
    ):
        with pytest.raises(ValueError, match=message):
            learner.fit(data)
    with pytest.raises(ValueError, match=r"`seed` must be a whole number"):
        learner.fit(x, seed=None)


def test_a_name_that_is_no_backbone(pair):
    with pytest.raises(ValueError, match=r"Unknown backbone 'smal_cnn'. Did you mean 'small_cnn'"):
        Autoencoder(backbone="smal_cnn").fit(pair.source)


def test_a_method_must_say_what_it_does(pair, tiny):
    with pytest.raises(NotImplementedError, match="SelfSupervised must say what it trains"):
        SelfSupervised(backbone=tiny).fit(pair.source)
