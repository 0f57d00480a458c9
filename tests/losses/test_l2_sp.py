"""L2-SP: a squared distance over lists of weights."""

import keras
import numpy as np
import pytest

from tlcourse.losses import l2_sp


@pytest.fixture
def weights(rng):
    return [rng.normal(size=(3, 2)), rng.normal(size=2)]


@pytest.fixture
def start(rng):
    return [rng.normal(size=(3, 2)), rng.normal(size=2)]


def test_by_hand():
    # 0.1 / 2 · (1² + 2² + 3²)
    loss = l2_sp([[[1.0, 2.0]], [3.0]], [[[0.0, 0.0]], [0.0]], strength=0.1)
    assert float(loss) == pytest.approx(0.7)


def test_it_is_a_norm_of_all_weights_in_a_row(weights, start):
    now, then = (np.concatenate([w.ravel() for w in ws]) for ws in (weights, start))
    expected = 0.3 / 2 * np.linalg.norm(now - then) ** 2
    np.testing.assert_allclose(l2_sp(weights, start, strength=0.3), expected, rtol=1e-9)


def test_at_the_start_it_costs_nothing(weights):
    assert float(l2_sp(weights, weights, strength=2.0)) == 0
    assert float(l2_sp(weights, [0 * w for w in weights], strength=0)) == 0


def test_the_gradient_pulls_each_weight_back(weights, start, check_gradient, gradient_of):
    def of_first(x):
        return l2_sp([x, weights[1]], start, strength=0.3)

    check_gradient(of_first, weights[0])
    np.testing.assert_allclose(gradient_of(of_first, weights[0]), 0.3 * (weights[0] - start[0]))
    check_gradient(lambda x: l2_sp([weights[0], x], start, strength=0.3), weights[1])


def test_the_start_gets_no_gradient(weights, start, gradient_of):
    assert not gradient_of(lambda x: l2_sp(weights, [x, start[1]], strength=0.3), start[0]).any()


def test_variables_and_a_strength_that_is_one(weights, start):
    variables = [keras.Variable(w, dtype="float32") for w in weights]
    strength = keras.Variable(0.3, dtype="float32")
    expected = float(l2_sp(weights, start, strength=0.3))
    for now in (variables, weights):  # float32 and float64, with a float32 strength
        found = keras.ops.convert_to_numpy(l2_sp(now, start, strength=strength))
        assert found == pytest.approx(expected, rel=1e-5)


def test_bad_input(weights, start):
    with pytest.raises(ValueError, match=r"`weights` must hold at least one array; got none"):
        l2_sp([], [], strength=1.0)
    with pytest.raises(ValueError, match=r"`start` must hold 2 arrays like `weights`; got 1"):
        l2_sp(weights, start[:1], strength=1.0)
    with pytest.raises(ValueError, match=r"`start\[1\]` must have shape \(2,\) .*; got \(3, 2\)"):
        l2_sp(weights, [start[0], start[0]], strength=1.0)
    with pytest.raises(ValueError, match=r"`strength` must be a number >= 0; got -1"):
        l2_sp(weights, start, strength=-1)
