"""SND: against a dense version, in chunks or not, and on neighbourhoods of known size."""

import inspect

import numpy as np
import pytest
import scipy.special
import scipy.stats

from tlcourse.measures import soft_neighbourhood_density as snd


def by_deleting_the_diagonal(rows, temperature):
    rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    n = len(rows)
    similar = (rows @ rows.T)[~np.eye(n, dtype=bool)].reshape(n, n - 1)
    return scipy.stats.entropy(scipy.special.softmax(similar / temperature, axis=1), axis=1).mean()


@pytest.mark.parametrize("temperature", [0.01, 0.05, 3.0])
def test_it_is_the_mean_entropy_of_the_neighbourhoods(temperature, rng):
    probs = rng.dirichlet([0.5] * 4, size=30)
    expected = by_deleting_the_diagonal(probs, temperature)
    assert snd(probs, temperature=temperature) == pytest.approx(expected, rel=1e-10)


def test_the_temperature_is_one_twentieth_unless_told(rng):
    features = rng.normal(size=(20, 3))
    assert snd(features) == snd(features, temperature=0.05)


@pytest.mark.parametrize("chunk", [1, 7, 10, 29, 30])
def test_chunks_change_nothing(chunk, rng, monkeypatch):
    probs = rng.dirichlet([0.5] * 4, size=30)
    expected = by_deleting_the_diagonal(probs, 0.05)
    monkeypatch.setitem(inspect.unwrap(snd).__globals__, "_CHUNK", chunk)
    assert snd(probs) == pytest.approx(expected, rel=1e-10)


def test_the_score_counts_the_neighbours():
    # Classes at right angles: each example has the others of its own class, all alike near.
    labels = np.repeat([0, 1], [5, 9])
    expected = (5 * np.log(4) + 9 * np.log(8)) / 14
    assert snd(10 * np.eye(2)[labels], temperature=0.01) == pytest.approx(expected, abs=1e-12)
    assert snd(np.eye(2)[labels], temperature=1e9) == pytest.approx(np.log(13), abs=1e-6)


def test_a_class_torn_apart_scores_lower(rng):
    whole = np.eye(4)[np.repeat([0, 1], 20)]
    torn = np.eye(4)[np.repeat([0, 1, 2, 3], 10)]
    assert snd(whole) > snd(torn) + 0.5


def test_only_directions_count(rng):
    features = rng.normal(size=(25, 6))
    rotation = np.linalg.qr(rng.normal(size=(6, 6)))[0]
    found = snd(rng.uniform(0.1, 9, (25, 1)) * features @ rotation)
    assert found == pytest.approx(snd(features), rel=1e-10)


def test_a_row_of_zeros_is_as_near_to_all():
    rows = np.array([[0.0, 0], [1, 0], [0, 1], [1, 0]])
    # Row 0 sees three at similarity 0; 1 and 3 see each other; 2 sees three at similarity 0.
    assert snd(rows, temperature=0.01) == pytest.approx(2 * np.log(3) / 4, abs=1e-12)


@pytest.mark.parametrize("temperature", [0, -0.05, float("nan"), float("inf"), "a"])
def test_a_temperature_is_positive(temperature):
    with pytest.raises(ValueError, match=r"`temperature` must be a number > 0; got"):
        snd(np.eye(3), temperature=temperature)
