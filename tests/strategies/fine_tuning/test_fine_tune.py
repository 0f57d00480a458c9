"""Fine-tuning: rates that differ by stage, and frozen layers that run only once."""

import dataclasses

import keras
import numpy as np
import pytest

from tlcourse.backbones import load_backbone
from tlcourse.domains import Domain
from tlcourse.models import freeze_batchnorm, join, new_head
from tlcourse.strategies import Adapters, BiasOnly, FineTune, GradualUnfreezing, LoRA
from tlcourse.strategies import strategy as strategy_module
from tlcourse.strategies.fine_tuning import fine_tune
from tlcourse.training import Training, train

SHORT = {"steps": 6, "batch_size": 8}


def values(result):
    return [np.array(np.asarray(w)) for w in result.model.weights]


def assert_same(one, two, **tolerance):
    for a, b in zip(values(one), values(two), strict=True):
        np.testing.assert_allclose(a, b, **({"rtol": 0} | tolerance))


def first_step(backbone, pair, **settings):
    """How far each layer's kernel goes in one step: with Adam, as far as the learning rate says."""
    settings = {"steps": 1, "batch_size": 12, "dropout": 0, "learning_rate": 1e-2} | settings
    before = {w.path: np.array(np.asarray(w)) for w in backbone.weights}
    result = FineTune(backbone, **settings).fit(pair, shots=4)
    return {
        w.path: np.abs(np.asarray(w) - before[w.path]).max()
        for w in result.backbone.trainable_weights
    }


def test_a_stage_learns_layer_decay_times_as_fast_as_the_next(pair, backbone):
    found = first_step(backbone, pair, layer_decay=0.5)
    expected = {f"block{i}_conv/kernel": 1e-2 * 0.5 ** (4 - i) for i in (1, 2, 3)}
    assert found == pytest.approx(expected, rel=1e-2)


def test_norms_are_in_the_stage_of_their_block(pair, backbone):
    found = first_step(backbone, pair, layer_decay=0.1, freeze_statistics=False)
    assert found["block2_bn/beta"] == pytest.approx(1e-4, rel=1e-2)


def test_the_head_learns_at_the_full_rate(pair, backbone, head):
    before = [np.array(np.asarray(w)) for w in head.weights]
    tuned = FineTune(backbone, head=head, layer_decay=1 / 2.6, learning_rate=1e-2, steps=1)
    after = tuned.fit(pair, shots=4).head.weights
    for a, b in zip(before, after, strict=True):
        assert np.abs(np.asarray(b) - a).max() == pytest.approx(1e-2, rel=1e-2)


def test_frozen_stages_change_no_rate_above_them(pair, backbone):
    found = first_step(backbone, pair, layer_decay=0.5, freeze_to="block1")
    assert found == pytest.approx(
        {"block2_conv/kernel": 2.5e-3, "block3_conv/kernel": 5e-3}, rel=0.01
    )


def test_a_layer_decay_of_1_is_fine_tuning(pair, backbone):
    plain = FineTune(backbone, **SHORT).fit(pair, shots=4)
    decayed = FineTune(backbone, layer_decay=1.0, **SHORT).fit(pair, shots=4)
    assert_same(plain, decayed, atol=1e-7)
    assert plain.n_trained == decayed.n_trained


@pytest.mark.parametrize("decay", [0, -0.5, 1.1, float("nan"), "half"])
def test_a_layer_decay_that_cannot_be(backbone, decay):
    with pytest.raises(ValueError, match=r"`layer_decay` must be a number in \(0, 1\]; got"):
        FineTune(backbone, layer_decay=decay)


@pytest.fixture
def taken(monkeypatch):
    """Notes the shape of one example as `train` gets it."""
    shapes = []

    def note(model, x, labels, training, **settings):
        eval_data = settings.get("eval_data")
        shapes.append((x.shape[1:], None if eval_data is None else eval_data[0].shape[1:]))
        return train(model, x, labels, training, **settings)

    monkeypatch.setattr(strategy_module, "train", note)
    return shapes


def uncached(monkeypatch):
    monkeypatch.setattr(
        fine_tune, "past_the_frozen", lambda model, x, eval_data, epochs: (model, x, eval_data)
    )


