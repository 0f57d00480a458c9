"""Adaptation: no label of the target is used, every term reaches what it should, nothing else."""

from dataclasses import replace

import keras
import numpy as np
import pytest
from model_weights import values

from tlcourse.backbones import RandomAffine
from tlcourse.domains import DomainPair
from tlcourse.losses import (
    conditional_map,
    coral_loss,
    domain_loss,
    entropy_weights,
    mcc_loss,
    mmd_loss,
)
from tlcourse.models import copy_of
from tlcourse.strategies import (
    CDAN,
    DAN,
    DANN,
    MCC,
    Adaptation,
    AlignmentLoss,
    ConditionalDomainTerm,
    ConfusionTerm,
    CoralTerm,
    DeepCORAL,
    DomainTerm,
    MmdTerm,
    SourceOnly,
    over_shots,
    selected_accuracies,
)
from tlcourse.strategies.adaptation.adaptation import PairBatches, _FirstHalf, _joint, _SecondHalf
from tlcourse.strategies.adaptation.cdan import ConditionalDense
from tlcourse.training import predict

METHODS = (DeepCORAL, DAN, DANN, CDAN, MCC)
TERMS = (CoralTerm, MmdTerm, DomainTerm, ConditionalDomainTerm, ConfusionTerm)
FEW = {"steps": 5, "batch_size": 8}


def same(one, two):
    return all(np.array_equal(a, b) for a, b in zip(one.values(), two.values(), strict=True))


def relabelled(pair, *, test=False):
    target = pair.target
    changed = {"labels_train": (target.labels_train + 1) % 3}
    if test:
        changed["labels_test"] = (target.labels_test + 1) % 3
    return DomainPair(pair.source, replace(target, **changed))


@pytest.mark.parametrize("method", METHODS)
def test_the_targets_images_are_used(method, pair):
    target = pair.target
    brighter = replace(target, x_train=np.sqrt(target.x_train))
    one = method(**FEW).fit(pair, seed=1)
    two = method(**FEW).fit(DomainPair(pair.source, brighter), seed=1)
    assert not same(values(one.backbone), values(two.backbone))


@pytest.mark.parametrize("kind", TERMS)
def test_a_term_reaches_the_backbone_from_both_domains(kind, backbone, head, rng):
    """One step of SGD on the term alone: what moved is what its gradient reached."""
    x = rng.random((6, 8, 8, 1)).astype("float32")

    def step(stopped):
        body, top = copy_of(backbone), copy_of(head)
        term = kind(**({"ramp": False} if kind is not ConfusionTerm else {}))
        source, target = keras.Input((8, 8, 1)), keras.Input((8, 8, 1))
        seen = [body(source), body(target)]
        if stopped is not None:
            seen[stopped] = keras.layers.Lambda(keras.ops.stop_gradient)(seen[stopped])
        logits = [top(features) for features in seen]
        outputs = term(*seen, *logits)
        model = keras.Model([source, target], outputs)
        before = values(body), [np.array(np.asarray(w)) for w in term.trainable_weights]
        # The labels' own loss is multiplied away: only the term is left.
        model.compile(keras.optimizers.SGD(1.0), loss="mse", loss_weights=0.0)
        model.fit([x, np.sqrt(x)], np.zeros((6, 3)), epochs=1, batch_size=6, verbose=0)
        moved = {p for p, v in values(body).items() if (v != before[0][p]).any()}
        taught = [
            bool((np.asarray(w) != old).any())
            for w, old in zip(term.trainable_weights, before[1], strict=True)
        ]
        return {p for p in moved if "moving" not in p}, taught

    kernels = {f"block{i}_conv/kernel" for i in (1, 2, 3)}
    assert kernels <= step(None)[0]
    by_source, by_target = step(1)[0], step(0)[0]
    assert kernels <= by_target
    assert (kernels <= by_source) == (kind is not ConfusionTerm)
    assert all(step(None)[1])
    assert len(step(None)[1]) == (4 if issubclass(kind, DomainTerm) else 0)


