"""L2-SP: what the penalty reaches, and how far the weights then go."""

import keras
import numpy as np
import pytest
from model_weights import arrays as values

from tlcourse.strategies import L2SP, FineTune, strategy
from tlcourse.training import train

SHORT = {"steps": 6, "batch_size": 8}


def distance(one, two):
    pairs = zip(values(one), values(two), strict=True)
    return np.sqrt(sum(np.sum((a - b) ** 2) for a, b in pairs))


def assert_same(one, two):
    for a, b in zip(values(one.model), values(two.model), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-7)


@pytest.fixture
def penalised(monkeypatch):
    """Notes the penalty of each variable that is trained, before the training and shifted by 2."""
    noted = {}

    def note(model, x, labels, training, **settings):
        for variable in model.trainable_variables:
            if variable.regularizer is not None:
                value = np.array(np.asarray(variable))
                at = [float(variable.regularizer(value + shift)) for shift in (0.0, 2.0)]
                noted[variable.path] = (value, *at)
        return train(model, x, labels, training, **settings)

    monkeypatch.setattr(strategy, "train", note)
    return noted


def test_the_penalty_is_the_distance_from_the_pretrained_weights(pair, backbone, penalised):
    result = L2SP(backbone, strength=0.3, head_strength=0, **SHORT).fit(pair, shots=4)
    for name in ("block1_conv", "block2_conv", "block3_conv"):
        (start,) = values(backbone.get_layer(name))
        value, at_start, shifted = penalised[f"{name}/kernel"]
        np.testing.assert_array_equal(value, start)
        assert at_start == 0
        assert shifted == pytest.approx(0.3 / 2 * 4 * start.size, rel=1e-5)
    assert len(result.history["loss"]) == 1


def test_the_head_decays_to_zero_by_its_own_strength(pair, backbone, penalised):
    L2SP(backbone, strength=0.3, head_strength=0.7, **SHORT).fit(pair, shots=4)
    value, at_start, shifted = penalised["logits/kernel"]
    assert at_start == pytest.approx(0.35 * np.sum(value**2), rel=1e-5)
    assert shifted == pytest.approx(0.35 * np.sum((value + 2) ** 2), rel=1e-5)


@pytest.mark.parametrize(
    ("settings", "trained"),
    [
        ({}, {f"block{i}_conv/kernel" for i in (1, 2, 3)}),
        ({"freeze_to": "block2"}, {"block3_conv/kernel"}),
        (
            {"freeze_to": "block2", "freeze_statistics": False},
            {"block3_conv/kernel", "block3_bn/gamma", "block3_bn/beta"},
        ),
    ],
)
def test_what_the_penalty_reaches(pair, backbone, penalised, settings, trained):
    L2SP(backbone, **SHORT, **settings).fit(pair, shots=4)
    assert set(penalised) == trained | {"logits/kernel", "logits/bias"}


@pytest.mark.parametrize(
    ("strengths", "reached"),
    [
        ({"strength": 1.0, "head_strength": 0.0}, {f"block{i}_conv/kernel" for i in (1, 2, 3)}),
        ({"strength": 0.0, "head_strength": 1.0}, {"logits/kernel", "logits/bias"}),
        ({"strength": 0.0, "head_strength": 0.0}, set()),
    ],
)
def test_the_gradient_of_each_penalty_reaches_its_own_part_alone(
    pair, backbone, by_penalty_alone, strengths, reached
):
    """Examples that weigh nothing leave the penalty alone to move what was pushed off its place."""
    moved = by_penalty_alone(lambda shape: np.full(shape, 0.5))
    L2SP(backbone, **strengths, **SHORT).fit(pair, shots=4)
    assert {path for path, move in moved.items() if (move != 0).any()} == reached
    assert all((moved[path] < 0).mean() > 0.9 for path in reached)  # back from 0.5 too far


def test_a_large_strength_pins_the_weights(pair, backbone):
    settings = {"steps": 40, "batch_size": 8, "head_strength": 0.0}
    free, held = (
        distance(L2SP(backbone, strength=s, **settings).fit(pair).backbone, backbone)
        for s in (0.0, 1e3)
    )
    assert held < 0.25 * free


def test_a_strength_of_0_is_fine_tuning(pair, backbone):
    plain = FineTune(backbone, **SHORT).fit(pair, shots=4)
    pulled = L2SP(backbone, strength=0, head_strength=0, **SHORT).fit(pair, shots=4)
    assert_same(plain, pulled)
    assert (plain.n_trained, plain.n_stored) == (pulled.n_trained, pulled.n_stored)
    other = L2SP(backbone, strength=10.0, **SHORT).fit(pair, shots=4)
    assert distance(other.model, plain.model) > 1e-4


def test_each_fit_is_pulled_to_its_own_start(pair, backbone):
    """A second training in the same process does not meet the penalty of the first."""
    other = keras.models.clone_model(backbone)
    settings = {"strength": 1e3, "head_strength": 0, "steps": 30, "batch_size": 8}
    L2SP(backbone, **settings).fit(pair)
    result = L2SP(other, **settings).fit(pair)
    assert distance(result.backbone, other) < 0.25 * distance(result.backbone, backbone)


def test_no_penalty_is_left_behind(pair, backbone, monkeypatch):
    pulled = L2SP(backbone, **SHORT)
    result = pulled.fit(pair, shots=4)
    assert all(v.regularizer is None for v in result.model.variables)
    assert all(v.regularizer is None for v in backbone.variables)
    seen = []

    def fail(model, *args, **settings):
        seen.extend(model.trainable_variables)
        raise KeyboardInterrupt

    monkeypatch.setattr(strategy, "train", fail)
    with pytest.raises(KeyboardInterrupt):
        pulled.fit(pair, shots=4)
    assert len(seen) == 5
    assert all(v.regularizer is None for v in seen)


def test_a_penalty_that_was_there_is_added_to(pair, penalised):
    x = images = keras.Input((8, 8, 1))
    x = keras.layers.Dense(4, name="one", kernel_regularizer=keras.regularizers.L2(0.5))(
        keras.layers.Flatten()(x)
    )
    L2SP(keras.Model(images, x), strength=2.0, **SHORT).fit(pair, shots=4)
    value, at_start, shifted = penalised["one/kernel"]
    assert at_start == pytest.approx(0.5 * np.sum(value**2), rel=1e-5)
    assert shifted == pytest.approx(4 * value.size + 0.5 * np.sum((value + 2) ** 2), rel=1e-5)


@pytest.mark.parametrize("name", ["strength", "head_strength"])
@pytest.mark.parametrize("value", [-0.1, float("nan"), float("inf"), "much", True])
def test_strengths_that_cannot_be(backbone, name, value):
    with pytest.raises(ValueError, match=f"`{name}` must be a number >= 0; got"):
        L2SP(backbone, **{name: value})
