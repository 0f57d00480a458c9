"""TransRate: against determinants written out, and the scale that it does depend on."""

import numpy as np
import pytest

from tlcourse.measures import transrate


def rate(rows, eps):
    n, d = rows.shape
    return 0.5 * np.log(np.linalg.det(np.eye(d) + rows.T @ rows / (n * eps)))


def by_determinants(features, labels, eps):
    centred = features - features.mean(axis=0)
    score = rate(centred, eps)
    for label in set(labels.tolist()):
        rows = centred[labels == label]
        score -= len(rows) / len(features) * rate(rows, eps)
    return score


@pytest.mark.parametrize(("n", "d"), [(40, 3), (9, 12)])
def test_it_is_the_difference_of_determinants(n, d, rng):
    labels = np.where(np.arange(n) < n // 3, 0, 1 + np.arange(n) % 2)  # classes of three sizes
    features = 2 + rng.normal(size=(n, d)) + 2 * np.eye(3, d)[labels]
    expected = by_determinants(features, labels, 0.05)
    assert transrate(features, labels, eps=0.05) == pytest.approx(expected, rel=1e-10)


def test_by_hand():
    # One feature, −1 −1 1 1 in two classes: every rate is ½ log(1 + 1 / eps), nothing is saved.
    assert transrate([[-1.0], [-1.0], [1.0], [1.0]], [0, 0, 1, 1]) == pytest.approx(0, abs=1e-14)
    # −3 −1 1 3 in classes {−3, 3} and {−1, 1}, eps 1: mean square 5 over all, 9 and 1 within.
    found = transrate([[-3.0], [-1.0], [1.0], [3.0]], [0, 1, 1, 0], eps=1)
    assert found == pytest.approx(0.5 * np.log(6) - 0.25 * np.log(10) - 0.25 * np.log(2), abs=1e-14)


def test_classes_on_their_own_directions_save_more_than_mixed_ones(rng):
    labels = np.arange(60) % 3
    features = np.eye(3)[labels] * rng.normal(size=(60, 1)) + 0.01 * rng.normal(size=(60, 3))
    assert transrate(features, labels) > transrate(features, rng.permutation(labels)) + 1


def test_a_scale_is_a_change_of_eps(rng):
    labels = np.arange(30) % 2
    features = rng.normal(size=(30, 4)) + labels[:, None]
    found = transrate(0.01 * features, labels)
    assert found == pytest.approx(transrate(features, labels, eps=1.0), rel=1e-10)
    assert found < 0.9 * transrate(features, labels)


def test_shift_and_rotation_change_nothing(rng):
    labels = np.arange(30) % 3
    features = rng.normal(size=(30, 4)) * [1, 2, 3, 4]
    rotation = np.linalg.qr(rng.normal(size=(4, 4)))[0]
    found = transrate(features @ rotation + 7, labels)
    assert found == pytest.approx(transrate(features, labels), rel=1e-9)


def test_it_is_never_negative_however_uneven_the_classes(rng):
    for _ in range(20):
        labels = np.r_[0, 1, rng.choice(3, 38, p=[0.9, 0.05, 0.05])]
        features = rng.normal(size=(40, 6)) * np.where(labels[:, None] == 0, 0.01, 10)
        assert transrate(features, labels) >= -1e-10


@pytest.mark.parametrize("eps", [0, -1e-4, float("nan"), float("inf"), [1.0], "a"])
def test_eps_is_positive(eps):
    with pytest.raises(ValueError, match=r"`eps` must be a number > 0; got"):
        transrate(np.eye(3), [0, 1, 1], eps=eps)
