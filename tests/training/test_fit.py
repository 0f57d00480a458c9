"""`train` gives what plain Keras gives, whatever was trained before on the same twin."""

import subprocess
import sys
import time
from dataclasses import replace

import keras
import numpy as np
import pytest

from tlcourse.models import copy_of
from tlcourse.training import Training, fit, predict, train
from tlcourse.training import compiled_twin as twin
from tlcourse.training.batches import ShuffledBatches
from tlcourse.training.history import Diverged


def classifier(seed=0, *, width=8):
    """A network with everything that holds a state: dropout, statistics, a nested model."""
    keras.utils.set_random_seed(seed)
    inside = keras.Sequential(
        [
            keras.Input((6,), name="into"),
            keras.layers.Dense(width, use_bias=False, name="dense"),
            keras.layers.BatchNormalization(name="norm"),
        ],
        name="inside",
    )
    x = inputs = keras.Input((6,), name="x")
    x = keras.layers.Dropout(0.3, name="dropout")(inside(x))
    return keras.Model(inputs, keras.layers.Dense(3, name="logits")(x), name="classifier")


@pytest.fixture
def data(rng):
    labels = np.arange(40) % 3
    return (rng.normal(size=(40, 6)) + labels[:, None]).astype("float32"), labels


@pytest.fixture(autouse=True)
def _no_bench_yet(monkeypatch):
    monkeypatch.setattr(twin, "_KEPT", type(twin._KEPT)())


def values(model):
    return [np.array(np.asarray(v)) for v in model.variables]


def assert_same(one, two):
    for a, b in zip(values(one), values(two), strict=True):
        np.testing.assert_array_equal(a, b)


def by_hand(model, x, labels, training, *, seed):
    """Plain Keras on the same batches; the optimiser is built before the seed is set, as always."""
    model.compile(
        keras.optimizers.Adam(training.learning_rate),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=False,
    )
    order = {"steps": training.steps, "batch_size": training.batch_size, "seed": seed}
    batches = ShuffledBatches(x, labels, **order)
    return model.fit(batches, shuffle=False, verbose=0)


TRAINING = Training(steps=12, batch_size=16, learning_rate=0.01)


def test_the_same_numbers_as_plain_keras(data):
    ours, plain = classifier(), classifier()
    history = train(ours, *data, TRAINING, seed=5)
    fitted = by_hand(plain, *data, TRAINING, seed=5)
    for a, b in zip(values(ours), values(plain), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-7)
    assert history["loss"] == pytest.approx(fitted.history["loss"])


def test_a_used_bench_gives_what_a_new_one_gives(data):
    first, second = classifier(1), classifier(2)
    train(first, *data, TRAINING, seed=5)
    train(second, *data, TRAINING, seed=5)
    assert len(twin._KEPT) == 1, "both should have used the one twin"
    twin._KEPT.clear()
    again = classifier(2)
    train(again, *data, TRAINING, seed=5)
    assert_same(second, again)


def test_a_large_model_gives_the_same_numbers(data, monkeypatch):
    small, large = classifier(), classifier()
    history = train(small, *data, TRAINING, seed=5)
    monkeypatch.setattr(twin, "_MAX_SHARED_PARAMETERS", 0)
    large_history = train(large, *data, TRAINING, seed=5)
    assert_same(small, large)
    assert history["loss"] == large_history["loss"]
    assert len(twin._KEPT) == 1


def test_what_the_owner_compiled_stays(data, monkeypatch):
    monkeypatch.setattr(twin, "_MAX_SHARED_PARAMETERS", 0)
    model = classifier()
    model.compile(optimizer="sgd", loss="mse")
    own = model.optimizer
    train(model, *data, Training(steps=2))
    predict(model, np.tile(data[0], (3, 1)), batch_size=8)
    assert model.optimizer is own
    assert model.loss == "mse"