def test_the_reversed_gradient_makes_the_domains_harder_to_tell(backbone, head, rng):
    """The classifier and the backbone pull the same loss in opposite directions."""
    x = rng.random((8, 8, 8, 1)).astype("float32")
    term = DomainTerm(strength=1.0, ramp=False)
    source, target = keras.Input((8, 8, 1)), keras.Input((8, 8, 1))
    seen = [backbone(source), backbone(target)]
    logits = [head(features) for features in seen]
    model = keras.Model([source, target], term(*seen, *logits))
    backbone.trainable = True
    term._hidden.trainable = term._logit.trainable = False
    model.compile(keras.optimizers.SGD(0.05), loss="mse", loss_weights=0.0)
    data = [x, x**2]
    fitted = model.fit(data, np.zeros((8, 3)), epochs=4, batch_size=8, verbose=0, shuffle=False)
    rising = fitted.history["loss"]
    assert rising[-1] > rising[0]
    assert term.trainable_weights == []


@pytest.mark.parametrize(
    ("kind", "loss"), [(CoralTerm, coral_loss), (MmdTerm, mmd_loss), (ConfusionTerm, mcc_loss)]
)
def test_what_a_term_adds_is_strength_times_its_loss(kind, loss, rng):
    arrays = [
        rng.normal(size=shape).astype("float32") for shape in [(9, 4), (9, 4), (9, 3), (9, 3)]
    ]
    term = kind(strength=0.3)
    out = term(*arrays, training=True)
    inputs = arrays[3:] if kind is ConfusionTerm else arrays[:2]
    assert float(term.losses[0]) == pytest.approx(0.3 * float(loss(*inputs)), rel=1e-5)
    np.testing.assert_array_equal(np.asarray(out), arrays[2])
    assert term(*arrays, training=False) is not None
    assert term.losses == []


