"""LoRA: what moves, what it costs, and that merging and saving change no prediction."""

import keras
import numpy as np
import pytest
from keras import layers
from model_weights import values

from tlcourse.backbones import load_backbone
from tlcourse.models import copy_of
from tlcourse.strategies import FineTune, LoRA, merge_lora, strategy
from tlcourse.training import compiled_twin as twin
from tlcourse.training import predict, train

SHORT = {"steps": 6, "batch_size": 8}
SHAPES = {"block1_conv": (25 * 1, 16), "block2_conv": (9 * 16, 32), "block3_conv": (9 * 32, 64)}
HEAD = 64 * 3 + 3


@pytest.fixture(autouse=True)
def _no_bench_yet(monkeypatch):
    monkeypatch.setattr(twin, "_KEPT", type(twin._KEPT)())


@pytest.fixture
def dense_backbone():
    """A network with a dense layer, which forgets its alpha when Keras rebuilds it."""
    keras.utils.set_random_seed(4)
    x = images = keras.Input((8, 8, 1))
    x = layers.Conv2D(6, 3, strides=2, activation="relu", name="conv1")(x)
    x = layers.Dense(7, activation="relu", name="dense1")(layers.Flatten(name="flat")(x))
    return keras.Model(images, layers.Dense(5, name="dense2")(x), name="own")


def lora_of(names):
    return {f"{name}/lora_kernel_{side}" for name in names for side in "ab"}


@pytest.mark.parametrize(
    ("settings", "adapted"),
    [
        ({}, ["block1_conv", "block2_conv", "block3_conv"]),
        ({"freeze_to": "block1"}, ["block2_conv", "block3_conv"]),
        ({"freeze_to": "block2_bn"}, ["block3_conv"]),
    ],
)
def test_the_thin_matrices_and_the_head_move_alone(pair, backbone, monkeypatch, settings, adapted):
    before, start = values(backbone), {}

    def note(model, x, labels, training, **others):
        start.update({v.path: np.array(np.asarray(v)) for v in model.trainable_variables})
        return train(model, x, labels, training, **others)

    monkeypatch.setattr(strategy, "train", note)
    result = LoRA(backbone, rank=2, **SHORT, **settings).fit(pair, shots=4)
    after = values(result.backbone)
    assert set(after) - set(before) == lora_of(adapted)
    assert {v.path for v in result.backbone.trainable_variables} == lora_of(adapted)
    for path, value in before.items():
        np.testing.assert_array_equal(after[path], value)
    after = values(result.model)
    assert set(start) == lora_of(adapted) | {"logits/kernel", "logits/bias"}
    assert all((after[path] != value).any() for path, value in start.items())
    cost = sum(2 * sum(SHAPES[name]) for name in adapted)
    assert result.n_trained == result.n_stored == cost + HEAD


def test_what_a_pretrained_head_keeps_beside_its_weights_is_stored(pair, backbone):
    x = features = keras.Input((64,))
    head = keras.Model(features, layers.Dense(3)(layers.BatchNormalization()(x)))
    result = LoRA(backbone, rank=1, head=head, **SHORT).fit(pair, shots=4)
    cost = sum(map(sum, SHAPES.values()))
    assert result.n_trained == cost + HEAD + 2 * 64
    assert result.n_stored == cost + HEAD + 4 * 64


def test_it_begins_as_the_pretrained_network(pair, backbone):
    result = LoRA(backbone, steps=1, learning_rate=1e-12).fit(pair, shots=4)
    x = pair.target.x_test
    np.testing.assert_allclose(predict(result.backbone, x), predict(backbone, x), rtol=1e-5)


def by_hand(result, backbone, scale):
    """The pretrained backbone with W + scale · A · B computed by numpy."""
    plain, found = copy_of(backbone), values(result.backbone)
    for layer in plain.layers:
        if f"{layer.name}/lora_kernel_a" in found:
            a, b = (found[f"{layer.name}/lora_kernel_{side}"].astype("float64") for side in "ab")
            kernel, *rest = layer.get_weights()
            change = (a.reshape(-1, a.shape[-1]) @ b).reshape(kernel.shape)
            layer.set_weights([kernel + scale * change, *rest])
    return plain


@pytest.mark.parametrize(("alpha", "scale"), [(None, 1.0), (2, 1.0), (1, 0.5), (5.0, 2.5)])
def test_alpha_over_rank_scales_the_change(pair, dense_backbone, alpha, scale):
    result = LoRA(dense_backbone, rank=2, alpha=alpha, learning_rate=0.02, **SHORT).fit(pair)
    x = pair.target.x_test
    expected = predict(by_hand(result, dense_backbone, scale), x)
    assert np.abs(expected - predict(dense_backbone, x)).max() > 0.01
    np.testing.assert_allclose(predict(result.backbone, x), expected, rtol=1e-4, atol=1e-5)


def test_a_shared_bench_trains_with_the_same_alpha(pair, dense_backbone, monkeypatch):
    """Keras forgets the alpha of a dense layer that it rebuilds, as for a twin."""
    strategy = LoRA(dense_backbone, rank=2, alpha=8, learning_rate=0.02, **SHORT)
    shared = strategy.fit(pair, shots=4)
    assert twin._KEPT
    monkeypatch.setattr(twin, "_MAX_SHARED_PARAMETERS", 0)
    alone = strategy.fit(pair, shots=4)
    for path, value in values(alone.model).items():
        np.testing.assert_allclose(values(shared.model)[path], value, rtol=1e-5, atol=1e-7)
    assert shared.history["loss"] == pytest.approx(alone.history["loss"], rel=1e-5)


