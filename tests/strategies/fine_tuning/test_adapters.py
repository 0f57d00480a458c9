"""Adapters: they begin as nothing, and nothing but they and the head moves."""

import keras
import numpy as np
import pytest
from keras import ops
from model_weights import values

from tlcourse.backbones import load_backbone
from tlcourse.models import copy_of
from tlcourse.strategies import Adapters, FineTune
from tlcourse.strategies import strategy as strategy_module
from tlcourse.strategies.fine_tuning import fine_tune
from tlcourse.strategies.fine_tuning.adapters import BottleneckAdapter
from tlcourse.training import compiled_twin as twin
from tlcourse.training import predict, train

SHORT = {"steps": 6, "batch_size": 8}
CHANNELS = {"block1_relu": 16, "block2_relu": 32, "block3_pool": 64}
HEAD = 64 * 3 + 3


def adapters_at(names):
    parts = ("down", "down_bias", "up", "up_bias")
    return {f"{name}_adapter/{part}" for name in names for part in parts}


def cost(names, width):
    return sum(2 * CHANNELS[name] * width + width + CHANNELS[name] for name in names)


def test_an_adapter_by_numpy(rng):
    adapter, x = BottleneckAdapter(width=3), rng.normal(size=(2, 4, 5, 6)).astype("float32")
    np.testing.assert_array_equal(ops.convert_to_numpy(adapter(x)), x)
    weights = [rng.normal(size=w.shape).astype("float32") for w in adapter.weights]
    adapter.set_weights(weights)
    down, down_bias, up, up_bias = weights
    expected = np.empty_like(x)
    for place in np.ndindex(2, 4, 5):
        narrow = np.maximum(down.T @ x[place] + down_bias, 0)
        expected[place] = x[place] + up.T @ narrow + up_bias
    np.testing.assert_allclose(ops.convert_to_numpy(adapter(x)), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", ["small_cnn", "small_resnet", "vgg16"])
def test_it_begins_as_the_pretrained_network(name, rng):
    backbone = load_backbone(name, input_shape=(32, 32, 3), seed=1)
    prepared, _ = Adapters(backbone)._prepare(type("Target", (), {"n_classes": 3}))
    added = [w.path for w in prepared.weights if "adapter" in w.path]
    assert len(added) == {"small_cnn": 12, "small_resnet": 12, "vgg16": 20}[name]
    x = rng.random((2, 32, 32, 3), dtype="float32")
    np.testing.assert_allclose(predict(prepared, x), predict(backbone, x), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("settings", "at"),
    [
        ({}, ["block1_relu", "block2_relu", "block3_pool"]),
        ({"freeze_to": "block1"}, ["block2_relu", "block3_pool"]),
        ({"freeze_to": "block2_bn", "width": 3}, ["block2_relu", "block3_pool"]),
        ({"freeze_to": "block3_bn"}, ["block3_pool"]),
    ],
)
def test_the_adapters_and_the_head_move_alone(pair, backbone, monkeypatch, settings, at):
    before, start = values(backbone), {}

    def note(model, x, labels, training, **others):
        start.update({v.path: np.array(np.asarray(v)) for v in model.trainable_variables})
        return train(model, x, labels, training, **others)

    monkeypatch.setattr(strategy_module, "train", note)
    result = Adapters(backbone, **SHORT, **settings).fit(pair, shots=4)
    after = values(result.model)
    assert set(start) == adapters_at(at) | {"logits/kernel", "logits/bias"}
    assert all((after[path] != value).any() for path, value in start.items())
    assert set(values(result.backbone)) - set(before) == adapters_at(at)
    for path, value in before.items():
        np.testing.assert_array_equal(after[path], value)
    assert result.n_trained == result.n_stored == cost(at, settings.get("width", 8)) + HEAD


def test_what_comes_before_the_first_adapter_runs_once(pair, backbone, monkeypatch):
    shapes = []

    def note(model, x, labels, training, **settings):
        shapes.append(x.shape[1:])
        return train(model, x, labels, training, **settings)

    monkeypatch.setattr(strategy_module, "train", note)
    strategy = Adapters(backbone, **SHORT)
    once = strategy.fit(pair, shots=4, seed=2)
    monkeypatch.setattr(
        fine_tune, "past_the_frozen", lambda model, x, eval_data, epochs: (model, x, eval_data)
    )
    often = strategy.fit(pair, shots=4, seed=2)
    assert shapes == [(4, 4, 16), (8, 8, 1)]
    for path, value in values(often.model).items():
        np.testing.assert_allclose(values(once.model)[path], value, rtol=1e-3, atol=1e-6)


def test_an_adapter_learns_at_the_rate_of_its_stage(pair, backbone, monkeypatch):
    lr_multipliers = {}

    def note(model, x, labels, training, **settings):
        lr_multipliers.update(
            zip(
                [v.path for v in model.trainable_variables], settings["lr_multipliers"], strict=True
            )
        )
        return train(model, x, labels, training, **settings)

    monkeypatch.setattr(strategy_module, "train", note)
    Adapters(backbone, layer_decay=0.5, **SHORT).fit(pair, shots=4)
    found = {path.split("/")[0]: factor for path, factor in lr_multipliers.items()}
    assert found == {
        "block1_relu_adapter": 0.125,
        "block2_relu_adapter": 0.25,
        "block3_pool_adapter": 0.5,
        "logits": 1.0,
    }


def test_fits_share_a_bench(pair, backbone, monkeypatch):
    monkeypatch.setattr(twin, "_KEPT", type(twin._KEPT)())
    strategy = Adapters(backbone, **SHORT)
    one = strategy.fit(pair, shots=4, seed=2)
    n_twins = len(twin._KEPT)
    two = strategy.fit(pair, shots=4, seed=2)
    assert len(twin._KEPT) == n_twins > 0
    for path, value in values(one.model).items():
        np.testing.assert_array_equal(values(two.model)[path], value)


def test_the_result_can_be_copied_saved_and_fine_tuned(pair, backbone, tmp_path):
    result = Adapters(backbone, width=3, learning_rate=0.02, **SHORT).fit(pair, shots=4)
    x = pair.target.x_test
    expected = predict(result.model, x)
    assert np.abs(predict(result.backbone, x) - predict(backbone, x)).max() > 1e-3
    result.model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    for again in (copy_of(result.model), loaded):
        np.testing.assert_allclose(predict(again, x), expected, rtol=1e-4, atol=1e-5)
    assert loaded.get_layer("small_cnn").get_layer("block1_relu_adapter").width == 3
    FineTune(result.backbone, head=result.head, **SHORT).fit(pair, shots=2)


@pytest.mark.parametrize("width", [0, -1, 2.5, "8", True])
def test_widths_that_cannot_be(backbone, width):
    with pytest.raises(ValueError, match="`width` must be a whole number, at least 1; got"):
        Adapters(backbone, width=width)


def test_no_stage_left_to_adapt(backbone):
    with pytest.raises(
        ValueError, match="must have a stage that ends after `freeze_to`; 'small_cnn'"
    ):
        Adapters(backbone, freeze_to="features")
