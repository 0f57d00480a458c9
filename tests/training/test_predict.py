"""`predict` gives what the model gives in inference mode, in order, the last part included."""

import gc
import subprocess
import sys
import weakref

import keras
import numpy as np
import pytest

from tlcourse.backbones import load_backbone
from tlcourse.models import join, new_head
from tlcourse.training import compiled_twin as twin
from tlcourse.training import predict


@pytest.fixture
def model():
    backbone = load_backbone("small_cnn", input_shape=(8, 8, 1), seed=0)
    model = join(backbone, new_head(backbone, 3, dropout=0.5, normalise=True))
    model.get_layer("head").get_layer("scale").adapt(np.arange(10.0))
    return model


@pytest.mark.parametrize("n", [1, 4, 6, 8, 50])
@pytest.mark.parametrize("limit", [2_000_000, 0])
def test_it_is_what_the_model_gives(model, rng, n, limit, monkeypatch):
    monkeypatch.setattr(twin, "_MAX_SHARED_PARAMETERS", limit)
    images = rng.random((n, 8, 8, 1), dtype="float32")
    expected = keras.ops.convert_to_numpy(model(images, training=False))
    found = predict(model, images, batch_size=4)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
    assert found.dtype == np.float32


def test_changed_weights_are_seen(model, rng):
    images = rng.random((50, 8, 8, 1), dtype="float32")
    first = predict(model, images, batch_size=4)
    model.get_layer("head").get_layer("logits").bias.assign([5.0, 5.0, 5.0])
    np.testing.assert_allclose(predict(model, images, batch_size=4), first + 5, rtol=1e-4)


@pytest.fixture
def large(monkeypatch):
    """A model that counts as too large for a twin, whose steps are traced once and kept."""
    monkeypatch.setattr(twin, "_MAX_SHARED_PARAMETERS", 0)
    backbone = load_backbone("small_cnn", input_shape=(8, 8, 1), seed=0)
    return join(backbone, new_head(backbone, 3, dropout=0.5))


def test_a_large_model_is_traced_once(large, rng):
    images = rng.random((50, 8, 8, 1), dtype="float32")
    first = predict(large, images, batch_size=4)
    kept = twin.compiled_twin_for(large)
    large.get_layer("head").get_layer("logits").bias.assign([5.0, 5.0, 5.0])
    np.testing.assert_allclose(predict(large, images, batch_size=4), first + 5, rtol=1e-4)
    assert twin.compiled_twin_for(large) is kept


def test_a_large_model_that_has_changed_is_traced_again(large, rng):
    images = rng.random((50, 8, 8, 1), dtype="float32")
    first = predict(large, images, batch_size=4)
    logits = large.get_layer("head").get_layer("logits")
    logits.enable_lora(2)
    logits.lora_kernel_b.assign(np.ones(logits.lora_kernel_b.shape))
    expected = keras.ops.convert_to_numpy(large(images, training=False))
    found = predict(large, images, batch_size=4)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
    assert not np.allclose(found, first, atol=1e-2)


def test_what_was_traced_for_a_large_model_goes_with_it(monkeypatch):
    monkeypatch.setattr(twin, "_MAX_SHARED_PARAMETERS", 0)
    model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(3)])
    predict(model, np.zeros((50, 6)), batch_size=4)
    assert model in twin._KEPT_BY_MODEL
    gone = weakref.ref(model)
    del model
    gc.collect()
    assert gone() is None


def test_no_examples(model):
    with pytest.raises(ValueError, match=r"`x` must hold at least one .*\(0, 8, 8, 1\)"):
        predict(model, np.zeros((0, 8, 8, 1)))


PROGRAM = """
import numpy as np, keras
from tlcourse.training import Training, predict, train
for width in range(4, 16):
    model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(width), keras.layers.Dense(3)])
    x, labels = np.zeros((30, 6), "float32"), np.arange(30) % 3
    train(model, x, labels, Training(steps=2, n_evals=2), eval_data=(x, labels))
    for n in (1, 7, 30):
        predict(model, x[:n], batch_size=16)
        predict(model, x[:n], batch_size=2)
"""


def test_tensorflow_does_not_complain_of_tracing():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "retracing" not in done.stderr