def test_a_ramp_grows_from_nothing(rng):
    arrays = [
        rng.normal(size=shape).astype("float32") for shape in [(9, 4), (9, 4), (9, 3), (9, 3)]
    ]
    term = MmdTerm(ramp=True)
    term.build(*(each.shape for each in arrays))
    term.begin(strength=1.0, steps=4)
    added = []
    for _ in range(5):
        term(*arrays, training=True)
        added.append(float(term.losses[0]))
    whole = float(mmd_loss(*arrays[:2]))
    shares = [2 / (1 + np.exp(-10 * i / 4)) - 1 for i in range(5)]
    np.testing.assert_allclose(added, whole * np.array(shares), rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize("kind", TERMS)
def test_a_term_comes_back_from_its_config(kind):
    other = {"strength": 0.2, "ramp": True, "name": "mine"}
    own = {
        ConfusionTerm: {"temperature": 1.5},
        DomainTerm: {"width": 5},
        ConditionalDomainTerm: {"width": 5, "weighted": False},
    }
    term = kind(**other, **own.get(kind, {}))
    config = kind.from_config(term.get_config()).get_config()
    for name, value in (other | own.get(kind, {})).items():
        assert config[name] == value


def test_terms_are_added_to_the_history_under_their_names(pair):
    terms = [MmdTerm(), ConfusionTerm(strength=0.5)]
    history = Adaptation(terms=terms, n_evals=2, **FEW).fit(pair, seed=0).history
    assert {"step", "seconds", "loss", "mmd", "mcc"} == set(history)
    assert len(history["mmd"]) == 2
    assert min(history["mmd"]) > 0


def test_without_terms_it_is_training_on_the_source(pair):
    plain = Adaptation(steps=30, batch_size=16).fit(pair, seed=0)
    assert plain.source_accuracy == pytest.approx(
        SourceOnly(steps=30, batch_size=16).fit(pair, seed=0).source_accuracy, abs=0.2
    )


def test_it_begins_with_a_backbone_and_a_head_that_it_never_changes(pair, backbone, head):
    before = values(backbone), values(head)
    result = DAN(backbone, head=head, learning_rate=1e-9, **FEW).fit(pair, seed=0)
    assert same(before[0], values(backbone))
    assert same(before[1], values(head))
    np.testing.assert_allclose(
        values(result.head)["logits/kernel"], before[1]["logits/kernel"], atol=1e-7
    )


def test_the_three_columns_are_of_one_training(pair):
    result = MCC(steps=12, batch_size=8, n_evals=6).fit(pair, seed=3, eval_test=True)
    oracle = result.history["oracle"]
    columns = selected_accuracies(result, score="entropy")
    assert columns["oracle"] == max(oracle)
    assert columns["source-validated"] == oracle[np.argmax(result.history["source_validation"])]
    assert columns["label-free"] == oracle[np.argmax(result.history["entropy"])]
    assert result.target_accuracy == oracle[-1]
    with pytest.raises(ValueError, match="fitted with `eval_test=True`"):
        selected_accuracies(MCC(**FEW).fit(pair))
    with pytest.raises(ValueError, match=r"`score` must be one of .*; got 'luck'"):
        selected_accuracies(result, score="luck")


@pytest.mark.parametrize("select", ["source", "entropy", "oracle"])
def test_what_is_selected_is_what_is_kept(select, pair):
    column = {"source": "source_validation"}.get(select, select)
    result = MCC(steps=12, batch_size=8, n_evals=6, select=select).fit(pair, seed=3, eval_test=True)
    chosen = int(np.argmax(result.history[column]))
    assert result.target_accuracy == pytest.approx(result.history["oracle"][chosen])
    assert "6" in result.selected


def test_a_column_is_the_oracle_where_its_score_is_highest(pair):
    result = MCC(**FEW).fit(pair, seed=0)
    history = {
        "oracle": [0.1, 0.2, 0.3, 0.4],
        "source_validation": [0.5, 0.9, 0.7, 0.6],
        "entropy": [-0.1, -0.3, -0.3, -0.2],
    }
    made_up = replace(result, history=history)
    assert selected_accuracies(made_up, score="entropy") == {
        "source-validated": 0.2,
        "label-free": 0.1,
        "oracle": 0.4,
    }


@pytest.mark.parametrize(("select", "trained_on"), [("last", 45), ("source", 39)])
def test_source_examples_that_select_are_not_trained_on(select, trained_on, pair, monkeypatch):
    """Three classes of 15; a tenth of each class, rounded, is 1 or 2."""
    given = []

    class Spy(PairBatches):
        def __init__(self, x, labels, x_target, **settings):
            given.append(len(x))
            assert len(x) == len(labels)
            super().__init__(x, labels, x_target, **settings)

    monkeypatch.setitem(Adaptation._train.__globals__, "PairBatches", Spy)
    MCC(select=select, **FEW).fit(pair, seed=0)
    assert given == [trained_on]


def plain_backbone():
    images = keras.Input((8, 8, 1))
    x = keras.layers.Conv2D(4, 3, strides=2, activation="relu")(images)
    return keras.Model(images, keras.layers.GlobalAveragePooling2D()(x))


@pytest.mark.parametrize("normalises", [True, False])
def test_both_domains_pass_and_share_statistics_where_there_are_any(normalises, backbone, rng):
    """What the terms see is what backbone and head give for each domain's own images."""
    backbone = backbone if normalises else plain_backbone()
    backbone.trainable = False  # statistics stay, so that two calls give the same
    head = keras.Sequential([keras.Input(backbone.output_shape[1:]), keras.layers.Dense(3)])
    model = _joint(backbone, head, [MmdTerm(name="sees")], None)
    assert ("both" in {layer.name for layer in model.layers}) == normalises
    inner = keras.Model(model.inputs, model.get_layer("sees").input)
    source, target = rng.random((5, 8, 8, 1)), rng.random((5, 8, 8, 1))
    found = inner([source, target], training=True)
    features = [backbone(images) for images in (source, target)]
    for got, expected in zip(found, [*features, *map(head, features)], strict=True):
        np.testing.assert_allclose(got, expected, rtol=1e-4, atol=1e-5)


def test_a_batch_of_both_is_cut_in_the_middle():
    both = np.arange(12.0).reshape(6, 2)
    np.testing.assert_array_equal(np.asarray(_FirstHalf()(both)), both[:3])
    np.testing.assert_array_equal(np.asarray(_SecondHalf()(both)), both[3:])


def test_cdan_teaches_the_head_nothing(backbone, head, rng):
    """Its classifier is told the prediction, and sends nothing back through it."""
    x = rng.random((6, 8, 8, 1)).astype("float32")
    before = values(head)
    term = ConditionalDomainTerm(ramp=False)
    source, target = keras.Input((8, 8, 1)), keras.Input((8, 8, 1))
    seen = [backbone(source), backbone(target)]
    model = keras.Model([source, target], term(*seen, *[head(features) for features in seen]))
    model.compile(keras.optimizers.SGD(1.0), loss="mse", loss_weights=0.0)
    model.fit([x, np.sqrt(x)], np.zeros((6, 3)), epochs=1, batch_size=6, verbose=0)
    assert same(before, values(head))


def test_a_conditional_dense_layer_is_a_dense_layer_of_the_map(rng):
    features, probs = rng.normal(size=(7, 4)), rng.dirichlet(np.ones(3), size=7)
    layer = ConditionalDense(5)
    units = layer([features, probs])
    layer.bias.assign(rng.normal(size=5))
    units = layer([features, probs])
    seen = np.asarray(conditional_map(features, probs))
    by_hand = np.maximum(seen @ np.asarray(layer.kernel) + np.asarray(layer.bias), 0)
    np.testing.assert_allclose(np.asarray(units), by_hand, rtol=1e-4, atol=1e-5)
    assert 0 < (by_hand > 0).mean() < 1
    assert ConditionalDense.from_config(layer.get_config()).units == 5


@pytest.mark.parametrize("weighted", [True, False])
def test_what_cdan_adds_is_the_domain_loss_of_the_map(weighted, rng):
    shapes = [(9, 4), (6, 4), (9, 3), (6, 3)]
    source, target, *logits = (rng.normal(size=shape).astype("float32") for shape in shapes)
    term = ConditionalDomainTerm(ramp=False, weighted=weighted)
    term(source, target, *logits, training=True)
    probs = [keras.ops.softmax(each) for each in logits]
    of_source, of_target = (
        term._logit(keras.ops.relu(conditional_map(x, p) @ term._hidden.kernel + term._hidden.bias))
        for x, p in zip((source, target), probs, strict=True)
    )
    weights = {
        f"{domain}_weights": entropy_weights(p)
        for domain, p in zip(("source", "target"), probs, strict=True)
    }
    expected = domain_loss(of_source, of_target, **(weights if weighted else {}))
    assert float(term.losses[0]) == pytest.approx(float(expected), rel=1e-5)


def test_it_stands_in_a_table_beside_the_others(pair):
    table = over_shots({"dan": DAN(**FEW)}, pair, shots=[1, 2], seeds=[0])
    assert table["dan"][0, 0] == table["dan"][1, 0]


def test_batches_hold_both_domains_and_the_smaller_comes_round_more_often():
    x, labels, x_target = np.arange(12.0), np.arange(12), 100 + np.arange(5.0)
    batches = PairBatches(x, labels, x_target, steps=3, batch_size=4, seed=0)
    drawn = [batches[i] for i in range(3)]
    sources = np.concatenate([inputs["source"] for inputs, _ in drawn])
    targets = np.concatenate([inputs["target"] for inputs, _ in drawn])
    np.testing.assert_array_equal(np.sort(sources), x)
    np.testing.assert_array_equal(sources, np.concatenate([y for _, y in drawn]))
    assert np.bincount(targets.astype(int) - 100).tolist().count(2) >= 3


class Doubtful(AlignmentLoss):
    def distance(self, source_features, target_features, source_logits, target_logits):
        return keras.ops.sum(source_features) * np.float32("nan")


def test_a_term_that_is_not_finite_is_named(pair):
    strategy = Adaptation(terms=[Doubtful(name="doubt")], **FEW)
    with pytest.warns(UserWarning, match="doubt is no longer finite. The weights are those of"):
        result = strategy.fit(pair, seed=0)
    assert np.isfinite(predict(result.model, pair.target.x_test)).all()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"terms": [MmdTerm(), MmdTerm()]}, "different names; two are 'mmd'"),
        ({"terms": ["mmd"]}, "`terms` must be terms such as MmdTerm.*; got 'mmd'"),
        ({"select": "best"}, "`select` must be one of .*; got 'best'"),
        ({"validation": 0.2}, "`validation` is for labelled targets"),
        ({"steps": 0}, "`steps` must be a whole number"),
    ],
)
def test_settings_that_cannot_be(settings, message):
    with pytest.raises(ValueError, match=message):
        Adaptation(**settings)