def test_benches_are_few_and_the_one_used_last_stays(data, monkeypatch):
    monkeypatch.setattr(twin, "_MAX_KEPT", 2)
    for width in (4, 5, 4, 6):
        train(classifier(width=width), *data, Training(steps=1))
    widths = [kept.compiled.get_layer("inside").output_shape[1] for kept in twin._KEPT.values()]
    assert widths == [4, 6]


def test_models_that_differ_in_what_is_frozen_do_not_share(data):
    free, frozen = classifier(), classifier()
    frozen.get_layer("inside").trainable = False
    before = values(frozen.get_layer("inside"))
    train(free, *data, Training(steps=2))
    train(frozen, *data, Training(steps=2))
    for a, b in zip(before, values(frozen.get_layer("inside")), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(("n", "batch_size", "epochs", "steps"), [(40, 16, 2, 5), (3, 32, 4, 4)])
def test_epochs_are_passes_over_the_data(data, n, batch_size, epochs, steps):
    history = train(
        classifier(), data[0][:n], data[1][:n], Training(epochs=epochs, batch_size=batch_size)
    )
    assert history["step"] == [steps]


def test_one_epoch_of_many_examples_is_one_step_at_least(data):
    assert train(classifier(), *data, Training(epochs=1, batch_size=1000))["step"] == [1]


def test_history_has_one_value_per_watch(data):
    history = train(classifier(), *data, Training(steps=10, n_evals=4), eval_data=data)
    assert history["step"] == [3, 5, 8, 10]
    assert {name: len(column) for name, column in history.items()} == {
        "step": 4,
        "seconds": 4,
        "loss": 4,
        "accuracy": 4,
    }
    assert history["seconds"] == sorted(history["seconds"])
    assert all(isinstance(v, float) for name in ("seconds", "loss") for v in history[name])


def test_a_loss_is_the_mean_since_the_watch_before(data):
    whole = train(classifier(), *data, Training(steps=10))["loss"]
    parts = train(classifier(), *data, Training(steps=10, n_evals=4))
    lengths = np.diff([0, *parts["step"]])
    assert np.average(parts["loss"], weights=lengths) == pytest.approx(whole[0], rel=1e-5)
    assert len(set(parts["loss"])) == 4


def test_there_are_no_more_watches_than_steps(data):
    assert train(classifier(), *data, Training(steps=2, n_evals=9))["step"] == [1, 2]


def test_every_example_comes_once_before_any_comes_again(data, monkeypatch):
    seen = []

    class Spy(ShuffledBatches):
        def __getitem__(self, index):
            x, labels = super().__getitem__(index)
            seen.append((index, x[:, 0].tolist()))
            return x, labels

    monkeypatch.setattr(fit, "ShuffledBatches", Spy)
    train(classifier(), *data, Training(steps=15, batch_size=16, n_evals=3))
    last_looks = dict(seen)
    order = np.concatenate([last_looks[key] for key in sorted(last_looks)])
    assert order.size == 240
    for one_pass in order.reshape(6, 40):
        np.testing.assert_array_equal(np.sort(one_pass), np.sort(data[0][:, 0]))
    # What Keras looked at before it began is what it then got.
    assert all(last_looks[index] == xs for index, xs in seen)


def test_watching_changes_nothing(data):
    alone, watched = classifier(), classifier()
    train(alone, *data, TRAINING, seed=5)
    train(watched, *data, replace(TRAINING, n_evals=4), seed=5, eval_data=data)
    assert_same(alone, watched)


def test_the_watched_accuracy_is_that_of_the_model(data):
    model = classifier()
    history = train(model, *data, Training(steps=6, n_evals=2), eval_data=data)
    assert history["accuracy"][-1] == np.mean(predict(model, data[0]).argmax(1) == data[1])


def test_many_looks_see_what_a_single_one_sees(data):
    x, labels = np.tile(data[0], (30, 1)), np.tile(data[1], 30)  # enough to be worth tracing for
    often, once = (
        train(classifier(), *data, Training(steps=20, n_evals=n), eval_data=(x, labels))
        for n in (20, 1)
    )
    assert len(often["accuracy"]) == 20
    assert often["accuracy"][-1] == once["accuracy"][-1]


def test_the_best_weights_are_restored(data):
    x, labels = data
    # What is watched has other labels than what is trained on: the longer, the worse.
    eval_data = (np.random.default_rng(0).normal(size=x.shape), (labels + 1) % 3)
    last, best = classifier(), classifier()
    training = Training(steps=30, n_evals=10, learning_rate=0.05)
    history = train(last, x, labels, training, eval_data=eval_data)
    kept = train(best, x, labels, training, eval_data=eval_data, restore_best_weights=True)
    assert kept["accuracy"] == history["accuracy"]
    assert max(kept["accuracy"]) > kept["accuracy"][-1]
    assert np.mean(predict(best, eval_data[0]).argmax(1) == eval_data[1]) == max(kept["accuracy"])


def test_seconds_leave_out_tracing_and_watching(data, monkeypatch):
    outputs = fit.outputs_of

    def slow(*args, **settings):
        time.sleep(0.2)
        return outputs(*args, **settings)

    monkeypatch.setattr(fit, "outputs_of", slow)
    began = time.perf_counter()
    history = train(classifier(), *data, Training(steps=3, n_evals=3), eval_data=data)
    whole = time.perf_counter() - began
    assert history["seconds"][-1] < min(0.5, whole - 0.6)


@pytest.mark.parametrize("limit", [2_000_000, 0])
def test_an_interrupt_hands_the_variables_back(data, monkeypatch, limit):
    monkeypatch.setattr(twin, "_MAX_SHARED_PARAMETERS", limit)
    model = classifier()
    before = values(model)
    recorder = fit.HistoryRecorder

    def interrupt(self, batch, logs=None):
        if batch == 4:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(recorder, "on_train_batch_end", interrupt)
        with pytest.raises(KeyboardInterrupt):
            train(model, *data, Training(steps=9, n_evals=3, learning_rate=0.01))
    assert not all((a == b).all() for a, b in zip(before, values(model), strict=True))
    assert np.isfinite(predict(model, data[0])).all()
    # And the twin is as good as new.
    one, two = classifier(7), classifier(7)
    train(one, *data, TRAINING, seed=5)
    twin._KEPT.clear()
    train(two, *data, TRAINING, seed=5)
    assert_same(one, two)


PROGRAM = """
import numpy as np
from tlcourse.backbones import load_backbone
from tlcourse.models import join, new_head
from tlcourse.training import Training, train
backbone = load_backbone("small_cnn", input_shape=(8, 8, 1), seed=3)
model = join(backbone, new_head(backbone, 3, dropout=0.3))
x = np.random.default_rng(0).random((48, 8, 8, 1), dtype="float32")
train(model, x, np.arange(48) % 3, Training(steps=10, batch_size=16), seed=3)
print("sum", sum(np.abs(np.asarray(v)).astype("float64").sum() for v in model.weights).hex())
"""


def test_two_processes_give_the_same_numbers():
    one, two = (
        subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    )
    first, second = one.communicate()[0].split(), two.communicate()[0].split()
    assert first[0] == "sum"
    assert first == second


def test_tensors_and_lists_are_data_too(data):
    arrays, other = classifier(), classifier()
    train(arrays, *data, Training(steps=2))
    train(other, keras.ops.convert_to_tensor(data[0]), data[1].tolist(), Training(steps=2))
    assert_same(arrays, other)


def test_one_example_can_be_trained_on(data):
    history = train(classifier(), data[0][:1], data[1][:1], Training(steps=2))
    assert np.isfinite(history["loss"]).all()


def test_a_frozen_model_is_not_changed_by_being_copied_to_a_bench(data):
    model = classifier()
    twin = copy_of(model)
    train(twin, *data, Training(steps=2))
    untouched = classifier()
    for a, b in zip(model.weights, untouched.weights, strict=True):
        np.testing.assert_array_equal(np.asarray(a), np.asarray(b))


def test_the_best_weights_need_validation_data(data):
    with pytest.raises(ValueError, match="`restore_best_weights` needs validation data"):
        train(classifier(), *data, Training(steps=3), restore_best_weights=True)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (np.arange(39) % 3, r"`labels` must have shape \(40,\), .*; got \(39,\)"),
        (np.eye(3)[np.arange(40) % 3], r"`labels` must have shape \(40,\).*; got \(40, 3\)"),
        (np.full(40, np.nan), "`labels` must be whole numbers from 0; got float64"),
        (np.arange(40) % 4, r"`labels` must lie in 0 to 2 .*; got 0 to 3"),
        (np.arange(40) % 3 - 1, r"`labels` must lie in 0 to 2 .*; got -1 to 1"),
    ],
)
def test_labels_that_cannot_be(data, labels, message):
    with pytest.raises(ValueError, match=message):
        train(classifier(), data[0], labels, Training(steps=3))


