"""Several heads on one backbone: what moves, what is measured, and what weights do."""

import keras
import numpy as np
import pytest

from tlcourse.backbones import load_backbone
from tlcourse.domains import glyph_tasks
from tlcourse.strategies import MultiTask, Task, gradients_of_tasks, over_seeds
from tlcourse.strategies.multi_task.task_batches import TaskBatches
from tlcourse.training import Diverged

DIGIT = Task("digit", "classification", 3)
ANGLE = Task("angle", "regression", 1)
PLACE = Task("place", "regression", 2)
SHORT = {"steps": 6, "batch_size": 8}


@pytest.fixture(scope="module")
def data():
    """8×8 images: a bar whose column is a class, whose brightness is a number."""
    rng = np.random.default_rng(3)
    x = 0.2 * rng.random((90, 8, 8, 1)).astype("float32")
    column, light = np.arange(90) % 3, rng.uniform(0.3, 0.8, 90)
    for i in range(90):
        x[i, :, 2 * column[i] : 2 * column[i] + 2] += light[i]
    labels = {"digit": column, "angle": 10 * light, "place": np.stack([column, light], 1)}
    train, test = (
        (x[part], {name: each[part] for name, each in labels.items()})
        for part in (slice(60), slice(60, None))
    )
    return {"x": train[0], "labels": train[1], "x_test": test[0], "labels_test": test[1]}


@pytest.fixture(scope="module")
def tiny():
    """A backbone that is quick to trace: 8×8 images to 12 features."""
    keras.utils.set_random_seed(7)
    layers = [keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(12, "relu")]
    return keras.Sequential(layers)


def values(model):
    return {weight.path: np.array(np.asarray(weight)) for weight in model.variables}


