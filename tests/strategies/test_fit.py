"""What all strategies promise: fair shots, no peeking, the same seed the same numbers."""

import dataclasses
import json

import keras
import numpy as np
import pytest

from tlcourse.backbones import load_backbone
from tlcourse.domains import DomainPair
from tlcourse.models import new_head
from tlcourse.strategies import FeatureExtraction, FineTune, FromScratch, LinearProbe, SourceOnly
from tlcourse.training import predict

SHORT = {"steps": 6, "batch_size": 8}


def every_strategy(backbone, **settings):
    settings = SHORT | settings
    return {
        "scratch": FromScratch(**settings),
        "probe": LinearProbe(backbone, **settings),
        "extract": FeatureExtraction(backbone, hidden=(5,), **settings),
        "tune": FineTune(backbone, **settings),
    }


NAMES = ["scratch", "probe", "extract", "tune"]


def weights(result):
    return [np.array(np.asarray(w)) for w in result.model.weights]


def same_weights(one, two):
    return all((a == b).all() for a, b in zip(weights(one), weights(two), strict=True))


def with_labels(domain, part, seed=0):
    """The same domain with the labels of one part permuted."""
    name = f"labels_{part}"
    permuted = np.random.default_rng(seed).permutation(getattr(domain, name))
    return dataclasses.replace(domain, **{name: permuted})


def test_every_strategy_gets_the_same_shots(pair, backbone, monkeypatch):
    drawn = []
    shots = type(pair.target).shots

    def noted(self, k, seed=0):
        x, labels = shots(self, k, seed)
        drawn.append((self.name, x.tobytes(), labels.tobytes()))
        return x, labels

    monkeypatch.setattr(type(pair.target), "shots", noted)
    for strategy in every_strategy(backbone).values():
        strategy.fit(pair, shots=3, seed=4)
    assert len(drawn) == 4
    assert len(set(drawn)) == 1
    assert drawn[0][0] == "dark"


def test_source_only_does_see_those_of_the_source(pair):
    shuffled = DomainPair(with_labels(pair.source, "train"), pair.target)
    one = SourceOnly(**SHORT).fit(pair, seed=1)
    assert not same_weights(one, SourceOnly(**SHORT).fit(shuffled, seed=1))


@pytest.mark.parametrize("name", NAMES)
def test_labels_of_the_test_set_choose_nothing(pair, backbone, name):
    strategy = every_strategy(backbone, validation=0.34, n_evals=3)[name]
    shuffled = DomainPair(pair.source, with_labels(pair.target, "test"))
    one, two = strategy.fit(pair, shots=4), strategy.fit(shuffled, shots=4)
    assert same_weights(one, two)
    assert one.history["accuracy"] == two.history["accuracy"]
    says = predict(two.model, pair.target.x_test).argmax(axis=1)
    assert two.target_accuracy == np.mean(says == shuffled.target.labels_test)


def test_validation_comes_out_of_the_labelled_shots(pair, backbone, monkeypatch):
    seen = {}

    def note(self, model, backbone, head, examples, seed):
        seen["kept"], seen["held"] = examples.x, examples.eval_data[0]
        return {"loss": []}

    monkeypatch.setattr(FromScratch, "_train", note)
    result = FromScratch(validation=0.25, **SHORT).fit(pair, shots=4, seed=2)
    assert (len(seen["kept"]), len(seen["held"]), result.n_labels) == (9, 3, 12)
    drawn, _ = pair.target.shots(4, 2)
    together = np.concatenate([seen["kept"], seen["held"]])
    assert {x.tobytes() for x in together} == {x.tobytes() for x in drawn}
    assert result.selected == "best of 1 on 25% of the labels"


def test_watching_the_test_set_changes_nothing(pair, backbone):
    for strategy in every_strategy(backbone, n_evals=3).values():
        alone = strategy.fit(pair, shots=3)
        watched = strategy.fit(pair, shots=3, eval_test=True)
        assert same_weights(alone, watched)
        assert watched.history["accuracy"][-1] == pytest.approx(watched.target_accuracy)
        assert "accuracy" not in alone.history
        assert alone.selected == "last step, nothing selected"