def test_a_strength_is_not_below_0():
    with pytest.raises(ValueError, match="`strength` must be a number >= 0; got -1"):
        DAN(strength=-1)


def test_data_that_cannot_be(pair, other_classes):
    with pytest.raises(ValueError, match="`data` must be a DomainPair with the same classes"):
        DAN(**FEW).fit(pair.target)
    with pytest.raises(ValueError, match="`data` must be a DomainPair with the same classes"):
        DAN(**FEW).fit(DomainPair(other_classes, pair.target))
    with pytest.raises(ValueError, match="`select='oracle'` needs `eval_test=True`"):
        DAN(select="oracle", **FEW).fit(pair)


def test_random_affine_moves_images_in_training_only(rng):
    images = np.zeros((40, 9, 9, 1), "float32")
    images[:, 4, 4] = 1
    layer = RandomAffine(shift=0.2, seed=3)
    np.testing.assert_array_equal(np.asarray(layer(images, training=False)), images)
    moved = np.asarray(layer(images, training=True))
    assert moved.shape == images.shape
    assert 0 <= moved.min() <= moved.max() <= 1
    assert len({image.tobytes() for image in moved}) == 40
    assert not np.array_equal(moved, np.asarray(layer(images, training=True)))


@pytest.mark.parametrize(
    ("only", "place"),
    [
        ({"rotation": 90.0}, None),
        ({"scale": 0.5}, None),
        ({"shear": 0.5}, None),
        ({"shift": 0.3}, "elsewhere"),
    ],
)
def test_only_a_shift_moves_the_middle(only, place):
    images = np.zeros((30, 9, 9, 1), "float32")
    images[:, 4, 4] = 1
    none = {"rotation": 0.0, "scale": 0.0, "shear": 0.0, "shift": 0.0}
    moved = np.asarray(RandomAffine(**none | only, seed=1)(images, training=True))
    still = moved[:, 4, 4, 0] > 0.99
    assert still.all() if place is None else not still.any()
    config = RandomAffine(**none | only, seed=1).get_config()
    assert RandomAffine.from_config(config).get_config() == config


def test_random_affine_of_nothing_is_nothing(rng):
    images = rng.random((3, 7, 5, 2)).astype("float32")
    layer = RandomAffine(rotation=0.0, scale=0.0, shear=0.0, shift=0.0)
    np.testing.assert_allclose(np.asarray(layer(images, training=True)), images, atol=1e-6)
