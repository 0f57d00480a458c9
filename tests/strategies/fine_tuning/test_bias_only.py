"""Bias-only fine-tuning: offsets move, kernels, scales and statistics do not."""

import keras
import numpy as np
import pytest
from keras import layers
from model_weights import moved, values

from tlcourse.strategies import BiasOnly, strategy
from tlcourse.training import predict, train

SHORT = {"steps": 6, "batch_size": 8}
WIDTHS = {1: 16, 2: 32, 3: 64}
HEAD = 64 * 3 + 3


def betas(*blocks):
    return {f"block{n}_bn/beta" for n in blocks}


@pytest.mark.parametrize(
    ("settings", "blocks"),
    [
        ({}, (1, 2, 3)),
        ({"freeze_to": "block1"}, (2, 3)),
        ({"freeze_to": "block2_conv"}, (2, 3)),
        ({"layer_decay": 0.5}, (1, 2, 3)),
    ],
)
def test_offsets_and_the_head_move_alone(pair, backbone, settings, blocks):
    before = values(backbone)
    result = BiasOnly(backbone, **SHORT, **settings).fit(pair, shots=4)
    assert moved(before, result.backbone) == betas(*blocks)
    assert {v.path for v in result.backbone.trainable_variables} == betas(*blocks)
    assert result.n_trained == result.n_stored == sum(WIDTHS[n] for n in blocks) + HEAD


def test_statistics_move_when_told_and_are_then_stored(pair, backbone):
    before = values(backbone)
    strategy = BiasOnly(backbone, freeze_statistics=False, freeze_to="block1", **SHORT)
    result = strategy.fit(pair, shots=4)
    statistics = {f"block{n}_bn/moving_{name}" for n in (2, 3) for name in ("mean", "variance")}
    assert moved(before, result.backbone) == betas(2, 3) | statistics
    assert result.n_trained == 32 + 64 + HEAD
    assert result.n_stored == 3 * (32 + 64) + HEAD


def test_training_sees_the_pretrained_statistics(pair, backbone, monkeypatch):
    """The loss of the first step is that of inference, which batch statistics would not give."""
    losses = {}

    def note(model, x, labels, training, **settings):
        logits = predict(model, x).astype("float64")
        shifted = logits - logits.max(axis=1, keepdims=True)
        log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        losses["expected"] = -np.mean(log_probs[np.arange(len(x)), labels])
        return train(model, x, labels, training, **settings)

    monkeypatch.setattr(strategy, "train", note)
    settings = {"steps": 1, "batch_size": 12, "dropout": 0}
    for freeze_statistics, same in ((True, True), (False, False)):
        result = BiasOnly(backbone, freeze_statistics=freeze_statistics, **settings).fit(
            pair, shots=4
        )
        close = result.history["loss"][0] == pytest.approx(losses["expected"], rel=1e-4)
        assert close == same


def test_biases_of_all_kinds_of_layers(pair):
    x = images = keras.Input((8, 8, 1))
    x = layers.Conv2D(4, 3, name="conv")(x)
    x = layers.LayerNormalization(name="norm")(layers.Reshape((36, 4))(x))
    x = layers.MultiHeadAttention(1, 2, name="attention")(x, x)
    x = layers.GRU(3, name="gru")(x)
    backbone = keras.Model(images, layers.Dense(5, name="dense")(x))
    before = values(backbone)
    result = BiasOnly(backbone, **SHORT).fit(pair, shots=4)
    inside = {f"attention/{name}/bias" for name in ("query", "key", "value", "attention_output")}
    expected = {"conv/bias", "norm/beta", "dense/bias", *inside}
    trained = {v.path for v in result.backbone.trainable_variables}
    assert {path for path in trained if "gru" not in path} == expected
    assert [path for path in trained if "gru" in path] == ["gru/gru_cell/bias"]
    assert moved(before, result.backbone) <= trained


@pytest.mark.parametrize("freeze_to", ["block3_bn", "features"])
def test_nothing_left_to_train(backbone, freeze_to):
    with pytest.raises(
        ValueError, match="`backbone` must have biases or norms to train; 'small_cnn'"
    ):
        BiasOnly(backbone, freeze_to=freeze_to)
