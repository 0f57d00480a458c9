"""MMD: against three means of kernels, what it sees beside covariances, and points that agree."""

import keras
import numpy as np
import pytest
from scipy.spatial.distance import cdist, pdist

from tlcourse.losses import coral_loss, mmd_loss
from tlcourse.losses.mmd import _squared_distances

BANDWIDTHS = (0.25, 0.5, 1.0, 2.0, 4.0)


@pytest.fixture
def source(rng):
    return rng.normal(size=(6, 3))


@pytest.fixture
def target(rng):
    return rng.normal(size=(4, 3)) * 1.5 + 0.5


def mean_distance(source, target):
    return np.mean(pdist(np.concatenate([source, target]), "sqeuclidean"))


def by_means(source, target, m, bandwidths=BANDWIDTHS):
    def mean_kernel(x, y):
        squared = cdist(x, y, "sqeuclidean")
        return np.mean([np.exp(-squared / (b * m)) for b in bandwidths])

    within = mean_kernel(source, source) + mean_kernel(target, target)
    return within - 2 * mean_kernel(source, target)


def test_by_hand():
    # Three pairs at squared distances 4, 4 and 0: m = 8/3, and k = exp(−4 / m) = exp(−1.5).
    # Source and target agree with themselves: 1 + 1 − 2 · exp(−1.5).
    loss = mmd_loss([[0.0]], [[2.0], [2.0]], bandwidths=(1.0,))
    assert float(loss) == pytest.approx(1.553740, abs=1e-6)


@pytest.mark.parametrize("bandwidths", [(1.0,), (0.5, 3.0), BANDWIDTHS])
def test_it_is_three_means(source, target, bandwidths):
    expected = by_means(source, target, mean_distance(source, target), bandwidths)
    np.testing.assert_allclose(mmd_loss(source, target, bandwidths=bandwidths), expected, rtol=1e-9)


def test_the_default_bandwidths(source, target):
    assert float(mmd_loss(source, target)) == float(mmd_loss(source, target, bandwidths=BANDWIDTHS))


def test_what_changes_nothing(source, target, rng):
    value = float(mmd_loss(source, target))
    turn, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    assert float(mmd_loss(target, source)) == pytest.approx(value)
    assert float(mmd_loss(source[::-1], target)) == pytest.approx(value)
    assert float(mmd_loss(source @ turn + 7.0, target @ turn + 7.0)) == pytest.approx(value)
    for scale in (1e-9, 1e-3, 1e3):
        assert float(mmd_loss(scale * source, scale * target)) == pytest.approx(value)


def test_a_large_offset_costs_no_digits(source, target):
    near = mmd_loss(source.astype("float32"), target.astype("float32"))
    far = mmd_loss((source + 1024).astype("float32"), (target + 1024).astype("float32"))
    assert float(far) == pytest.approx(float(near), abs=1e-3)


def test_a_squared_distance_is_never_negative(rng):
    x = (1 + 1e-4 * rng.normal(size=(20, 3))).astype("float32")
    x[0] = 0  # the others are near each other and far from it
    found = keras.ops.convert_to_numpy(_squared_distances(keras.ops.convert_to_tensor(x)))
    assert found.min() >= 0
    np.testing.assert_allclose(found, cdist(x, x, "sqeuclidean"), atol=1e-5)


def test_it_sees_what_coral_does_not():
    two_points = np.array([[-1.0], [-1.0], [1.0], [1.0]])
    three_points = np.sqrt(2) * np.array([[-1.0], [0.0], [0.0], [1.0]])  # same mean and variance
    assert float(coral_loss(two_points, three_points)) == pytest.approx(0, abs=1e-12)
    assert float(mmd_loss(two_points, three_points)) > 0.1
    assert float(mmd_loss(two_points, two_points + 1.0)) > 0.1


def test_it_is_never_negative(rng):
    for _ in range(10):
        x = rng.normal(size=(5, 2)).astype("float32")
        loss = float(mmd_loss(x, x[rng.permutation(5)]))
        assert 0 <= loss < 1e-6


def test_the_gradient_reaches_both_sides(source, target, check_gradient):
    m = mean_distance(source, target)
    check_gradient(
        lambda x: mmd_loss(x, target), source, reference=lambda x: by_means(x, target, m)
    )
    check_gradient(
        lambda x: mmd_loss(source, x), target, reference=lambda x: by_means(source, x, m)
    )


def test_the_bandwidth_is_a_constant_for_the_gradient(source, target, gradient_of):
    # Were it not, moving along all features at once would change nothing, as the value does not.
    pull = gradient_of(lambda x: mmd_loss(x, target), source)
    push = gradient_of(lambda x: mmd_loss(source, x), target)
    assert abs(np.sum(pull * source) + np.sum(push * target)) > 0.01


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("value", [0.0, 0.1, 1e4, 1e-20])
def test_points_that_all_agree(value, dtype, gradient_of):
    source, target = np.full((3, 2), value, dtype), np.full((5, 2), value, dtype)
    assert float(mmd_loss(source, target)) == pytest.approx(0, abs=1e-6)
    gradient = gradient_of(lambda x: mmd_loss(x, target), source)
    np.testing.assert_allclose(gradient, 0, atol=1e-6)


def test_points_nearer_than_numbers_tell(gradient_of):
    source, target = np.zeros((2, 1), "float32"), np.full((2, 1), 1e-20, "float32")
    assert np.isfinite(float(mmd_loss(source, target)))
    assert np.isfinite(gradient_of(lambda x: mmd_loss(x, target), source)).all()


def test_features_that_cannot_be_compared(source):
    with pytest.raises(ValueError, match=r"`source_features` must be 2-D .*; got shape \(6,\)"):
        mmd_loss(source[:, 0], source)
    with pytest.raises(ValueError, match=r"`target_features` must have .*\(n, 3\).*; got \(6, 2\)"):
        mmd_loss(source, source[:, :2])
    with pytest.raises(
        ValueError, match=r"`target_features` must be .* 1 row .*got shape \(0, 3\)"
    ):
        mmd_loss(source, source[:0])


@pytest.mark.parametrize("b", [0, -1.0, float("nan"), float("inf"), "1"])
def test_a_bandwidth_is_positive(source, b):
    with pytest.raises(ValueError, match=r"`bandwidths` must be a number > 0; got"):
        mmd_loss(source, source, bandwidths=(1.0, b))


def test_there_is_a_bandwidth(source):
    with pytest.raises(
        ValueError, match=r"`bandwidths` must be a list of one or more numbers > 0; got \(\)"
    ):
        mmd_loss(source, source, bandwidths=())
