"""Exercises 01.1 to 01.3: answers as learners write them, and what they are told."""

import numpy as np
import pytest
from scipy import stats

from tlcourse.exercises import check

# 01.1  draw_shots


def shuffle_then_count(labels, k, rng):
    taken, chosen = {}, []
    for i in rng.permutation(len(labels)):
        if taken.setdefault(int(labels[i]), 0) < k:
            taken[int(labels[i])] += 1
            chosen.append(int(i))
    return chosen


def first_k(labels, k, rng):
    return np.concatenate([np.where(labels == c)[0][:k] for c in np.unique(labels)])


def k_in_all(labels, k, rng):
    return rng.choice(len(labels), size=k, replace=False)


def with_replacement(labels, k, rng):
    return np.concatenate([rng.choice(np.where(labels == c)[0], k) for c in np.unique(labels)])


def global_random(labels, k, rng):
    chosen = [
        np.random.choice(np.where(labels == c)[0], k, replace=False) for c in np.unique(labels)
    ]
    return np.concatenate(chosen)


def own_generator(labels, k, rng):
    return shuffle_then_count(labels, k, np.random.default_rng(0))


def positions_within_the_class(labels, k, rng):
    return np.concatenate(
        [c * 12 + rng.choice((labels == c).sum(), k, replace=False) for c in np.unique(labels)]
    )


def the_labels_themselves(labels, k, rng):
    return labels[first_k(labels, k, rng)]


def one_row_per_class(labels, k, rng):
    return shuffle_then_count_array(labels, k, rng).reshape(-1, k)


def shuffle_then_count_array(labels, k, rng):
    return np.array(shuffle_then_count(labels, k, rng))


def ten_classes(labels, k, rng):
    return np.concatenate(
        [rng.choice(np.where(labels == c)[0], k, replace=False) for c in range(4)]
    )


def test_shots_drawn_another_way():
    for seed in range(10):
        assert check("01.1", shuffle_then_count, seed=seed).passed
        assert check("01.1", shuffle_then_count_array, seed=seed).passed


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (first_k, "always the first 5 of each class"),
        (k_in_all, "These are 5 examples in all, from any class."),
        (with_replacement, "repeat an earlier one"),
        (global_random, "Two generators with the same seed gave two different draws."),
        (own_generator, "4 different seeds gave one and the same draw."),
        (positions_within_the_class, "or only among the examples of its class?"),
        (the_labels_themselves, "repeat an earlier one"),
        (one_row_per_class, "has shape (4, 5); one flat array of 20 indices is right"),
        (lambda labels, k, rng: first_k(labels, k, rng) + 1.0, "whole numbers are right"),
        (lambda labels, k, rng: first_k(labels, k, rng) + 45, "0 to 47 are allowed"),
        (lambda labels, k, rng: shuffle_then_count(labels, k - 1, rng), "too few or too many"),
        (lambda labels, k, rng: np.isin(np.arange(48), first_k(labels, k, rng)), "bool values"),
    ],
)
@pytest.mark.parametrize("seed", [None, 1, 2])
def test_wrong_shots(answer, message, seed):
    verdict = check("01.1", answer, seed=seed)
    assert verdict.status == "wrong"
    assert message in verdict.message


def test_classes_that_do_not_occur_are_met_on_the_second_case():
    verdict = check("01.1", ten_classes)
    assert verdict.status == "raised"
    assert "labels: int32 array (45,); k = 4" in verdict.message


# 01.2  mean_and_halfwidth


def interval_by_scipy(accuracies):
    mean = sum(accuracies) / len(accuracies)
    low, high = stats.t.interval(0.95, len(accuracies) - 1, loc=mean, scale=stats.sem(accuracies))
    return [mean, (high - low) / 2]


def normal_quantile(accuracies):
    return accuracies.mean(), 1.96 * accuracies.std(ddof=1) / len(accuracies) ** 0.5


def no_root(accuracies):
    return accuracies.mean(), stats.t.ppf(0.975, len(accuracies) - 1) * accuracies.std(ddof=1)


def divided_by_n(accuracies):
    n = len(accuracies)
    return np.mean(accuracies), stats.t.ppf(0.975, n - 1) * np.std(accuracies) / np.sqrt(n)


