"""Batch spectral shrinkage: what the penalty is, what it reaches and what it does."""

import keras
import numpy as np
import pytest

from tlcourse.strategies import BSS, FineTune
from tlcourse.strategies.fine_tuning.bss import ShrinkSpectrum
from tlcourse.training import predict

SHORT = {"steps": 6, "batch_size": 8}
CONVS = [f"block{i}_conv/kernel" for i in (1, 2, 3)]


def assert_same(one, two):
    for a, b in zip(one.model.weights, two.model.weights, strict=True):
        np.testing.assert_allclose(np.asarray(a), np.asarray(b), rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize(
    ("settings", "reached"),
    [({}, CONVS), ({"freeze_to": "block2"}, CONVS[2:]), ({"strength": 0}, [])],
)
def test_what_the_penalty_reaches(pair, backbone, by_penalty_alone, settings, reached):
    moved = by_penalty_alone()
    BSS(backbone, **SHORT, **settings).fit(pair, shots=4)
    assert "logits/kernel" in moved
    assert {path for path, move in moved.items() if move.any()} == set(reached)


@pytest.mark.parametrize("k", [1, 3])
def test_the_penalty_is_the_sum_of_small_singular_values(pair, backbone, by_penalty_alone, k):
    """Against numpy's singular values of the features before the one step that was taken."""
    by_penalty_alone()
    strategy = BSS(backbone, strength=0.5, k=k, steps=1, batch_size=12)
    result = strategy.fit(pair, shots=4, seed=1)
    x, _ = pair.target.shots(4, 1)
    singular = np.linalg.svd(predict(backbone, x).astype("float64"), compute_uv=False)
    expected = 0.5 * np.sum(np.sort(singular)[:k] ** 2)
    assert result.history["loss"] == pytest.approx([expected], rel=1e-3)


def test_a_large_strength_shrinks_them(pair, backbone):
    settings = {"steps": 60, "batch_size": 12, "k": 4}
    x, _ = pair.target.shots(4, 1)
    smallest = []
    for strength in (0, 10.0):
        result = BSS(backbone, strength=strength, **settings).fit(pair, shots=4, seed=1)
        singular = np.linalg.svd(predict(result.backbone, x), compute_uv=False)
        smallest.append(np.sort(singular)[:4].sum())
    assert smallest[1] < 0.5 * smallest[0]


@pytest.mark.parametrize("settings", [{}, {"freeze_to": "block2", "layer_decay": 0.5}])
def test_a_strength_of_0_is_fine_tuning(pair, backbone, settings):
    plain = FineTune(backbone, **SHORT, **settings).fit(pair, shots=4)
    shrunk = BSS(backbone, strength=0, **SHORT, **settings).fit(pair, shots=4)
    assert_same(plain, shrunk)
    assert (plain.n_trained, plain.n_stored) == (shrunk.n_trained, shrunk.n_stored)


def test_fewer_examples_than_k_are_no_error(pair, backbone):
    result = BSS(backbone, k=40, **SHORT).fit(pair, shots=1)
    assert np.isfinite(result.history["loss"]).all()


def test_the_layer_survives_saving(tmp_path, rng):
    x = keras.Input((5,))
    model = keras.Model(x, ShrinkSpectrum(strength=0.3, k=2, name="shrink")(x))
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    features = rng.normal(size=(7, 5)).astype("float32")
    penalties = []
    for each in (model, loaded):
        np.testing.assert_array_equal(np.asarray(each(features, training=True)), features)
        penalties.append(float(sum(each.losses)))
    singular = np.linalg.svd(features.astype("float64"), compute_uv=False)
    assert penalties == pytest.approx([0.3 * np.sum(singular[-2:] ** 2)] * 2, rel=1e-4)
    loaded(features, training=False)
    assert loaded.losses == []


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"strength": -1}, "`strength` must be a number >= 0; got -1"),
        ({"k": 0}, "`k` must be a whole number, at least 1; got 0"),
        ({"k": 1.5}, "`k` must be a whole number, at least 1; got 1.5"),
        ({"k": 65}, "`k` must be at most 64, the width of the features; got 65"),
    ],
)
def test_settings_that_cannot_be(backbone, settings, message):
    with pytest.raises(ValueError, match=message):
        BSS(backbone, **settings)
