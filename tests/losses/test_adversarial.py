"""Domain-adversarial training: what the gradient does on its way back, and a cross-entropy."""

import math

import numpy as np
import pytest
from keras import ops

from tlcourse.losses import adversarial_strength, domain_loss, reverse_gradient

UNDECIDED = [[0.0], [0.0]]


def test_reversal_gives_the_value_itself(rng):
    x = rng.normal(size=(3, 2)).astype("float32")
    np.testing.assert_array_equal(reverse_gradient(x, 0.3), x)


@pytest.mark.parametrize("strength", [0, 0.3, 1.0, 2.5])
def test_reversal_turns_the_gradient(strength, rng, gradient_of):
    x = rng.normal(size=(3, 2))
    gradient = gradient_of(lambda x: ops.sum(ops.sin(reverse_gradient(x, strength))), x)
    np.testing.assert_allclose(gradient, -strength * np.cos(x), rtol=1e-9)


def test_a_strength_may_be_a_tensor_and_gets_no_gradient(rng, gradient_of):
    x = rng.normal(size=4)
    strength = np.array(0.7, "float32")
    tensor = ops.convert_to_tensor(strength)
    gradient = gradient_of(lambda x: ops.sum(reverse_gradient(x, tensor) ** 2), x)
    np.testing.assert_allclose(gradient, -0.7 * 2 * x, rtol=1e-6)
    assert gradient_of(lambda s: ops.sum(reverse_gradient(x, s) ** 2), strength) == 0


@pytest.mark.parametrize("strength", [-0.1, float("nan"), float("inf")])
def test_a_strength_is_not_negative(strength):
    with pytest.raises(ValueError, match=r"`strength` must be a number >= 0; got"):
        reverse_gradient(np.ones(2), strength)


def test_classifier_and_backbone_pull_against_each_other(rng, gradient_of):
    x, weight = rng.normal(size=(5, 2)), rng.normal(size=(2, 1))
    other = rng.normal(size=(4, 1))

    def loss(x, weight, turn):
        features = reverse_gradient(x, 0.5) if turn else x
        return domain_loss(ops.matmul(features, weight), other)

    plain, turned = (gradient_of(lambda x, t=t: loss(x, weight, t), x) for t in (False, True))
    np.testing.assert_allclose(turned, -0.5 * plain, rtol=1e-9)
    plain, turned = (gradient_of(lambda w, t=t: loss(x, w, t), weight) for t in (False, True))
    np.testing.assert_allclose(turned, plain, rtol=1e-9)
    assert np.abs(plain).min() > 1e-3


def test_the_domain_loss_by_hand():
    # −log σ(log 3) = log(4/3); −log(1 − σ(0)) = log 2
    loss = domain_loss([[math.log(3)]], [[0.0]])
    assert float(loss) == pytest.approx((math.log(4 / 3) + math.log(2)) / 2, rel=1e-6)


def by_probabilities(source, target, source_weights=None, target_weights=None):
    is_source, is_target = 1 / (1 + np.exp(-source)), 1 / (1 + np.exp(target))
    of_source = np.average(-np.log(is_source), weights=source_weights)
    return (of_source + np.average(-np.log(is_target), weights=target_weights)) / 2


def test_the_domain_loss_is_a_cross_entropy(rng):
    source, target = rng.normal(size=6), rng.normal(size=3)
    expected = by_probabilities(source, target)
    np.testing.assert_allclose(domain_loss(source, target), expected, rtol=1e-9)
    np.testing.assert_allclose(domain_loss(source[:, None], target[:, None]), expected, rtol=1e-9)
    np.testing.assert_allclose(domain_loss(-target, -source), expected, rtol=1e-9)