@pytest.fixture
def trained(pair, dense_backbone):
    settings = {"rank": 2, "alpha": 5, "learning_rate": 0.02, **SHORT}
    return LoRA(dense_backbone, **settings).fit(pair, shots=4)


def test_saved_weights_fit_the_plain_backbone_and_predict_the_same(
    pair, dense_backbone, trained, tmp_path
):
    x = pair.target.x_test
    before = predict(trained.backbone, x)
    trained.backbone.save_weights(tmp_path / "lora.weights.h5")
    plain = copy_of(dense_backbone)
    plain.load_weights(tmp_path / "lora.weights.h5")
    np.testing.assert_allclose(predict(plain, x), before, rtol=1e-5, atol=1e-6)
    trained.backbone.load_weights(tmp_path / "lora.weights.h5")
    np.testing.assert_allclose(predict(trained.backbone, x), before, rtol=1e-5, atol=1e-6)


def test_a_copy_predicts_the_same(pair, trained):
    x = pair.target.x_test
    np.testing.assert_allclose(
        predict(copy_of(trained.backbone), x), predict(trained.backbone, x), rtol=1e-5, atol=1e-6
    )


def test_merged_it_is_plain_and_predicts_the_same(pair, dense_backbone, trained):
    before, x = values(trained.model), pair.target.x_test
    merged = merge_lora(trained.backbone)
    assert [w.path for w in merged.weights] == [w.path for w in dense_backbone.weights]
    assert len(merged.trainable_variables) == len(dense_backbone.trainable_variables)
    np.testing.assert_allclose(
        predict(merged, x), predict(trained.backbone, x), rtol=1e-5, atol=1e-6
    )
    whole = merge_lora(trained.model)
    np.testing.assert_allclose(predict(whole, x), predict(trained.model, x), rtol=1e-4, atol=1e-5)
    assert all((value == before[path]).all() for path, value in values(trained.model).items())
    FineTune(merged, **SHORT).fit(pair, shots=2)
    LoRA(merged, **SHORT).fit(pair, shots=2)


def attention():
    keras.utils.set_random_seed(4)
    x = images = keras.Input((8, 8, 1))
    x = layers.Dense(6, name="embed")(layers.Reshape((8, 8))(x))
    x = layers.MultiHeadAttention(2, 3, name="attention")(x, x)
    return keras.Model(images, layers.GlobalAveragePooling1D()(x), name="attending")


def test_the_kernels_inside_attention_are_adapted_too(pair):
    backbone = attention()
    strategy = LoRA(backbone, rank=2, alpha=3, learning_rate=0.02, **SHORT)
    result = strategy.fit(pair, shots=4)
    inside = [f"attention/{name}" for name in ("query", "key", "value", "attention_output")]
    assert {v.path for v in result.backbone.trainable_variables} == lora_of(["embed", *inside])
    # query, key and value: (6, 2, rank) and (rank, 3); output: (2, 3, rank) and (rank, 6)
    cost = 2 * (8 + 6) + 3 * 2 * (6 * 2 + 3) + 2 * (2 * 3 + 6)
    assert result.n_trained == cost + 6 * 3 + 3
    x, before = pair.target.x_test, values(backbone)
    merged = merge_lora(result.backbone)
    assert set(values(merged)) == set(before)
    assert (
        np.abs(values(merged)["attention/query/kernel"] - before["attention/query/kernel"]).max()
        > 1e-4
    )
    np.testing.assert_allclose(
        predict(merged, x), predict(result.backbone, x), rtol=1e-4, atol=1e-5
    )


def test_layers_of_a_network_inside_the_backbone_are_adapted():
    backbone = load_backbone("vgg16", input_shape=(32, 32, 3))
    strategy = LoRA(backbone, rank=1, freeze_to="block4")
    prepared, _ = strategy._prepare(type("Target", (), {"n_classes": 3}))
    assert len(prepared.trainable_variables) == 2 * 3
    assert strategy._n_stored(prepared) == 3 * (9 * 512 + 512)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"rank": 17}, "`rank` must be at most 16, the smaller side of .* 'block1_conv'; got 17"),
        (
            {"rank": 33, "freeze_to": "block1"},
            "`rank` must be at most 32, .* 'block2_conv'; got 33",
        ),
        ({"rank": 0}, "`rank` must be a whole number, at least 1; got 0"),
        ({"rank": 2.0}, "`rank` must be a whole number, at least 1; got 2.0"),
        ({"alpha": 0}, "`alpha` must be a number > 0; got 0"),
        ({"alpha": float("inf")}, "`alpha` must be a number > 0; got inf"),
        ({"alpha": "much"}, "`alpha` must be a number > 0; got 'much'"),
        ({"freeze_to": "block3"}, "`backbone` must have a dense or convolution layer to adapt"),
    ],
)
def test_settings_that_cannot_be(backbone, settings, message):
    with pytest.raises(ValueError, match=message):
        LoRA(backbone, **settings)


def test_the_highest_rank_is_allowed(backbone):
    assert LoRA(backbone, rank=16).rank == 16


def test_lora_upon_lora_is_refused(trained):
    with pytest.raises(
        ValueError, match="must not have LoRA already, as layer 'conv1' has: `merge"
    ):
        LoRA(trained.backbone)