def test_all_labels_are_used_without_shots(pair, backbone):
    assert LinearProbe(backbone, **SHORT).fit(pair).n_labels == 45
    assert LinearProbe(backbone, **SHORT).fit(pair, shots=1).n_labels == 3


def test_a_target_alone_is_enough(pair, backbone):
    alone = LinearProbe(backbone, **SHORT).fit(pair.target, shots=3)
    assert same_weights(alone, LinearProbe(backbone, **SHORT).fit(pair, shots=3))
    assert alone.source_accuracy is None


def test_source_accuracy_where_the_classes_are_the_same(pair, other_classes, backbone):
    same = LinearProbe(backbone, **SHORT).fit(pair)
    labels = predict(same.model, pair.source.x_test).argmax(axis=1)
    assert same.source_accuracy == np.mean(labels == pair.source.labels_test)
    other = LinearProbe(backbone, **SHORT).fit(DomainPair(other_classes, pair.target))
    assert other.source_accuracy is None


def test_target_accuracy_is_the_models_own(pair, backbone):
    result = LinearProbe(backbone, **SHORT).fit(pair)
    scores = keras.ops.convert_to_numpy(result.model(pair.target.x_test, training=False))
    assert result.target_accuracy == np.mean(scores.argmax(1) == pair.target.labels_test)
    joined = predict(result.head, predict(result.backbone, pair.target.x_test))
    np.testing.assert_allclose(joined, scores, rtol=1e-4, atol=1e-5)


def test_a_result_is_one_json_document(pair, backbone):
    result = LinearProbe(backbone, **SHORT).fit(pair, shots=3, seed=np.int64(2))
    said = json.loads(result.to_json())
    assert said["strategy"] == "LinearProbe"
    assert said["seed"] == 2
    assert said["source_accuracy"] == result.source_accuracy
    assert said["history"] == result.history
    assert said["n_labels"] == 9
    assert not {"model", "backbone", "head", "source"} & set(said)
    assert "Functional" not in repr(result)


def test_a_loss_that_is_nan_is_null(pair, backbone):
    result = LinearProbe(backbone, **SHORT).fit(pair, shots=3)
    broken = dataclasses.replace(result, history={"loss": [1.0, float("nan")]})
    assert json.loads(broken.to_json())["history"]["loss"] == [1.0, None]


def test_they_learn(pair):
    pretrained = SourceOnly(epochs=20, batch_size=16).fit(pair, seed=0)
    assert pretrained.source_accuracy > 0.9
    strategies = {
        "probe": LinearProbe(pretrained.backbone),
        "tune": FineTune(pretrained.backbone, head=pretrained.head),
    }
    for name, strategy in strategies.items():
        assert strategy.fit(pair, seed=0).target_accuracy > 0.9, name


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"steps": 5, "epochs": 2}, "one of `steps` and `epochs`; got 5 and 2"),
        ({"steps": 0}, "`steps` must be a whole number, at least 1; got 0"),
        ({"epochs": 1.5}, "`epochs` must be .*; got 1.5"),
        ({"batch_size": 0}, "`batch_size` must be .*; got 0"),
        ({"n_evals": 0}, "`n_evals` must be .*; got 0"),
        ({"learning_rate": float("nan")}, "`learning_rate` must be a number > 0; got nan"),
        ({"learning_rate": 0}, "`learning_rate` must be a number > 0; got 0"),
        ({"learning_rate": -1e-3}, "`learning_rate` must be a number > 0; got -0.001"),
        ({"validation": 1.0}, r"`validation` must be a number in \[0, 1\); got 1.0"),
        ({"validation": -0.1}, r"`validation` must be a number in \[0, 1\); got -0.1"),
        ({"validation": float("nan")}, "`validation` must be a number in .*; got nan"),
        ({"validation": "some"}, "`validation` must be a number in .*; got 'some'"),
    ],
)
@pytest.mark.parametrize("strategy", [FromScratch, LinearProbe, FineTune, SourceOnly])
def test_settings_that_cannot_be(strategy, change, message, backbone):
    args = (backbone,) if strategy in (LinearProbe, FineTune) else ()
    with pytest.raises(ValueError, match=message):
        strategy(*args, **change)


