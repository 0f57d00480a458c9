"""DELTA: distances of maps, channel by channel."""

import numpy as np
import pytest

from tlcourse.losses import delta_loss


@pytest.fixture
def now(rng):
    return rng.normal(size=(2, 3, 5, 4))


@pytest.fixture
def then(rng):
    return rng.normal(size=(2, 3, 5, 4))


def test_by_hand():
    # One image, two places, two channels: (1² + 3²) / 2 · 0.5 + (2² + 0²) / 2 · 10
    now = [[[[1.0, 2.0], [3.0, 0.0]]]]
    assert float(delta_loss(now, np.zeros((1, 1, 2, 2)), channel_weights=[0.5, 10.0])) == 22.5


@pytest.mark.parametrize("weighted", [False, True])
def test_it_is_a_sum_over_channels_of_norms(now, then, weighted, rng):
    weights = rng.uniform(size=4) if weighted else np.ones(4)
    costs = [
        sum(a * np.linalg.norm(gap[:, :, c]) ** 2 for c, a in enumerate(weights)) / (3 * 5)
        for gap in now - then
    ]
    found = delta_loss(now, then, channel_weights=weights if weighted else None)
    np.testing.assert_allclose(found, np.mean(costs), rtol=1e-9)


def test_features_are_maps_of_one_place(now, then):
    one, other = now[:, 0, 0], then[:, 0, 0]
    expected = np.mean(np.sum((one - other) ** 2, axis=1))
    np.testing.assert_allclose(delta_loss(one, other), expected, rtol=1e-9)
    as_maps = delta_loss(one[:, None, None], other[:, None, None])
    np.testing.assert_allclose(as_maps, expected, rtol=1e-9)


def test_a_channel_of_weight_0_may_move(now):
    moved = now.copy()
    moved[..., 2] += 1
    assert float(delta_loss(moved, now)) == pytest.approx(1)
    assert float(delta_loss(moved, now, channel_weights=[1, 1, 0, 1])) == 0


def test_the_gradient_reaches_the_maps_and_not_the_start(now, then, check_gradient, gradient_of):
    weights = [0.1, 0.2, 0.3, 0.4]
    check_gradient(lambda x: delta_loss(x, then, channel_weights=weights), now)
    assert not gradient_of(lambda x: delta_loss(now, x, channel_weights=weights), then).any()


def test_single_precision_with_weights_of_double_precision(now, then):
    weights = np.array([0.1, 0.2, 0.3, 0.4])
    found = delta_loss(now.astype("float32"), then, channel_weights=weights)
    expected = float(delta_loss(now, then, channel_weights=weights))
    assert float(found) == pytest.approx(expected, rel=1e-5)


def test_bad_input(now):
    with pytest.raises(ValueError, match=r"`start_maps` must have shape \(2, 3, 5, 4\).*\(2, 3, 4"):
        delta_loss(now, now[:, :, :4])
    with pytest.raises(ValueError, match=r"`feature_maps` must have shape .*; got \(3,\)"):
        delta_loss(np.ones(3), np.ones(3))
    with pytest.raises(ValueError, match=r"`channel_weights` must have shape \(4,\).*; got \(5,\)"):
        delta_loss(now, now, channel_weights=np.ones(5))
