"""Linear CKA: against HSIC by an explicit centring matrix; what it ignores and what it does not."""

import numpy as np
import pytest

from tlcourse.measures import linear_cka


def by_hsic(x, y):
    n = len(x)
    centring = np.eye(n) - np.ones((n, n)) / n

    def hsic(k, other):
        return np.trace(k @ centring @ other @ centring) / (n - 1) ** 2

    k, other = x @ x.T, y @ y.T
    return hsic(k, other) / np.sqrt(hsic(k, k) * hsic(other, other))


@pytest.mark.parametrize(("d", "d_other"), [(3, 5), (3, 40), (40, 50), (20, 20)])
def test_it_is_hsic_of_linear_kernels(d, d_other, rng):
    x = 3 + rng.normal(size=(20, d))
    y = x[:, :3] @ rng.normal(size=(3, d_other)) + rng.normal(size=(20, d_other)) - 5
    assert linear_cka(x, y) == pytest.approx(by_hsic(x, y), rel=1e-10)


def test_by_hand():
    # Centred columns that share one of two directions of the same length: 1 / (√2 · 1)
    x = np.array([[1.0, 1], [1, -1], [-1, 1], [-1, -1]])
    assert linear_cka(x, x[:, :1]) == pytest.approx(1 / np.sqrt(2), abs=1e-14)
    assert linear_cka(x[:, :1], x[:, 1:]) == 0


@pytest.mark.parametrize("d", [4, 60])  # in feature space, and by Gram matrices
def test_rotation_scale_and_shift_change_nothing(d, rng):
    x = rng.normal(size=(30, d)) * rng.uniform(0.5, 3, d)
    y = x[:, :2] + rng.normal(size=(30, 2))
    rotation = np.linalg.qr(rng.normal(size=(d, d)))[0]
    assert linear_cka(x, x) == pytest.approx(1, abs=1e-12)
    assert linear_cka(x, 1e-3 * x @ rotation + 9) == pytest.approx(1, abs=1e-12)
    assert linear_cka(x @ rotation, y) == pytest.approx(linear_cka(x, y), rel=1e-10)


def test_an_invertible_linear_map_does_change_it(rng):
    x = rng.normal(size=(50, 3))
    assert linear_cka(x, x * [1, 1, 100]) < 0.8


def test_it_is_symmetric_and_depends_on_the_order_of_examples(rng):
    x = rng.normal(size=(50, 3))
    y = x @ rng.normal(size=(3, 6)) + 0.1 * rng.normal(size=(50, 6))
    assert linear_cka(x, y) == pytest.approx(linear_cka(y, x), rel=1e-12)
    assert linear_cka(x, y[rng.permutation(50)]) < 0.3 < 0.6 < linear_cka(x, y)


def test_it_never_passes_1_and_survives_any_scale(rng):
    for scale in [1e-160, 1e160, *np.ones(50)]:
        x = scale * rng.normal(size=(9, 4))
        assert 1 - 1e-12 < linear_cka(x, x) <= 1
