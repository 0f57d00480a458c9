"""Points on the line between two models."""

import keras
import numpy as np
import pytest
from keras import layers
from model_weights import values
from scipy.optimize import minimize

from tlcourse.models import join, new_head
from tlcourse.strategies import (
    FineTune,
    LoRA,
    closest_to_both,
    interpolate,
    interpolation_path,
    over_seeds,
    soup,
)
from tlcourse.training import predict


@pytest.fixture
def ends(pair, backbone, head):
    """A model and what it became, statistics of batch normalisation included."""
    tuned = FineTune(backbone, head=head, freeze_statistics=False, steps=6, batch_size=8).fit(pair)
    return join(backbone, head), tuned.model


@pytest.mark.parametrize("share", [0, 0.25, np.float32(0.5), 1])
def test_every_weight_lies_on_the_line(ends, share):
    before = [values(model) for model in ends]
    between = values(interpolate(*ends, share))
    start, end = before
    assert any("moving_variance" in path for path in start)
    assert all((start[path] != end[path]).any() for path in start)
    for path, value in between.items():
        expected = np.average([start[path], end[path]], axis=0, weights=[1 - share, share])
        np.testing.assert_allclose(value, expected, rtol=1e-5, atol=1e-7)
    for model, kept in zip(ends, before, strict=True):
        assert all((kept[path] == value).all() for path, value in values(model).items())


def test_at_its_ends_it_is_the_models_themselves(pair, ends):
    x = pair.target.x_test
    for share, model in zip((0.0, 1.0), ends, strict=True):
        np.testing.assert_array_equal(predict(interpolate(*ends, share), x), predict(model, x))


def test_constants_beside_the_weights_follow(rng):
    def normalising(shift):
        norm = layers.Normalization(name="norm")
        model = keras.Sequential([keras.Input((2,)), norm])
        norm.adapt(np.array([[-1.0, 0.0], [1.0, 2.0]]) + shift)
        return model

    between = interpolate(normalising(0.0), normalising(4.0), 0.5)
    found = predict(between, np.array([[2.0, 3.0]], "float32"))
    np.testing.assert_allclose(found, [[0.0, 0.0]], atol=1e-6)


def test_the_path_is_accuracy_by_domain(pair, ends):
    path = interpolation_path(*ends, iter([pair.target, pair.source]), shares=iter([0.0, 0.3, 1]))
    assert set(path) == {"dark", "bright"}
    for domain in (pair.target, pair.source):
        labels = [predict(interpolate(*ends, s), domain.x_test).argmax(1) for s in (0.0, 0.3, 1)]
        expected = [np.mean(each == domain.labels_test) for each in labels]
        np.testing.assert_array_equal(path[domain.name], expected)


def test_models_that_differ_name_their_variables(pair, backbone, head, ends):
    two = join(backbone, new_head(backbone, 2))
    with pytest.raises(
        ValueError,
        match=r"differ in logits/kernel \(64, 3\) and logits/kernel \(64, 2\); logits/bias",
    ):
        interpolate(ends[0], two, 0.5)
    with pytest.raises(ValueError, match=r"block1_conv/kernel .* and none; .*, and \d+ more"):
        interpolate(backbone, keras.Sequential([keras.Input((8, 8, 1)), layers.Flatten()]), 0.5)
    adapted = LoRA(backbone, rank=1, steps=1).fit(pair, shots=2).backbone
    with pytest.raises(ValueError, match="lora_kernel_a"):
        interpolate(backbone, adapted, 0.5)


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan"), "half"])
def test_shares_that_cannot_be(ends, share):
    with pytest.raises(ValueError, match=r"`share` must be a number in \[0, 1\]; got"):
        interpolate(*ends, share)


def test_what_is_no_model(ends):
    with pytest.raises(ValueError, match=r"`end` must be a keras.Model; got 'tuned'"):
        interpolate(ends[0], "tuned", 0.5)


def test_domains_of_one_name(pair, ends):
    with pytest.raises(
        ValueError, match=r"`domains` must have names, each its own; got \['dark', 'dark'\]"
    ):
        interpolation_path(*ends, [pair.target, pair.target])
    with pytest.raises(ValueError, match=r"`domains` must have names, each its own; got \[\]"):
        interpolation_path(*ends, [])


def test_closest_to_both_by_hand():
    np.testing.assert_allclose(closest_to_both([1.0], [4.0], 0.5), [2.0])
    np.testing.assert_array_equal(closest_to_both([1.0], [4.0], 0), [1.0])


@pytest.mark.parametrize("strength", [0.1, 1.0, 7.0])
def test_closest_to_both_is_where_a_minimiser_ends(strength, rng):
    source, target = rng.normal(size=(2, 6))

    def objective(w):
        return np.sum((w - source) ** 2) / 2 + strength / 2 * np.sum((w - target) ** 2)

    found = minimize(objective, np.zeros(6), tol=1e-12).x
    expected = closest_to_both(source, target, strength)
    np.testing.assert_allclose(expected, found, atol=1e-5)
    share = strength / (1 + strength)
    np.testing.assert_allclose(expected, (1 - share) * source + share * target, rtol=1e-12)


def test_closest_to_both_keeps_shapes_apart():
    assert closest_to_both(np.zeros((2, 3)), np.ones((2, 3)), 1).shape == (2, 3)
    with pytest.raises(ValueError, match=r"`target_weight` must have shape \(2, 3\) .*got \(3,\)"):
        closest_to_both(np.zeros((2, 3)), np.ones(3), 1)
    with pytest.raises(ValueError, match="`strength` must be a number >= 0; got -1"):
        closest_to_both([0.0], [1.0], -1)


def test_a_soup_is_the_mean_of_its_members(pair, backbone):
    results = over_seeds(FineTune(backbone, steps=4, batch_size=8), pair, seeds=range(3), shots=4)
    mixed = soup(results)
    several = zip(*(result.model.get_weights() for result in results), strict=True)
    for found, each in zip(mixed.get_weights(), several, strict=True):
        np.testing.assert_allclose(found, np.mean(each, axis=0), rtol=1e-6, atol=1e-7)
    assert mixed is not results[0].model


def test_soups_that_cannot_be(backbone):
    with pytest.raises(ValueError, match="`models` must be at least 2"):
        soup([backbone])
    with pytest.raises(ValueError, match="`models` must be at least 2"):
        soup([backbone, "salt"])
    other = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    with pytest.raises(ValueError, match="they differ in"):
        soup([backbone, other])