def test_what_is_watched_is_checked_before_anything_is_trained(data):
    model = classifier()
    before = values(model)
    with pytest.raises(ValueError, match=r"`eval_data\[1\]` must have shape \(40,\)"):
        train(model, *data, Training(steps=3), eval_data=(data[0], data[1][:2]))
    assert all((a == b).all() for a, b in zip(before, values(model), strict=True))


def test_no_examples(data):
    with pytest.raises(ValueError, match=r"`x` must hold at least one .*\(0, 6\)"):
        train(classifier(), data[0][:0], data[1][:0], Training(steps=3))


def test_weights_weigh_examples_in_the_loss(data):
    """An example of weight 0 might as well have any other label."""
    x, labels = data
    weights = np.ones(40)
    weights[:10] = 0
    other = np.where(weights == 0, (labels + 1) % 3, labels)
    one, two, even = classifier(), classifier(), classifier()
    train(one, x, labels, TRAINING, seed=5, sample_weight=weights)
    train(two, x, other, TRAINING, seed=5, sample_weight=weights)
    train(even, x, labels, TRAINING, seed=5)
    assert_same(one, two)
    assert any((a != b).any() for a, b in zip(values(one), values(even), strict=True))


@pytest.mark.parametrize("weights", [np.ones(39), -np.ones(40), np.full(40, np.nan)])
def test_weights_that_cannot_be(data, weights):
    with pytest.raises(ValueError, match=r"`sample_weight` must be one finite number >= 0 for"):
        train(classifier(), *data, Training(steps=2), sample_weight=weights)


