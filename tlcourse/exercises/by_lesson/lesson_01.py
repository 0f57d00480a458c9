"""Exercises of lesson 01: an interval on a mean, the time to a goal; others in two files beside."""

import numpy as np

from tlcourse.exercises.by_lesson.lesson_01_draws import SHOTS
from tlcourse.exercises.by_lesson.lesson_01_in_keras import HEAD, MOVED, TUNED
from tlcourse.exercises.exercise import Diagnosis, Exercise, Mistake
from tlcourse.exercises.judging import compare_values, named

# 01.2  mean_and_halfwidth(accuracies)

_MEAN, _HALFWIDTH = "np.mean(accuracies)", "stats.t.ppf(0.975, n - 1) * standard_error"
_MEAN_AND_HALFWIDTH = f"{_MEAN}, {_HALFWIDTH}"


def _accuracies(rng):
    """Few seeds first: there the t quantile is far from 1.96."""
    return [(rng.uniform(0.6, 0.95, size=n),) for n in (3, 5, 12)]


INTERVAL = Exercise(
    "01.2",
    cases=_accuracies,
    compare=named(mean=1e-5, halfwidth=1e-4),
    mistakes=(
        Mistake(
            "1.96 is the normal quantile: it is right only when the standard deviation is known.",
            "With n seeds take the t quantile: `stats.t.ppf(0.975, n - 1)`.",
            {"stats.t.ppf(0.975, n - 1)": "1.96"},
        ),
        Mistake(
            "This is the spread of single runs, not of their mean.",
            "The mean of n runs varies less than one run: divide by `np.sqrt(n)`.",
            {" / np.sqrt(n)": ""},
        ),
        Mistake(
            "The standard deviation was divided by n; with few seeds that is too small.",
            "Divide by n - 1: `np.std(accuracies, ddof=1)`.",
            {"ddof=1": "ddof=0"},
        ),
        Mistake(
            "Two steps differ: 1.96 is the normal quantile, and the spread was divided by n.",
            "Take `stats.t.ppf(0.975, n - 1)` and `np.std(accuracies, ddof=1)`.",
            {"stats.t.ppf(0.975, n - 1)": "1.96", "ddof=1": "ddof=0"},
        ),
        Mistake(
            "This is the full width of the interval.",
            "The half-width is the distance from the mean to one end.",
            {"stats.t.ppf": "2 * stats.t.ppf"},
        ),
        Mistake(
            "With the quantile at 0.95, 5 % lie outside on each side: a 90 % interval.",
            "For 95 % leave 2.5 % on each side: the quantile at 0.975.",
            {"0.975": "0.95"},
        ),
        Mistake(
            "This is the standard error: the t quantile is missing.",
            "Multiply by `stats.t.ppf(0.975, n - 1)`.",
            {"stats.t.ppf(0.975, n - 1) * ": ""},
        ),
        Mistake(
            "The t quantile has n degrees of freedom here; the mean took one.",
            "`stats.t.ppf(0.975, n - 1)`.",
            {"0.975, n - 1": "0.975, n"},
        ),
        Mistake(
            "The standard deviation was divided by n, not by its root.",
            "The error of a mean of n runs is `s / np.sqrt(n)`.",
            {"np.sqrt(n)": "n"},
        ),
        Mistake(
            "n - 1 was taken twice: in the standard deviation and under the root.",
            "`ddof=1` has done it already; divide by `np.sqrt(n)`.",
            {"np.sqrt(n)": "np.sqrt(n - 1)"},
        ),
        Mistake(
            "This is made of the variance, which is the square of the standard deviation.",
            "`np.std`, not `np.var`.",
            {"np.std": "np.var"},
        ),
        Mistake(
            "These are the two ends of the interval.",
            "Return the mean, and the distance from it to one end.",
            {_MEAN_AND_HALFWIDTH: f"({_MEAN} - {_HALFWIDTH}, {_MEAN} + {_HALFWIDTH})"},
        ),
        Mistake(
            "The two numbers are swapped.",
            "Return the mean first.",
            {_MEAN_AND_HALFWIDTH: f"{_HALFWIDTH}, {_MEAN}"},
        ),
    ),
    hints=(
        "Three steps: the standard deviation over the seeds, the standard error of the mean, and "
        "a factor from Student's t.",
        "The standard error is `np.std(accuracies, ddof=1) / np.sqrt(n)`.",
        "The factor is `stats.t.ppf(0.975, n - 1)`, from `scipy`: 2.5 % lie above it.",
    ),
)