def assert_same(one, two):
    for a, b in zip(values(one).values(), values(two).values(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("weighting", ["fixed", "uncertainty"])
def test_backbone_heads_and_learned_weights_move(data, weighting):
    tasks = [DIGIT, ANGLE, PLACE]
    begin, end = (
        MultiTask(tasks=tasks, weighting=weighting, **SHORT, learning_rate=rate).fit(**data)
        for rate in (1e-9, 3e-3)
    )
    before, after = values(begin.model), values(end.model)
    trained = {w.path for w in end.model.trainable_variables}
    assert all((before[path] != after[path]).any() for path in trained)
    moved = [abs(begin.task_weights[n] - end.task_weights[n]) > 1e-4 for n in end.task_weights]
    assert moved == [weighting == "uncertainty"] * 3
    heads_and_learned = 64 * (3 + 1 + 2) + 6 + (3 if weighting == "uncertainty" else 0)
    of_backbone = sum(int(np.prod(w.shape)) for w in end.backbone.trainable_variables)
    assert end.n_trained == of_backbone + heads_and_learned


def test_a_weight_of_zero_leaves_a_task_out(data, tiny):
    """Then nothing of its labels reaches the backbone, and its head stands still."""
    settings = {"dropout": 0.0, **SHORT}
    weights = {"digit": 1.0, "angle": 0.0}
    both = MultiTask(tiny, tasks=[DIGIT, ANGLE], weights=weights, **settings).fit(**data)
    alone = MultiTask(tiny, tasks=[DIGIT], **settings).fit(**data)
    assert_same(both.backbone, alone.backbone)
    assert both.scores["digit"] == alone.scores["digit"]
    assert both.history["digit_loss"] == pytest.approx(alone.history["digit_loss"], rel=1e-5)
    slow = MultiTask(tiny, tasks=[DIGIT, ANGLE], weights=weights, learning_rate=1e-9, **settings)
    start = slow.fit(**data)
    np.testing.assert_array_equal(
        *(np.asarray(r.model.get_layer("angle_head").weights[0]) for r in (both, start))
    )


def test_the_history_is_the_weighted_sum(data, tiny):
    weights = {"digit": 0.5, "place": 3.0}
    result = MultiTask(tiny, tasks=[DIGIT, PLACE], weights=weights, n_evals=3, **SHORT).fit(**data)
    history = result.history
    assert set(history) == {"step", "seconds", "loss", "digit_loss", "place_loss"}
    assert history["step"] == [2, 4, 6]
    expected = 0.5 * np.array(history["digit_loss"]) + 3 * np.array(history["place_loss"])
    np.testing.assert_allclose(history["loss"], expected, rtol=1e-5)
    assert result.task_weights == weights


def test_scores_are_those_of_the_model(data, tiny):
    result = MultiTask(tiny, tasks=[DIGIT, ANGLE, PLACE], **SHORT).fit(**data)
    outputs = result.model(data["x_test"], training=False)
    outputs = {name: keras.ops.convert_to_numpy(each) for name, each in outputs.items()}
    truth = data["labels_test"]
    assert list(outputs) == list(result.scores) == ["digit", "angle", "place"]
    assert result.scores["digit"] == np.mean(outputs["digit"].argmax(1) == truth["digit"])
    for name in ("angle", "place"):
        error = outputs[name].squeeze() - truth[name]
        assert result.scores[name] == pytest.approx(np.sqrt(np.mean(error**2)), rel=1e-4)


@pytest.mark.parametrize("weighting", ["fixed", "uncertainty"])
def test_it_learns_all_tasks(data, weighting):
    learner = MultiTask(
        tasks=[DIGIT, ANGLE], weighting=weighting, steps=200, dropout=0.0, learning_rate=1e-2
    )
    result = learner.fit(**data)
    assert result.scores["digit"] > 0.9
    assert result.scores["angle"] < 0.7 * data["labels_test"]["angle"].std()


def test_a_learned_weight_is_one_over_the_loss():
    """Noise that no input explains: L stays near its variance v, and c · exp(−s) ends at ½ / v."""
    rng = np.random.default_rng(0)
    x = np.zeros((400, 2), "float32")
    labels = {"loud": rng.normal(0, 3, 400), "quiet": rng.normal(0, 0.1, 400)}
    features = keras.Input((2,))
    backbone = keras.Model(features, keras.layers.Dense(2)(features))
    tasks = [Task(name, "regression", 1) for name in labels]
    settings = {"steps": 300, "batch_size": 400, "dropout": 0.0, "learning_rate": 0.05}
    learner = MultiTask(backbone, tasks=tasks, weighting="uncertainty", **settings)
    found = learner.fit(x, labels, x_test=x, labels_test=labels).task_weights
    for name, each in labels.items():
        assert found[name] == pytest.approx(0.5 / each.var(), rel=0.1), name


def test_the_same_seed_gives_the_same_numbers(data, tiny):
    learner = MultiTask(tiny, tasks=[DIGIT, ANGLE], weighting="uncertainty", **SHORT)
    one, again = learner.fit(**data, seed=4), learner.fit(**data, seed=4)
    for a, b in zip(values(one.model).values(), values(again.model).values(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert one.history["loss"] == again.history["loss"]
    assert one.task_weights == again.task_weights


def test_labels_of_the_test_set_train_nothing(data, tiny):
    other = {name: each[::-1] for name, each in data["labels_test"].items()}
    learner = MultiTask(tiny, tasks=[DIGIT, ANGLE], **SHORT)
    one, two = learner.fit(**data), learner.fit(**{**data, "labels_test": other})
    assert_same(one.model, two.model)
    assert one.scores["angle"] != two.scores["angle"]


def test_a_backbone_that_is_given_is_where_it_begins_and_stays(data, backbone):
    before = values(backbone)
    result = MultiTask(backbone, tasks=[DIGIT], learning_rate=1e-9, **SHORT).fit(**data)
    for path, value in values(backbone).items():
        np.testing.assert_array_equal(value, before[path])
    kernels = [w.path for w in result.backbone.trainable_variables]
    after = values(result.backbone)
    for path in kernels:
        np.testing.assert_allclose(after[path], before[path], atol=1e-6)
    assert not {id(w) for w in backbone.variables} & {id(w) for w in result.backbone.variables}


def test_a_training_that_diverges_keeps_finite_weights(data, tiny):
    with pytest.warns(Diverged, match="no longer finite"):
        result = MultiTask(tiny, tasks=[DIGIT, ANGLE], learning_rate=1e30, **SHORT).fit(**data)
    assert all(np.isfinite(value).all() for value in values(result.model).values())


def test_glyphs_can_be_learned_from():
    data = glyph_tasks(n=200)
    tasks = [DIGIT, Task("family", "classification", 5), ANGLE]
    tasks[0] = Task("digit", "classification", 10)
    result = MultiTask(tasks=tasks, steps=2).fit(
        data.x_train, data.labels_train, x_test=data.x_test, labels_test=data.labels_test
    )
    assert set(result.scores) == {"digit", "family", "angle"}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"tasks": []}, r"`tasks` must be Tasks, at least one"),
        ({"weighting": "gradnorm"}, r"`weighting` must be one of .*; got 'gradnorm'"),
        ({"weights": {"digit": 1.0}}, r"`weights` must .* each of \['angle', 'digit'\]; got"),
        ({"weights": [1.0, 2.0]}, r"`weights` must be a dict .*; got \[1.0, 2.0\]"),
        ({"weights": {"digit": 0, "angle": 0}}, r"`weights` must be finite, >= 0 and not all 0"),
        ({"weights": {"digit": -1, "angle": 1}}, r"`weights` must be finite, >= 0"),
        ({"weights": {"digit": float("nan"), "angle": 1}}, r"`weights` must be finite"),
        (
            {"weights": {"digit": 1, "angle": 1}, "weighting": "uncertainty"},
            r"`weights` go with `weighting='fixed'` only; got 'uncertainty'",
        ),
        ({"steps": 3, "epochs": 1}, r"one of `steps` and `epochs`"),
        ({"batch_size": 0}, r"`batch_size` must be a whole number"),
        ({"learning_rate": 0}, r"`learning_rate` must be a number > 0"),
        ({"backbone": 3}, r"`backbone` must be a keras.Model"),
    ],
)
def test_settings_that_cannot_be(settings, message):
    with pytest.raises(ValueError, match=message):
        MultiTask(**({"tasks": [DIGIT, ANGLE]} | settings))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"labels": {"digit": np.arange(60) % 3}}, r"`labels` .* \['angle'\] are missing"),
        ({"labels_test": {}}, r"`labels_test` .* \['digit', 'angle'\] are missing"),
        ({"x": np.zeros((0, 8, 8, 1))}, r"`x` must hold at least one example"),
        ({"x_test": np.zeros((30, 9, 8, 1))}, r"`x_test` must hold .* \(8, 8, 1\) .* \(9, 8, 1\)"),
        ({"x": np.zeros((60, 8, 8, 1), int)}, r"`x` must be float32; got int64"),
        ({"seed": -1}, r"`seed` must be a whole number"),
    ],
)
def test_data_that_cannot_be(data, change, message):
    with pytest.raises(ValueError, match=message):
        MultiTask(tasks=[DIGIT, ANGLE], **SHORT).fit(**(data | change))