@pytest.mark.parametrize("freeze_to", ["block1", "block2_conv", "block3", "features"])
@pytest.mark.parametrize("settings", [{}, {"layer_decay": 0.5, "validation": 0.25, "n_evals": 3}])
def test_running_the_frozen_part_once_gives_the_same(
    pair, backbone, monkeypatch, taken, freeze_to, settings
):
    strategy = FineTune(backbone, freeze_to=freeze_to, **SHORT, **settings)
    once = strategy.fit(pair, shots=4, seed=3)
    uncached(monkeypatch)
    often = strategy.fit(pair, shots=4, seed=3)
    assert taken[0][0] != taken[1][0] == (8, 8, 1)
    assert taken[0][1] in (None, taken[0][0])
    assert_same(once, often, rtol=1e-4, atol=1e-6)
    assert once.history["loss"] == pytest.approx(often.history["loss"], rel=1e-4)
    assert once.history.get("accuracy") == often.history.get("accuracy")
    assert (once.n_trained, once.n_stored) == (often.n_trained, often.n_stored)


def test_a_residual_network_is_cut_between_its_blocks(monkeypatch, taken):
    rng = np.random.default_rng(0)
    x, labels = rng.random((24, 16, 16, 3)), np.arange(24) % 2
    domain = Domain(
        name="noise",
        x_train=x,
        labels_train=labels,
        x_test=x,
        labels_test=labels,
        class_names=("a", "b"),
    )
    backbone = load_backbone("small_resnet", input_shape=(16, 16, 3), seed=0)
    strategy = FineTune(backbone, freeze_to="block2", steps=3, batch_size=8)
    once = strategy.fit(domain, seed=3)
    uncached(monkeypatch)
    often = strategy.fit(domain, seed=3)
    assert [shape for shape, _ in taken] == [(4, 4, 128), (16, 16, 3)]
    assert_same(once, often, rtol=1e-3, atol=1e-5)


def test_dropout_among_the_frozen_is_drawn_anew_at_each_step(pair, taken):
    x = images = keras.Input((8, 8, 1))
    x = keras.layers.Dropout(0.5, name="drop")(keras.layers.Flatten(name="flat")(x))
    x = keras.layers.Dense(6, name="one")(x)
    backbone = keras.Model(images, keras.layers.Dense(5, name="two")(x))
    FineTune(backbone, freeze_to="one", **SHORT).fit(pair, shots=4)
    assert taken == [((64,), None)]  # what comes before the dropout may be kept


def test_where_few_examples_are_used_nothing_is_run_beforehand(pair, backbone, taken):
    FineTune(backbone, freeze_to="block2", steps=2, batch_size=8).fit(pair)
    FineTune(backbone, freeze_to="block2", epochs=1, batch_size=8).fit(pair)
    assert [shape for shape, _ in taken] == [(8, 8, 1), (2, 2, 32)]


def quietest_step(history):
    """Return seconds: what else the machine does only ever adds, so the least comes nearest."""
    return float(np.min(np.diff(history["seconds"]) / np.diff(history["step"])))


@pytest.mark.slow
def test_partial_fine_tuning_costs_what_its_unfrozen_part_costs(pair):
    x = np.random.default_rng(0).random((64, 28, 28, 1), dtype="float32")
    labels = np.arange(64) % 3
    large = dataclasses.replace(
        pair.target, x_train=x, labels_train=labels, x_test=x, labels_test=labels
    )
    backbone = load_backbone("small_cnn", seed=0)
    settings = {"steps": 80, "batch_size": 32, "n_evals": 40}
    partial = FineTune(backbone, freeze_to="block2", **settings)
    maps = keras.Input((7, 7, 32))
    out = maps
    for name in ("conv", "bn", "relu", "pool"):
        layer = backbone.get_layer(f"block3_{name}")
        out = type(layer).from_config(layer.get_config())(out)
    last = freeze_batchnorm(keras.Model(maps, keras.layers.Flatten()(out)))
    alone = join(last, new_head(last, 3, dropout=0.3))
    features = np.random.default_rng(1).random((64, 7, 7, 32), dtype="float32")
    costs = {"partial": [], "alone": []}
    for rounds in range(1, 21):
        costs["partial"].append(quietest_step(partial.fit(large).history))
        costs["alone"].append(quietest_step(train(alone, features, labels, Training(**settings))))
        ratio = min(costs["partial"]) / min(costs["alone"])
        # On a machine that does other things too, it takes a while until both found it quiet.
        if rounds >= 3 and ratio <= 1.2:
            break
    assert ratio <= 1.2, costs