# 01.3  time_to_accuracy(seconds, accuracies, goal)

_FIRST_TIME = 'seconds[reached[0]] if len(reached) else float("inf")'


def _curves(rng):
    """Curves that fall again, one that just touches its goal, one that never gets there."""
    seconds = np.cumsum(rng.uniform(0.5, 2.0, size=8)).round(2)
    rising = np.sort(rng.uniform(0.3, 0.6, size=8)).round(3)
    falls_again = np.array([*rising[:3], 0.82, 0.86, 0.91, 0.84, 0.65])
    # The value nearest to its goal comes later; and halving the curve, as if it rose, misses it.
    dips = np.array([0.31, 0.82, 0.52, 0.44, 0.35, 0.85, 0.9, 0.95])
    touches = np.array([*rising[:4], 0.75, 0.8, 0.85, 0.9])
    at_once = np.array([0.82, *rising[1:]])
    falling = [(seconds, falls_again, 0.8), (seconds, dips, 0.6)]
    return [
        *falling,
        (seconds, touches, 0.75),
        (seconds, touches, 0.9),  # the best value itself is the goal
        (seconds, at_once, 0.7),
        (seconds, rising, 0.95),
    ]


def _compare_time(expected, got):
    diagnosis = compare_values(expected, got)
    if diagnosis is None:
        return None
    is_number = isinstance(got, int | float)
    if expected == np.inf and (is_number or isinstance(got, str)):
        return Diagnosis(
            diagnosis.seen,
            "This curve never reaches its goal, and your answer names a time all the same."
            if is_number
            else "This curve never reaches its goal; the answer to that is a number too, infinity.",
            "Before you take the first time, ask whether there is one; else return `float('inf')`.",
            credit=0.0 if is_number and not np.isfinite(got) else 0.5,
        )
    if is_number and got == np.inf:
        return Diagnosis(
            diagnosis.seen,
            "This curve does reach its goal: at once, or before it falls again, or just.",
            "Look at all of the curve, its first place too: `(accuracies >= goal).any()`.",
        )
    return diagnosis


TIME = Exercise(
    "01.3",
    cases=_curves,
    compare=_compare_time,
    mistakes=(
        Mistake(
            "The goal was written into the function; it comes as an argument.",
            "Compare with `goal`.",
            {">= goal": ">= 0.85"},
        ),
        Mistake(
            "An accuracy equal to the goal has reached it, and your answer passes over it.",
            "Use `>=` in place of `>`.",
            {">= goal": "> goal"},
        ),
        Mistake(
            "This is the time of the best accuracy, not of the first that is good enough.",
            "Look for the first place where `accuracies >= goal` is True.",
            {_FIRST_TIME: "seconds[np.argmax(accuracies)]"},
        ),
        Mistake(
            "This is the last time at or above the goal, not the first.",
            "Take the first place where `accuracies >= goal` is True, and stop there.",
            {_FIRST_TIME: "seconds[reached[-1]]"},
        ),
        Mistake(
            "This is the time at which the accuracy is nearest to the goal, not the first at which "
            "it is reached.",
            "Look for the first place where `accuracies >= goal` is True.",
            {_FIRST_TIME: "seconds[np.argmin(np.abs(accuracies - goal))]"},
        ),
        Mistake(
            "`searchsorted` halves a list that only rises, and this curve falls in between.",
            "`np.flatnonzero(accuracies >= goal)` looks at every place.",
            {
                _FIRST_TIME: "np.append(seconds, np.inf)[np.searchsorted(accuracies, goal)]",
            },
        ),
        Mistake(
            "This is the time at the end of the run.",
            "Take the first place where `accuracies >= goal` is True.",
            {_FIRST_TIME: "seconds[-1]"},
        ),
        Mistake(
            "This is a position in the array, not a time.",
            "Use the position to look up `seconds`.",
            {"seconds[reached[0]]": "int(reached[0])"},
        ),
    ),
    hints=(
        "`accuracies >= goal` is an array of True and False: where is its first True?",
        "`np.flatnonzero(accuracies >= goal)` lists the places that reached the goal, in order.",
        "If that list is empty return `float('inf')`, else `seconds` at its first entry.",
    ),
)

EXERCISES = (SHOTS, INTERVAL, TIME, HEAD, MOVED, TUNED)
