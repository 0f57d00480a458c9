"""Exercises of lesson 01: draw shots, put an interval on a mean, measure the time to a goal."""

import numpy as np

from tlcourse.exercises.exercise import Diagnosis, Exercise, Mistake
from tlcourse.exercises.judging import compare_values, named
from tlcourse.exercises.observers import draws_with_seeds

# 01.1  draw_shots(labels, k, rng): many draws are right, so their properties are judged


def _labels_and_seeds(rng):
    """Draw labels in no order; the last case has classes that do not begin at 0.

    A case is (labels, k, seeds), where the first seed comes twice.
    """
    first, *others = (int(seed) for seed in rng.integers(0, 2**31, size=4))
    seeds = [first, first, *others]
    balanced = rng.permutation(np.repeat([0, 1, 2, 3], 12)).astype(np.int32)
    uneven = rng.permutation(np.repeat([1, 4, 7], [9, 6, 30])).astype(np.int32)
    return [(balanced, 5, seeds), (uneven, 4, seeds)]


def _compare_draws(expected, got):
    """Judge the draws of `got` by the labels and k of `expected`."""
    labels, k = expected["inputs"]
    draws = [np.asarray(draw) if _is_flat(draw) else draw for draw in got["draws"]]
    for draw in draws:
        diagnosis = _judge_form(draw, labels, k) or _judge_classes(draw, labels, k)
        if diagnosis is not None:
            return diagnosis
    return _judge_randomness([np.sort(draw) for draw in draws], labels, k)


def _is_flat(draw):
    return isinstance(draw, list) and all(isinstance(i, int) for i in draw)


def _judge_form(draw, labels, k):
    wanted = k * len(np.unique(labels))
    if not isinstance(draw, np.ndarray) or draw.ndim != 1:
        shape = f"shape {draw.shape}" if isinstance(draw, np.ndarray) else "no array"
        return Diagnosis(
            f"Your answer has {shape}; one flat array of {wanted} indices is right.",
            "The draws of the classes were not put together.",
            "Join them with `np.concatenate`.",
        )
    if draw.dtype.kind not in "iu":
        return Diagnosis(
            f"Your answer holds {draw.dtype} values; whole numbers are right.",
            "An index says at which position of `labels` an example stands.",
            "`np.flatnonzero(labels == c)` gives such positions.",
        )
    if draw.size and not (draw.min() >= 0 and draw.max() < len(labels)):
        return Diagnosis(
            f"Your indices run from {draw.min()} to {draw.max()}; "
            f"0 to {len(labels) - 1} are allowed.",
            "Some do not point at an example.",
            "An index counts positions in `labels`, and the first one is 0.",
        )
    if len(np.unique(draw)) < len(draw):
        repeats = len(draw) - len(np.unique(draw))
        return Diagnosis(
            f"{repeats} of your {len(draw)} indices repeat an earlier one.",
            "An example drawn twice is one shot less: the same label counts double.",
            "`rng.choice(..., replace=False)` draws each at most once.",
        )
    return None


def _judge_classes(draw, labels, k):
    """Every class that occurs must have k indices."""
    classes = np.unique(labels)
    counts = [int((labels[draw] == c).sum()) for c in classes]
    if all(count == k for count in counts):
        return None
    seen = (
        f"For the classes {classes.tolist()} your answer has {counts} indices; "
        f"{k} for each are right."
    )
    if sum(counts) == k:
        return Diagnosis(
            seen,
            f"These are {k} examples in all, from any class.",
            "Draw k for each class: loop over `np.unique(labels)`.",
        )
    if sum(counts) == k * len(classes):
        return Diagnosis(
            seen,
            "The number is right, but not every class has its share.",
            "Draw from each class on its own. If you did: is an index a position in `labels`, "
            "or only among the examples of its class?",
        )
    return Diagnosis(
        seen,
        "Some classes have too few or too many shots.",
        "Loop over `np.unique(labels)`, and draw k from each class that occurs.",
    )


def _judge_randomness(draws, labels, k):
    """Compare sorted draws; the first two came from the same seed."""
    first, again, *others = draws
    if not np.array_equal(first, again):
        return Diagnosis(
            "Two generators with the same seed gave two different draws.",
            "Some of the randomness does not come from `rng`, so nobody could repeat your run.",
            "Draw with `rng.choice` or `rng.permutation`, not with `np.random`.",
        )
    if not all(np.array_equal(first, other) for other in others):
        return None
    firsts = [np.flatnonzero(labels == c)[:k] for c in np.unique(labels)]
    if np.array_equal(first, np.sort(np.concatenate(firsts))):
        return Diagnosis(
            f"Your answer is always the first {k} of each class.",
            "Data often comes sorted (by writer, by day): the first examples are not typical.",
            "Draw at random: `rng.choice(positions, size=k, replace=False)`.",
        )
    return Diagnosis(
        f"{1 + len(others)} different seeds gave one and the same draw.",
        "Your answer does not use `rng`: was a new generator made inside the function?",
        "Draw with the `rng` that comes as an argument.",
    )


SHOTS = Exercise(
    "01.1",
    cases=_labels_and_seeds,
    compare=_compare_draws,
    observe=draws_with_seeds,
    unshown=("rng",),
    hints=(
        "Work class by class: `np.unique(labels)` lists the classes that occur.",
        "`np.flatnonzero(labels == c)` lists the positions of class c. Choose k of them.",
        "`rng.choice(positions, size=k, replace=False)` chooses; `np.concatenate` joins the "
        "choices of all classes.",
    ),
)


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
    """A curve that falls again, one that just touches its goal, one that never gets there."""
    seconds = np.cumsum(rng.uniform(0.5, 2.0, size=8)).round(2)
    rising = np.sort(rng.uniform(0.3, 0.6, size=8)).round(3)
    falls_again = np.array([*rising[:3], 0.82, 0.91, 0.86, 0.7, 0.65])
    touches = np.array([*rising[:4], 0.75, 0.8, 0.85, 0.9])
    return [(seconds, falls_again, 0.8), (seconds, touches, 0.75), (seconds, rising, 0.95)]


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


TIME = Exercise(
    "01.3",
    cases=_curves,
    compare=_compare_time,
    mistakes=(
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

QUESTIONS = ()
EXERCISES = (SHOTS, INTERVAL, TIME)