@pytest.mark.parametrize("strategy", [LinearProbe, FeatureExtraction, FineTune])
def test_what_is_no_backbone_is_refused_at_once(strategy):
    with pytest.raises(ValueError, match=r"`backbone` must be a keras.Model.*got 3"):
        strategy(3)
    maps = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Conv2D(3, 3)])
    with pytest.raises(ValueError, match=r"`backbone` must give features \(n, d\)"):
        strategy(maps)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"shots": 16}, "`k` must be at most 15 on domain 'dark'"),
        ({"shots": 0}, "`k` must be a whole number"),
        ({"seed": None}, "`seed` must be a whole number, 0 to .*; got None"),
        ({"seed": -1}, "`seed` must be .*; got -1"),
        ({"seed": 1.5}, "`seed` must be .*; got 1.5"),
    ],
)
def test_arguments_that_cannot_be(pair, backbone, arguments, message):
    with pytest.raises(ValueError, match=message):
        LinearProbe(backbone, **SHORT).fit(pair, **arguments)


@pytest.mark.parametrize("strategy", NAMES)
def test_data_of_another_kind_is_refused(pair, backbone, strategy):
    images = (pair.target.x_train, pair.target.labels_train)
    with pytest.raises(ValueError, match=r"`data` must be a Domain or a DomainPair; got tuple"):
        every_strategy(backbone)[strategy].fit(images)


def test_source_only_needs_a_pair_of_the_same_classes(pair, other_classes):
    with pytest.raises(ValueError, match=r"`data` must be a DomainPair with the same classes"):
        SourceOnly(**SHORT).fit(pair.target)
    with pytest.raises(ValueError, match=r"`data` must be a DomainPair with the same classes"):
        SourceOnly(**SHORT).fit(DomainPair(other_classes, pair.target))


@pytest.mark.parametrize("strategy", [LinearProbe, FineTune])
def test_images_that_a_backbone_does_not_take(pair, strategy):
    wrong = load_backbone("small_cnn", input_shape=(28, 28, 1))
    with pytest.raises(ValueError, match=r"`data` must hold .*\(28, 28, 1\), .*got \(8, 8, 1\)"):
        strategy(wrong, **SHORT).fit(pair)


def test_a_head_of_other_classes_is_refused(pair, backbone):
    two = new_head(backbone, 2)
    with pytest.raises(ValueError, match=r"`head` must give 3 logits.*'dark'; it gives 2"):
        FineTune(backbone, head=two, **SHORT).fit(pair)


def test_a_layer_to_freeze_to_that_is_not_there(pair, backbone):
    with pytest.raises(ValueError, match=r"begins with 'blokc2'. Did you mean 'block2"):
        FineTune(backbone, freeze_to="blokc2", **SHORT).fit(pair)


def test_one_shot_leaves_nothing_to_validate_on(pair, backbone):
    with pytest.raises(ValueError, match="at least 2 examples of each class to be split"):
        LinearProbe(backbone, validation=0.2, **SHORT).fit(pair, shots=1)


def test_watching_and_validation_do_not_go_together(pair, backbone):
    with pytest.raises(ValueError, match="`eval_test` goes with `validation=0` only"):
        LinearProbe(backbone, validation=0.2, **SHORT).fit(pair, eval_test=True)


def test_a_probe_of_a_named_architecture_has_new_features_for_each_seed(pair):
    probe = LinearProbe("small_cnn", steps=3, batch_size=8)
    one, again, other = (probe.fit(pair, shots=4, seed=seed) for seed in (1, 1, 2))
    first = [np.asarray(result.backbone.weights[0]) for result in (one, again, other)]
    np.testing.assert_array_equal(first[0], first[1])
    assert (first[0] != first[2]).any()
    assert one.backbone.count_params() not in (0, one.n_trained)
    with pytest.raises(ValueError, match="`backbone` must be one of"):
        LinearProbe("no_such_network")
