"""Entropy and information maximisation: by hand, against scipy, and at their ends."""

import numpy as np
import pytest
import scipy.stats
from sklearn.metrics import mutual_info_score

from tlcourse.measures import entropy_score, information_maximisation_score


def test_entropy_is_scipys(rng):
    probs = rng.dirichlet([0.3] * 5, size=40)
    expected = -scipy.stats.entropy(probs, axis=1).mean()
    assert entropy_score(probs) == pytest.approx(expected, rel=1e-12)


def test_information_is_the_divergence_from_the_mean_prediction(rng):
    # H(mean p) − mean H(p) = mean KL(p ‖ mean p)
    probs = rng.dirichlet([0.3] * 5, size=40)
    expected = np.mean([scipy.stats.entropy(p, probs.mean(axis=0)) for p in probs])
    assert information_maximisation_score(probs) == pytest.approx(expected, rel=1e-10)


def test_information_is_mutual_information_of_example_and_class():
    # Four examples that each stand for two draws of their class
    probs = np.array([[0.5, 0.5, 0], [1, 0, 0], [0, 1, 0], [0, 0.5, 0.5]])
    draws = [0, 1, 0, 0, 1, 1, 1, 2]
    expected = mutual_info_score(np.repeat(np.arange(4), 2), draws)
    assert information_maximisation_score(probs) == pytest.approx(expected, rel=1e-12)


def test_by_hand():
    assert entropy_score([[0.5, 0.5], [1, 0]]) == pytest.approx(-0.5 * np.log(2), abs=1e-15)
    assert entropy_score(np.full((3, 4), 0.25)) == pytest.approx(-np.log(4))
    assert information_maximisation_score(np.eye(4)) == pytest.approx(np.log(4))
    assert information_maximisation_score(np.full((3, 4), 0.25)) == pytest.approx(0, abs=1e-15)


def test_a_model_that_names_one_class_is_sure_but_tells_nothing():
    collapsed, good = np.eye(3)[[0, 0, 0]], np.eye(3)[[0, 1, 2]]
    assert entropy_score(collapsed) == entropy_score(good) == 0
    assert not np.signbit(entropy_score(collapsed))
    assert information_maximisation_score(collapsed) == 0
    assert information_maximisation_score(good) > 1


def test_surer_is_higher(rng):
    logits = rng.normal(size=(50, 4))
    logits -= logits.mean(axis=0)

    def probs(sharpness):
        powers = np.exp(sharpness * logits)
        return powers / powers.sum(axis=1, keepdims=True)

    for score in (entropy_score, information_maximisation_score):
        scores = [score(probs(sharpness)) for sharpness in (0.5, 1, 2, 4)]
        assert scores == sorted(scores)
        assert type(scores[0]) is float