def test_a_head_has_a_rate_of_its_own(pair, backbone, head):
    tuned = FineTune(
        backbone, head=head, head_rate=3e-2, learning_rate=1e-3, layer_decay=0.5, steps=1
    ).fit(pair, shots=4)
    for a, b in zip(head.weights, tuned.head.weights, strict=True):
        assert np.abs(np.asarray(b) - np.asarray(a)).max() == pytest.approx(3e-2, rel=1e-2)
    found = first_step(backbone, pair, head_rate=3e-2, layer_decay=0.5)
    assert found["block3_conv/kernel"] == pytest.approx(5e-3, rel=1e-2)


@pytest.mark.parametrize(
    ("only", "moved"),
    [("block1", {"block1_conv"}), ("block2_conv", {"block2_conv"}), ("head", {"logits"})],
)
def test_only_one_part_is_trained(pair, backbone, head, only, moved):
    tuned = FineTune(backbone, head=head, only=only, **SHORT).fit(pair, shots=4)
    before = {w.path: np.asarray(w) for model in (backbone, head) for w in model.weights}
    after = {w.path: np.asarray(w) for model in (tuned.backbone, tuned.head) for w in model.weights}
    found = {path.split("/")[-2] for path in after if (after[path] != before[path]).any()}
    assert found == moved
    assert tuned.n_trained == sum(after[path].size for path in after if moved & {*path.split("/")})


def test_a_new_head_can_be_trained_alone(pair, backbone):
    tuned = FineTune(backbone, only="head", **SHORT).fit(pair, shots=4)
    for a, b in zip(backbone.weights, tuned.backbone.weights, strict=True):
        np.testing.assert_array_equal(np.asarray(a), np.asarray(b))


@pytest.mark.parametrize("kind", [FineTune, LoRA, Adapters, BiasOnly])
def test_a_head_can_stand_still(pair, backbone, head, kind):
    tuned = kind(backbone, head=head, freeze_head=True, **SHORT).fit(pair, shots=4)
    for a, b in zip(head.weights, tuned.head.weights, strict=True):
        np.testing.assert_array_equal(np.asarray(a), np.asarray(b))
    assert tuned.n_trained > 0


@pytest.mark.parametrize(
    ("build", "said"),
    [
        (lambda b, h: FineTune(b, only="block1"), "`only` needs `head`"),
        (lambda b, h: FineTune(b, freeze_head=True), "`freeze_head` needs `head`"),
        (lambda b, h: FineTune(b, head=h, only="block9"), "begins with 'block9'"),
        (lambda b, h: FineTune(b, head=h, only="block1", freeze_to="block1"), "Give one of"),
        (lambda b, h: FineTune(b, head_rate=0), "`head_rate` must be"),
        (lambda b, h: LoRA(b, head=h, only="block1"), "not for LoRA"),
        (lambda b, h: GradualUnfreezing(b, head=h, only="head"), "not for GradualUnfreezing"),
    ],
)
def test_parts_that_cannot_be_trained_alone(backbone, head, build, said):
    with pytest.raises(ValueError, match=said):
        build(backbone, head)


@pytest.mark.parametrize("optimizer", ["sgd", keras.optimizers.SGD(0.5, momentum=0.9)])
def test_another_optimiser(pair, backbone, optimizer):
    adam = FineTune(backbone, learning_rate=1e-2, **SHORT).fit(pair, shots=4)
    other = FineTune(backbone, learning_rate=1e-2, optimizer=optimizer, **SHORT)
    assert other.training.learning_rate == 1e-2
    assert any(
        (a != b).any() for a, b in zip(values(adam), values(other.fit(pair, shots=4)), strict=True)
    )
    assert FineTune(backbone, optimizer=keras.optimizers.SGD(0.5)).training.learning_rate == 0.5