def test_images_that_the_backbone_does_not_take(data):
    large = load_backbone("small_cnn")
    with pytest.raises(ValueError, match=r"`data` must hold .*\(28, 28, 1\), .*got \(8, 8, 1\)"):
        MultiTask(large, tasks=[DIGIT], **SHORT).fit(**data)


def test_many_labels_and_seeds(tiny):
    many = glyph_tasks(40, seed=1)
    learner = MultiTask(tasks=[Task("digit", "classification", 10)], **SHORT)
    results = over_seeds(learner, many, seeds=[3, 1])
    by_hand = learner.fit(
        many.x_train, many.labels_train, x_test=many.x_test, labels_test=many.labels_test, seed=1
    )
    assert [result.seed for result in results] == [3, 1]
    assert_same(results[1].backbone, by_hand.backbone)
    with pytest.raises(ValueError, match="not for several tasks"):
        over_seeds(learner, many, seeds=[1], shots=3)


def test_where_labels_are_missing_nothing_becomes_nan(data, tiny):
    labels = {name: each.copy() for name, each in data["labels"].items()}
    labels["digit"][10:] = -1
    labels["angle"] = np.where(np.arange(len(data["x"])) < 20, labels["angle"], np.nan)
    learner = MultiTask(tiny, tasks=[DIGIT, ANGLE], steps=12, batch_size=8, n_evals=2)
    result = learner.fit(**{**data, "labels": labels})
    assert all(np.isfinite(each).all() for each in result.history.values())
    assert all(np.isfinite(np.asarray(w)).all() for w in result.model.weights)


def test_half_of_each_batch_has_all_labels_where_some_are_missing(data):
    labels = {"digit": data["labels"]["digit"].astype("int32")}
    labels["digit"][6:] = -1
    order = {"steps": 9, "batch_size": 8, "seed": 0}
    batches = TaskBatches([DIGIT], data["x"], labels, **order)
    for i in range(9):
        inputs, known, weights = batches[i]
        assert (inputs["digit_labels"] >= 0).sum() >= 4
        np.testing.assert_array_equal(weights["digit"], inputs["digit_labels"] >= 0)
        np.testing.assert_array_equal(known["digit"], np.maximum(inputs["digit_labels"], 0))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda y: {**y, "digit": np.full(len(y["digit"]), -1)}, "at least one label"),
        (lambda y: {**y, "digit": np.where(y["digit"] == 0, -2, y["digit"])}, "labels"),
        (lambda y: {**y, "angle": np.full(len(y["angle"]), np.nan)}, "at least one label"),
        (lambda y: {**y, "angle": np.where(y["angle"] > 0, np.inf, 0)}, "NaN where there is none"),
    ],
)
def test_labels_that_cannot_be_missing_like_this(data, tiny, change, said):
    with pytest.raises(ValueError, match=said):
        MultiTask(tiny, tasks=[DIGIT, ANGLE], **SHORT).fit(
            **{**data, "labels": change(data["labels"])}
        )


def test_gradients_are_watched_along_the_way(data, tiny):
    settings = {"tasks": [DIGIT, ANGLE], "dropout": 0.0, "n_evals": 3, **SHORT}
    watched = MultiTask(tiny, watch_gradients=16, **settings).fit(**data)
    assert set(watched.history) >= {"norm_digit", "norm_angle", "cosine_digit_angle"}
    assert len(watched.history["norm_digit"]) == 3
    assert all(-1.001 <= each <= 1.001 for each in watched.history["cosine_digit_angle"])
    labels = {name: each[:16] for name, each in data["labels"].items()}
    end = gradients_of_tasks(watched, data["x"][:16], labels)
    assert watched.history["norm_digit"][-1] == pytest.approx(
        np.linalg.norm(end["digit"]), rel=1e-4
    )
    assert_same(watched.backbone, MultiTask(tiny, **settings).fit(**data).backbone)
