"""An interrupted training that goes on ends as one that was not interrupted."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from tlcourse.training import Training, train
from tlcourse.training.history import HistoryRecorder


def classifier(seed=0):
    keras.utils.set_random_seed(seed)
    x = inputs = keras.Input((6,))
    x = keras.layers.Dense(8, name="dense")(x)
    x = keras.layers.BatchNormalization(name="norm")(x)
    x = keras.layers.Dropout(0.3, name="dropout")(x)
    return keras.Model(inputs, keras.layers.Dense(3, name="logits")(x), name="small")


@pytest.fixture
def data(rng):
    labels = np.arange(40) % 3
    return (rng.normal(size=(40, 6)) + labels[:, None]).astype("float32"), labels


def values(model):
    return [np.array(np.asarray(v)) for v in model.variables]


def assert_same(one, two):
    for a, b in zip(values(one), values(two), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-7)


@pytest.fixture
def plug(monkeypatch):
    """Pulled, it interrupts a training when so many steps are done."""
    end, seen = HistoryRecorder.on_train_batch_end, []

    def pull(after):
        def stop(self, batch, logs=None):
            end(self, batch, logs)
            seen.append(batch)
            if len(seen) == after:
                raise KeyboardInterrupt

        monkeypatch.setattr(HistoryRecorder, "on_train_batch_end", stop)
        return seen

    return pull


TRAINING = Training(steps=30, batch_size=8, learning_rate=0.02, schedule="cosine", n_evals=5)


@pytest.mark.parametrize("after", [7, 18, 29])
def test_it_ends_as_if_there_had_been_no_interruption(after, data, tmp_path, plug):
    eval_data = (data[0][::-1].copy(), data[1])
    settings = {"eval_data": eval_data, "restore_best_weights": True, "seed": 4}
    backed_up = replace(TRAINING, backup=tmp_path)
    whole, cut, again = classifier(), classifier(), classifier()
    expected = train(whole, *data, TRAINING, **settings)
    seen = plug(after)
    with pytest.raises(KeyboardInterrupt):
        train(cut, *data, backed_up, **settings)
    assert len(list(tmp_path.iterdir())) == 1
    found = train(again, *data, backed_up, **settings)
    assert_same(whole, again)
    assert len(seen) < after + 30  # what was done was not done again
    assert list(tmp_path.iterdir()) == []
    for name in ("step", "loss", "accuracy"):
        assert found[name] == pytest.approx(expected[name], rel=1e-4)


def test_a_backup_changes_nothing(data, tmp_path):
    plain, kept = classifier(), classifier()
    train(plain, *data, TRAINING, seed=4)
    train(kept, *data, replace(TRAINING, backup=tmp_path / "new" / "folder"), seed=4)
    assert_same(plain, kept)


@pytest.mark.parametrize(
    ("change", "seed"), [({}, 5), ({"steps": 40}, 4), ({"learning_rate": 0.01}, 4)]
)
def test_another_training_is_not_gone_on_with(change, seed, data, tmp_path, plug):
    plug(20)
    with pytest.raises(KeyboardInterrupt):
        train(classifier(), *data, replace(TRAINING, backup=tmp_path), seed=4)
    one, two = classifier(), classifier()
    train(one, *data, replace(TRAINING, backup=tmp_path, **change), seed=seed)
    train(two, *data, replace(TRAINING, **change), seed=seed)
    assert_same(one, two)
    assert len(list(tmp_path.iterdir())) == 1  # the other one's stays


def test_other_start_values_are_another_training(data, tmp_path, plug):
    plug(20)
    with pytest.raises(KeyboardInterrupt):
        train(classifier(0), *data, replace(TRAINING, backup=tmp_path), seed=4)
    one, two = classifier(1), classifier(1)
    train(one, *data, replace(TRAINING, backup=tmp_path), seed=4)
    train(two, *data, TRAINING, seed=4)
    assert_same(one, two)


@pytest.mark.parametrize("content", [b"", b"half a file"])
def test_a_damaged_backup_counts_as_none(content, data, tmp_path, plug):
    plug(20)
    with pytest.raises(KeyboardInterrupt):
        train(classifier(), *data, replace(TRAINING, backup=tmp_path), seed=4)
    (file,) = tmp_path.iterdir()
    file.write_bytes(content)
    one, two = classifier(), classifier()
    train(one, *data, replace(TRAINING, backup=tmp_path), seed=4)
    train(two, *data, TRAINING, seed=4)
    assert_same(one, two)
