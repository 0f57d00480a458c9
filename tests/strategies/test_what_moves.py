"""What each strategy trains, what it leaves, and what it counts."""

import itertools

import keras
import numpy as np
import pytest
from model_weights import moved, values

from tlcourse.backbones import RandomAffine
from tlcourse.models import FeatureScale, copy_of
from tlcourse.strategies import (
    FeatureExtraction,
    FineTune,
    FromScratch,
    LinearProbe,
    Strategy,
)

CNN = 5 * 5 * 16 + 3 * 3 * 16 * 32 + 3 * 3 * 32 * 64  # convolutions have no offsets
NORM = 4 * (16 + 32 + 64)  # scale, offset, mean and variance
HEAD = 64 * 3 + 3


def small(strategy, *args, **settings):
    return strategy(*args, **({"steps": 4, "batch_size": 8} | settings))


@pytest.mark.parametrize("hidden", [(), (5,), (6, 5)])
def test_feature_extraction_moves_the_head_alone(pair, backbone, hidden):
    before = values(backbone)
    result = small(FeatureExtraction, backbone, hidden=hidden).fit(pair, shots=4, seed=1)
    assert moved(before, result.backbone) == set()
    assert not result.backbone.trainable_variables
    widths = [64, *hidden, 3]
    matrices = sum(a * b + b for a, b in itertools.pairwise(widths))
    assert result.n_trained == matrices
    assert result.n_stored == matrices + 2  # and the two numbers that scale the features
    assert result.n_labels == 12


def test_a_linear_probe_is_feature_extraction_with_a_linear_head(pair, backbone):
    probe = small(LinearProbe, backbone).fit(pair, shots=4, seed=1)
    extraction = small(FeatureExtraction, backbone, hidden=()).fit(pair, shots=4, seed=1)
    for path, value in values(probe.model).items():
        np.testing.assert_array_equal(value, values(extraction.model)[path])
    assert probe.strategy == "LinearProbe"


def test_every_head_on_features_begins_with_nothing(pair, backbone):
    """Else what is random in it would stay in directions that few labels do not determine."""
    settings = {"steps": 1, "learning_rate": 1e-9}
    for strategy in (LinearProbe(backbone, **settings), FeatureExtraction(backbone, **settings)):
        head = strategy.fit(pair, shots=4, seed=1).head
        assert np.abs(np.asarray(head.get_layer("logits").kernel)).max() < 1e-6
    assert np.abs(np.asarray(head.get_layer("hidden1").kernel)).max() > 0.01


def test_features_are_scaled_by_the_labelled_examples(pair, backbone):
    result = small(LinearProbe, backbone).fit(pair, shots=4, seed=1)
    scale = result.head.get_layer("scale")
    assert isinstance(scale, FeatureScale)
    x, _ = pair.target.shots(4, 1)
    features = keras.ops.convert_to_numpy(result.backbone(x, training=False))
    assert float(np.asarray(scale.mean)) == pytest.approx(features.mean(), rel=1e-4)
    assert float(np.asarray(scale.deviation)) == pytest.approx(features.std(), rel=1e-4)


def test_full_fine_tuning_keeps_statistics_and_moves_the_rest(pair, backbone):
    before = values(backbone)
    result = small(FineTune, backbone).fit(pair, shots=4, seed=1)
    assert moved(before, result.backbone) == {f"block{i}_conv/kernel" for i in (1, 2, 3)}
    assert result.n_trained == CNN + HEAD
    assert result.n_stored == CNN + HEAD  # frozen statistics stay the pretrained backbone's


def test_statistics_move_when_told(pair, backbone):
    before = values(backbone)
    result = small(FineTune, backbone, freeze_statistics=False).fit(pair, shots=4, seed=1)
    assert moved(before, result.backbone) == set(before)
    assert result.n_trained == CNN + NORM // 2 + HEAD
    assert result.n_stored == CNN + NORM + HEAD


def test_partial_fine_tuning_moves_what_comes_after(pair, backbone):
    before = values(backbone)
    result = small(FineTune, backbone, freeze_to="block2").fit(pair, shots=4, seed=1)
    assert moved(before, result.backbone) == {"block3_conv/kernel"}
    assert result.n_trained == result.n_stored == 3 * 3 * 32 * 64 + HEAD


