"""DELTA: the penalty on what layers give, what it reaches and what it leaves."""

import keras
import numpy as np
import pytest
from keras import layers, ops
from model_weights import arrays as values

from tlcourse.backbones import load_backbone
from tlcourse.strategies import Delta, FineTune
from tlcourse.strategies.fine_tuning.delta import KeepMaps
from tlcourse.training import compiled_twin as twin

SHORT = {"steps": 6, "batch_size": 8}
CONVS = [f"block{i}_conv/kernel" for i in (1, 2, 3)]


def assert_same(one, two, **tolerance):
    for a, b in zip(values(one.model), values(two.model), strict=True):
        np.testing.assert_allclose(a, b, **({"rtol": 1e-5, "atol": 1e-7} | tolerance))


def maps_of(backbone, name, x):
    return ops.convert_to_numpy(keras.Model(backbone.inputs[0], backbone.get_layer(name).output)(x))


def pushed(shape):
    return np.random.default_rng(len(shape)).normal(0, 0.05, shape)


@pytest.mark.parametrize(
    ("settings", "reached"),
    [
        ({}, CONVS),
        ({"layers": ["block2_relu"]}, CONVS[:2]),
        ({"freeze_to": "block1"}, CONVS[1:]),
        ({"strength": 0}, []),
    ],
)
def test_what_the_penalty_reaches(pair, backbone, by_penalty_alone, settings, reached):
    moved = by_penalty_alone(pushed)
    Delta(backbone, **SHORT, **settings).fit(pair, shots=4)
    assert "logits/kernel" in moved
    assert {path for path, move in moved.items() if move.any()} == set(reached)


def test_the_penalty_is_what_the_maps_say(pair, backbone, by_penalty_alone):
    """Against the maps of both networks, read layer by layer and summed in float64."""
    by_penalty_alone(pushed)
    names = ["block1_relu", "block3_pool"]
    strategy = Delta(
        backbone, strength=0.3, layers=names, steps=1, batch_size=12, learning_rate=1e-12
    )
    result = strategy.fit(pair, shots=4, seed=1)
    x, _ = pair.target.shots(4, 1)
    expected = 0.0
    for name in names:
        now, then = (maps_of(b, name, x).astype("float64") for b in (result.backbone, backbone))
        n, h, w, _ = now.shape
        expected += 0.3 * np.sum((now - then) ** 2) / (n * h * w)
    assert expected > 0
    assert result.history["loss"] == pytest.approx([expected], rel=1e-4)


def test_a_large_strength_pins_what_the_layers_give(pair, backbone):
    settings = {"steps": 40, "batch_size": 8}
    free, held = (
        Delta(backbone, strength=s, **settings).fit(pair, shots=4, seed=1) for s in (0.0, 100.0)
    )
    x, _ = pair.target.shots(4, 1)
    change = [
        np.linalg.norm(maps_of(r.backbone, "block3_pool", x) - maps_of(backbone, "block3_pool", x))
        for r in (free, held)
    ]
    assert change[1] < 0.3 * change[0]


def test_a_strength_of_0_is_fine_tuning(pair, backbone):
    for settings in ({}, {"freeze_to": "block2_conv", "layer_decay": 0.5}):
        plain = FineTune(backbone, **SHORT, **settings).fit(pair, shots=4)
        kept = Delta(backbone, strength=0, **SHORT, **settings).fit(pair, shots=4)
        assert_same(plain, kept, atol=1e-5)
        assert (plain.n_trained, plain.n_stored) == (kept.n_trained, kept.n_stored)
        assert plain.history["loss"] == pytest.approx(kept.history["loss"], rel=1e-4)


def test_fits_share_a_bench_but_not_a_start(pair, backbone, monkeypatch):
    monkeypatch.setattr(twin, "_KEPT", type(twin._KEPT)())
    other = load_backbone("small_cnn", input_shape=(8, 8, 1), seed=5)
    Delta(backbone, strength=1.0, **SHORT).fit(pair, shots=4)
    n_twins = len(twin._KEPT)
    used = Delta(other, strength=1.0, **SHORT).fit(pair, shots=4)
    assert len(twin._KEPT) == n_twins
    twin._KEPT.clear()
    assert_same(used, Delta(other, strength=1.0, **SHORT).fit(pair, shots=4), rtol=0, atol=0)


def test_accuracy_is_watched_without_the_penalty(pair, backbone):
    result = Delta(backbone, n_evals=3, **SHORT).fit(pair, shots=4, eval_test=True)
    assert result.history["accuracy"][-1] == pytest.approx(result.target_accuracy)


def keeper(strength=0.25):
    keras.utils.set_random_seed(3)
    x = keras.Input((4,))
    inside = layers.Dense(3, name="inside")(layers.Dropout(0.5)(x))
    source = keras.Model(x, [layers.Dense(2, name="out")(inside), inside])
    source.trainable = False
    return KeepMaps(source, strength=strength, name="keep")


def test_the_source_runs_in_inference_mode_and_only_in_training(rng):
    keep, x = keeper(), rng.normal(size=(5, 4)).astype("float32")
    logits, now = np.ones((5, 2), "float32"), np.zeros((5, 3), "float32")
    losses = []
    for _ in range(2):
        out = keep(x, logits, [now], training=True)
        losses.append([float(loss) for loss in keep.losses])
    np.testing.assert_array_equal(ops.convert_to_numpy(out), logits)
    then = ops.convert_to_numpy(keep.source(x, training=False)[1])
    assert losses[0] == losses[1] == pytest.approx([0.25 * np.sum(then**2) / 5], rel=1e-5)
    keep(x, logits, [now], training=False)
    assert keep.losses == []


def test_what_keeps_maps_survives_saving(tmp_path, rng):
    keep = keeper(strength=0.7)
    images, logits, now = keras.Input((4,)), keras.Input((2,)), keras.Input((3,))
    model = keras.Model([images, logits, now], keep(images, logits, [now]))
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    again = loaded.get_layer("keep")
    assert again.strength == 0.7
    assert not again.source.trainable_variables
    arrays = [rng.normal(size=(5, d)).astype("float32") for d in (4, 2, 3)]
    penalties = []
    for each in (model, loaded):
        each(arrays, training=True)
        penalties.append(float(sum(each.losses)))
    assert penalties[0] == pytest.approx(penalties[1], rel=1e-6)
    assert penalties[0] > 0


def test_a_layer_that_is_not_there(backbone):
    with pytest.raises(
        ValueError, match=r"`layers` must name layers of 'small_cnn', not 'blok1_relu'"
    ):
        Delta(backbone, layers=["block2_relu", "blok1_relu"])


@pytest.mark.parametrize("value", [-0.1, float("nan"), "much"])
def test_strengths_that_cannot_be(backbone, value):
    with pytest.raises(ValueError, match="`strength` must be a number >= 0; got"):
        Delta(backbone, strength=value)