def test_weights_count_relative_to_their_mean(rng):
    source, target = rng.normal(size=6), rng.normal(size=3)
    weights = {"source_weights": rng.uniform(1, 2, 6), "target_weights": rng.uniform(1, 2, 3)}
    expected = by_probabilities(source, target, *weights.values())
    np.testing.assert_allclose(domain_loss(source, target, **weights), expected, rtol=1e-9)
    columns = {name: 9 * weight[:, None] for name, weight in weights.items()}
    np.testing.assert_allclose(domain_loss(source[:, None], target, **columns), expected, rtol=1e-9)


def test_a_domain_without_weight_costs_nothing(rng):
    source, target = rng.normal(size=6), rng.normal(size=3)
    loss = domain_loss(source, target, source_weights=np.zeros(6))
    np.testing.assert_allclose(loss, np.mean(np.log1p(np.exp(target))) / 2, rtol=1e-9)


def test_the_gradient_reaches_both_domains_and_no_weight(rng, check_gradient, gradient_of):
    source, target, weights = rng.normal(size=6), rng.normal(size=3), rng.uniform(1, 2, 6)
    check_gradient(lambda x: domain_loss(x, target, source_weights=weights), source)
    check_gradient(lambda x: domain_loss(source, x, source_weights=weights), target)
    assert not gradient_of(lambda w: domain_loss(source, target, source_weights=w), weights).any()
    target_weights = weights[:3]
    assert not gradient_of(
        lambda w: domain_loss(source, target, target_weights=w), target_weights
    ).any()


def test_sure_and_wrong_is_large_and_finite(gradient_of):
    logits = np.array([-1e4, 1e4], "float32")
    assert float(domain_loss(logits, logits)) == pytest.approx(5e3)
    assert np.isfinite(gradient_of(lambda x: domain_loss(x, logits), logits)).all()


@pytest.mark.parametrize("shape", [(4, 2), (), (4, 1, 1)])
def test_logits_are_one_per_row(shape):
    with pytest.raises(
        ValueError, match=r"`source_logits` must have shape \(n,\) or \(n, 1\); got"
    ):
        domain_loss(np.ones(shape), UNDECIDED)
    with pytest.raises(
        ValueError, match=r"`target_logits` must have shape \(n,\) or \(n, 1\); got"
    ):
        domain_loss(UNDECIDED, np.ones(shape))


def test_weights_are_one_per_row():
    with pytest.raises(ValueError, match=r"`source_weights` must hold 2 numbers.*; got 3"):
        domain_loss(UNDECIDED, UNDECIDED, source_weights=np.ones(3))
    with pytest.raises(ValueError, match=r"`target_weights` must have shape .*; got \(2, 2\)"):
        domain_loss(UNDECIDED, UNDECIDED, target_weights=np.ones((2, 2)))


@pytest.mark.parametrize("steepness", [1.0, 10.0])
def test_the_schedule(steepness):
    progress = np.linspace(0, 1, 11)
    expected = 2 / (1 + np.exp(-steepness * progress)) - 1
    found = [adversarial_strength(float(p), steepness=steepness) for p in progress]
    np.testing.assert_allclose(found, expected, rtol=1e-9)
    assert all(isinstance(value, float) for value in found)
    tensor = adversarial_strength(ops.convert_to_tensor(progress), steepness=steepness)
    np.testing.assert_allclose(tensor, expected, rtol=1e-9)


def test_the_papers_steepness_is_the_default():
    assert adversarial_strength(0.3) == adversarial_strength(0.3, steepness=10.0)
    assert adversarial_strength(0) == 0
    assert float(adversarial_strength(ops.convert_to_tensor(1))) == pytest.approx(0.9999, abs=1e-5)


@pytest.mark.parametrize("progress", [-0.1, 1.5, float("nan")])
def test_progress_is_a_share(progress):
    with pytest.raises(ValueError, match=r"`progress` must be a number in \[0, 1\]; got"):
        adversarial_strength(progress)


def test_the_schedule_rises():
    with pytest.raises(ValueError, match=r"`steepness` must be a number > 0; got 0"):
        adversarial_strength(0.5, steepness=0)