def test_a_pretrained_head_is_where_fine_tuning_begins(pair, backbone, head):
    result = small(FineTune, backbone, head=head, learning_rate=1e-9).fit(pair, shots=4)
    for path, value in values(head).items():
        np.testing.assert_allclose(values(result.head)[path], value, atol=1e-7)


def test_from_scratch_moves_everything_and_uses_no_backbone(pair):
    result = small(FromScratch).fit(pair, shots=4, seed=1)
    assert result.n_trained == CNN + NORM // 2 + HEAD
    assert result.n_stored == CNN + NORM + HEAD
    assert all(layer.trainable for layer in result.backbone.layers)


def test_the_head_that_was_given_never_changes(pair, backbone, head):
    before = values(head)
    result = small(FineTune, backbone, head=head).fit(pair, shots=3)
    assert moved(before, head) == set()
    assert moved(before, result.head) == set(before)


def test_a_frozen_backbone_is_thawed_for_fine_tuning(pair, backbone):
    backbone.trainable = False
    result = small(FineTune, backbone).fit(pair, shots=3)
    assert result.n_trained == CNN + HEAD
    assert not backbone.trainable


def test_a_head_with_scaled_features_can_be_fine_tuned(pair, backbone):
    probe = LinearProbe(backbone, steps=60, batch_size=8).fit(pair, seed=0)
    tuned = small(FineTune, probe.backbone, head=probe.head, learning_rate=1e-9).fit(pair)
    assert tuned.target_accuracy == probe.target_accuracy > 0.6


def test_a_copy_of_what_was_trained_does_the_same(pair, backbone):
    result = small(LinearProbe, backbone).fit(pair, shots=3)
    x = pair.target.x_test
    np.testing.assert_array_equal(
        keras.ops.convert_to_numpy(copy_of(result.model)(x)),
        keras.ops.convert_to_numpy(result.model(x)),
    )


def test_a_strategy_must_say_what_it_starts_from(pair):
    with pytest.raises(NotImplementedError, match="Strategy must say what it starts from"):
        Strategy().fit(pair)


class Blank(keras.layers.Layer):
    """Takes away all that an image shows, in training only."""

    def call(self, images, training=None):
        return keras.ops.zeros_like(images) if training else images


@pytest.mark.parametrize("freeze_to", [None, "block2"])
def test_images_are_changed_in_training_and_not_when_it_is_measured(pair, backbone, freeze_to):
    """What learned from blank images alone knows nothing; its model still sees true ones."""
    settings = {"steps": 40, "batch_size": 16, "learning_rate": 3e-3, "dropout": 0.0}
    blank = FineTune(backbone, freeze_to=freeze_to, augment=Blank(), **settings)
    plain = FineTune(backbone, freeze_to=freeze_to, **settings)
    assert blank.fit(pair, seed=0).history["loss"][0] > 1.0
    assert plain.fit(pair, seed=0).history["loss"][0] < 0.8
    outputs = [
        keras.ops.convert_to_numpy(blank.fit(pair, seed=0).model(x, training=False))
        for x in (pair.target.x_test, np.zeros_like(pair.target.x_test))
    ]
    assert np.abs(outputs[0] - outputs[1]).max() > 1e-3


def test_from_scratch_takes_an_augmentation_too(pair):
    blank, plain = (
        small(FromScratch, steps=40, batch_size=16, augment=augment).fit(pair, seed=0)
        for augment in (Blank(), None)
    )
    assert blank.history["loss"][0] > 1.0 > plain.history["loss"][0]
    assert blank.n_trained == plain.n_trained


def test_an_augmentation_draws_the_same_from_the_same_seed(pair, backbone):
    strategy = small(FineTune, backbone, augment=RandomAffine())
    one, again, other = (values(strategy.fit(pair, seed=s).model) for s in (1, 1, 2))
    assert all((one[path] == again[path]).all() for path in one)
    assert any((one[path] != other[path]).any() for path in one)
