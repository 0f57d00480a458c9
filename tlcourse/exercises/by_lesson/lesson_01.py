"""Exercises of lesson 01: draw shots, put an interval on a mean, measure the time to a goal."""

import numpy as np

from tlcourse.exercises.by_lesson.lesson_01_shots import SHOTS
from tlcourse.exercises.comparison import compare_values
from tlcourse.exercises.exercise import Diagnosis, Exercise, Mistake

__all__ = ["EXERCISES"]


# 01.2  mean_and_halfwidth(accuracies)


def _accuracies(rng):
    """Few seeds first: there the t quantile is far from 1.96."""
    return [(rng.uniform(0.6, 0.95, size=n),) for n in (3, 5, 12)]


def _compare_interval(expected, got):
    if isinstance(got, np.ndarray):
        got = got.tolist()
    if not isinstance(got, list) or len(got) != 2:
        return compare_values(expected, got)
    return compare_values(expected[0], got[0], name="mean") or compare_values(
        expected[1], got[1], name="halfwidth", rtol=1e-4
    )


def _both_ends(accuracies):
    mean, halfwidth = _interval(accuracies)
    return mean - halfwidth, mean + halfwidth


def _interval(accuracies, *, quantile=None, ddof=1, root=True, factor=1.0):
    """Work the interval out with one step of it changed."""
    from scipy import stats

    n = len(accuracies)
    if quantile is None:
        quantile = stats.t.ppf(0.975, n - 1)
    spread = np.std(accuracies, ddof=ddof) / (np.sqrt(n) if root else 1.0)
    return np.mean(accuracies), factor * quantile * spread


def _with_one_sided_quantile(accuracies):
    from scipy import stats

    return _interval(accuracies, quantile=stats.t.ppf(0.95, len(accuracies) - 1))


_INTERVAL_MISTAKES = (
    Mistake(
        lambda accuracies: _interval(accuracies, quantile=1.96),
        "1.96 is the normal quantile: it is right only when the standard deviation is known.",
        "With n seeds take the t quantile: `stats.t.ppf(0.975, n - 1)`.",
    ),
    Mistake(
        lambda accuracies: _interval(accuracies, root=False),
        "This is the spread of single runs, not of their mean.",
        "The mean of n runs varies less than one run: divide by `np.sqrt(n)`.",
    ),
    Mistake(
        lambda accuracies: _interval(accuracies, ddof=0),
        "The standard deviation was divided by n; with few seeds that is too small.",
        "Divide by n - 1: `np.std(accuracies, ddof=1)`.",
    ),
    Mistake(
        lambda accuracies: _interval(accuracies, quantile=1.96, ddof=0),
        "Two steps differ: 1.96 is the normal quantile, and the spread was divided by n.",
        "Take `stats.t.ppf(0.975, n - 1)` and `np.std(accuracies, ddof=1)`.",
    ),
    Mistake(
        lambda accuracies: _interval(accuracies, factor=2.0),
        "This is the full width of the interval.",
        "The half-width is the distance from the mean to one end.",
    ),
    Mistake(
        _with_one_sided_quantile,
        "With the quantile at 0.95, 5 % lie outside on each side: a 90 % interval.",
        "For 95 % leave 2.5 % on each side: the quantile at 0.975.",
    ),
    Mistake(
        lambda accuracies: _interval(accuracies, quantile=1.0),
        "This is the standard error: the t quantile is missing.",
        "Multiply by `stats.t.ppf(0.975, n - 1)`.",
    ),
    Mistake(
        _both_ends,
        "These are the two ends of the interval.",
        "Return the mean, and the distance from it to one end.",
    ),
    Mistake(
        lambda accuracies: _interval(accuracies)[::-1],
        "The two numbers are swapped.",
        "Return the mean first.",
    ),
)

_INTERVAL = Exercise(
    id="01.2",
    title="A mean and its interval over seeds",
    points=2,
    inputs=("accuracies",),
    cases=_accuracies,
    compare=_compare_interval,
    hints=(
        "Three steps: the standard deviation over the seeds, the standard error of the mean, and "
        "a factor from Student's t.",
        "The standard error is `np.std(accuracies, ddof=1) / np.sqrt(n)`.",
        "The factor is `stats.t.ppf(0.975, n - 1)`, from `scipy`: 2.5 % lie above it.",
    ),
    mistakes=_INTERVAL_MISTAKES,
)


# 01.3  time_to_accuracy(seconds, accuracies, goal)


def _curves(rng):
    """A curve that falls again, one that just touches its goal, one that never gets there."""
    seconds = np.cumsum(rng.uniform(0.5, 2.0, size=8)).round(2)
    rising = np.sort(rng.uniform(0.3, 0.6, size=8)).round(3)
    falls_again = np.array([*rising[:3], 0.82, 0.91, 0.86, 0.7, 0.65])
    touches = np.array([*rising[:4], 0.75, 0.8, 0.85, 0.9])
    return [(seconds, falls_again, 0.8), (seconds, touches, 0.75), (seconds, rising, 0.95)]


def _first_time(seconds, accuracies, goal, *, strictly=False, never=np.inf):
    reached = np.flatnonzero(accuracies > goal if strictly else accuracies >= goal)
    return seconds[reached[0]] if reached.size else never


def _first_index(seconds, accuracies, goal):
    reached = np.flatnonzero(accuracies >= goal)
    return int(reached[0]) if reached.size else np.inf


def _last_time(seconds, accuracies, goal):
    return seconds[np.flatnonzero(accuracies >= goal)[-1]]


def _compare_time(expected, got):
    diagnosis = compare_values(expected, got)
    if diagnosis is not None and expected == np.inf and isinstance(got, int | float):
        return Diagnosis(
            diagnosis.seen,
            "This curve never reaches its goal, and your answer names a time all the same.",
            "Before you take the first time, ask whether there is one; else return `float('inf')`.",
            credit=0.5 if np.isfinite(got) else 0.0,
        )
    return diagnosis


_TIME_MISTAKES = (
    Mistake(
        lambda seconds, accuracies, goal: _first_time(seconds, accuracies, goal, strictly=True),
        "An accuracy equal to the goal has reached it, and your answer passes over it.",
        "Use `>=` in place of `>`.",
    ),
    Mistake(
        lambda seconds, accuracies, goal: seconds[np.argmax(accuracies)],
        "This is the time of the best accuracy, not of the first that is good enough.",
        "Look for the first place where `accuracies >= goal` is True.",
    ),
    Mistake(
        _last_time,
        "This is the last time at or above the goal, not the first.",
        "Take the first place where `accuracies >= goal` is True, and stop there.",
    ),
    Mistake(
        lambda seconds, accuracies, goal: seconds[-1],
        "This is the time at the end of the run.",
        "Take the first place where `accuracies >= goal` is True.",
    ),
    Mistake(
        _first_index,
        "This is a position in the array, not a time.",
        "Use the position to look up `seconds`.",
    ),
)

_TIME = Exercise(
    id="01.3",
    title="Time to a given accuracy",
    points=2,
    inputs=("seconds", "accuracies", "goal"),
    cases=_curves,
    compare=_compare_time,
    hints=(
        "`accuracies >= goal` is an array of True and False: where is its first True?",
        "`np.flatnonzero(accuracies >= goal)` lists the places that reached the goal, in order.",
        "If that list is empty return `float('inf')`, else `seconds` at its first entry.",
    ),
    mistakes=_TIME_MISTAKES,
)

EXERCISES = (SHOTS, _INTERVAL, _TIME)