def test_a_loss_of_ones_own_takes_what_it_takes(data):
    x, labels = data
    towards = np.eye(3, dtype="float32")[labels]
    own, usual = classifier(), classifier()
    soft = keras.losses.CategoricalCrossentropy(from_logits=True)
    train(own, x, towards, TRAINING, seed=5, loss=soft)
    train(usual, x, labels, TRAINING, seed=5)
    for a, b in zip(values(own), values(usual), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)
    with pytest.raises(ValueError, match="`labels` must be one for each of the 40 examples; got 3"):
        train(classifier(), x, towards[:3], Training(steps=1), loss=soft)


def test_a_loss_that_is_not_finite_stops_and_keeps_the_last_good_weights(data):
    x, labels = data
    model = classifier()
    poisoned = np.tile(x, (10, 1))
    poisoned[200] = np.inf
    training = Training(steps=100, batch_size=8, n_evals=50)
    with pytest.warns(Diverged, match=r"stopped at step \d+: the loss is no longer finite.*lower"):
        history = train(model, poisoned, np.tile(labels, 10), training)
    assert np.isfinite(values(model)[0]).all()
    assert all(np.isfinite(value).all() for value in values(model))
    assert np.isfinite(history["loss"]).all()
    assert history["step"][-1] < 100


@pytest.mark.filterwarnings("ignore:overflow encountered in cast")  # on JAX, of the rate itself
def test_weights_that_are_not_finite_stop_it_too(data):
    model = classifier()
    with pytest.warns(Diverged, match="a weight is no longer finite"):
        train(model, *data, Training(steps=2, learning_rate=1e39))
    assert_same(model, classifier())