def n_degrees_of_freedom(accuracies):
    n = len(accuracies)
    return np.mean(accuracies), stats.t.ppf(0.975, n) * np.std(accuracies, ddof=1) / np.sqrt(n)


def both_ends(accuracies):
    mean, half = interval_by_scipy(accuracies)
    return mean - half, mean + half


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_an_interval_in_an_array(dtype):
    def in_an_array(accuracies):
        n = len(accuracies)
        standard_error = np.std(accuracies, ddof=1) / np.sqrt(n)
        return np.array([np.mean(accuracies), stats.t.ppf(0.975, n - 1) * standard_error], dtype)

    assert check("01.2", in_an_array).passed
    assert check("01.2", lambda accuracies: in_an_array(accuracies)[::-1]).status == "wrong"


def test_interval_written_differently():
    assert check("01.2", interval_by_scipy).passed
    assert check("01.2", lambda accuracies: np.array(interval_by_scipy(accuracies))).passed


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (normal_quantile, "1.96 is the normal quantile"),
        (no_root, "the spread of single runs, not of their mean"),
        (divided_by_n, "divided by n; with few seeds that is too small"),
        (n_degrees_of_freedom, "for `halfwidth`"),
        (both_ends, "These are the two ends of the interval"),
        (lambda accuracies: interval_by_scipy(accuracies)[1], "is a number"),
        (lambda accuracies: interval_by_scipy(accuracies)[::-1], "The two numbers are swapped"),
    ],
)
def test_wrong_intervals(answer, message):
    verdict = check("01.2", answer)
    assert verdict.status == "wrong"
    assert message in verdict.message


# 01.3  time_to_accuracy


def with_a_loop(seconds, accuracies, goal):
    for time, accuracy in zip(seconds, accuracies, strict=True):
        if accuracy >= goal:
            return time
    return float("inf")


def falls_off_the_end(seconds, accuracies, goal):
    for time, accuracy in zip(seconds, accuracies, strict=True):
        if accuracy >= goal:
            return time


def strictly_above(seconds, accuracies, goal):
    reached = seconds[accuracies > goal]
    return reached.min() if len(reached) else np.inf


def argmax_without_asking(seconds, accuracies, goal):
    return seconds[np.argmax(accuracies >= goal)]


def best(seconds, accuracies, goal):
    return seconds[accuracies.argmax()] if accuracies.max() >= goal else np.inf


def last_above(seconds, accuracies, goal):
    reached = seconds[accuracies >= goal]
    return reached[-1] if len(reached) else np.inf


def index(seconds, accuracies, goal):
    return next((i for i, a in enumerate(accuracies) if a >= goal), np.inf)


def test_time_with_a_loop():
    for seed in range(10):
        assert check("01.3", with_a_loop, seed=seed).passed


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (strictly_above, "An accuracy equal to the goal has reached it"),
        (argmax_without_asking, "This curve never reaches its goal"),
        (best, "the time of the best accuracy"),
        (last_above, "the last time at or above the goal"),
        (index, "This is a position in the array, not a time."),
        (lambda seconds, accuracies, goal: seconds[-1], "the time at the end of the run"),
        (falls_off_the_end, "Every way through the function must end in a `return`"),
    ],
)
def test_wrong_times(answer, message):
    verdict = check("01.3", answer)
    assert verdict.status == "wrong"
    assert message in verdict.message


@pytest.mark.parametrize("never", [0, -1, float("nan")])
def test_never_reached_must_be_infinity(never):
    def answer(seconds, accuracies, goal):
        time = with_a_loop(seconds, accuracies, goal)
        return never if time == np.inf else time

    assert "This curve never reaches its goal" in check("01.3", answer).message


def test_a_time_that_is_right_where_there_is_one_earns_half():
    verdict = check("01.3", argmax_without_asking)
    assert (verdict.status, verdict.points) == ("wrong", 1)
    assert "is right, and earns some points" in verdict.message
    assert check("01.3", best).points == 0
    # It is right in neither way.
    assert check("01.3", lambda *case: argmax_without_asking(*case) + 1).points == 0
    # "Never" in words of its own is no number, and earns nothing.
    assert (
        check(
            "01.3", lambda *case: float("nan") if (t := with_a_loop(*case)) == np.inf else t
        ).points
        == 0
    )
