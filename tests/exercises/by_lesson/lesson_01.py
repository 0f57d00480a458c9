"""Answers to 01.1 to 01.3, as learners write them; `test_answers` says how they are named."""

import numpy as np
from scipy import stats

# Edits of the solution; what they are told, and the points where there are some.
SLIPS = {
    "01.1": (
        ({"replace=False": "replace=True"}, "repeat an earlier one"),
        ({"size=k": "size=k - 1"}, "too few or too many"),
        ({"rng.choice": "np.random.choice"}, "Two generators with the same seed gave"),
        (
            {"np.flatnonzero(labels == c)": "np.arange((labels == c).sum()) + 12 * c"},
            "or only among",
        ),
        ({"concatenate(chosen)": "stack(chosen)"}, "has shape (4, 5); one flat"),
        ({"concatenate(chosen)": "concatenate(chosen) + 1.0"}, "whole numbers are right"),
        ({"concatenate(chosen)": "concatenate(chosen) + 45"}, "0 to 47 are allowed"),
        (
            {"np.concatenate(chosen)": "np.isin(np.arange(48), np.concatenate(chosen))"},
            "bool values",
        ),
    ),
    "01.2": (
        ({"0.975, n - 1": "0.975, n"}, "for `halfwidth`"),
        ({"return np.mean(accuracies), ": "return "}, "is a number"),
    ),
    "01.3": (
        ({'float("inf")': "0"}, "This curve never reaches its goal (1 point)"),
        ({'"inf"': '"nan"'}, "This curve never reaches its goal"),
        (  # a wrong time, and one where there is none: right in neither way, so no point
            {
                'seconds[reached[0]] if len(reached) else float("inf")': "1 + "
                "seconds[np.argmax(accuracies >= goal)]"
            },
            "The value is not right",
        ),
    ),
}


def right_01_1_shuffle_then_count(labels, k, rng):
    taken, chosen = {}, []
    for i in rng.permutation(len(labels)):
        if taken.setdefault(int(labels[i]), 0) < k:
            taken[int(labels[i])] += 1
            chosen.append(int(i))
    return chosen


def wrong_01_1_first_k(labels, k, rng):
    """always the first 5 of each class"""
    return np.concatenate([np.where(labels == c)[0][:k] for c in np.unique(labels)])


def wrong_01_1_k_in_all(labels, k, rng):
    """These are 5 examples in all, from any class."""
    return rng.choice(len(labels), size=k, replace=False)


def wrong_01_1_own_generator(labels, k, rng):
    """4 different seeds gave one and the same draw."""
    return right_01_1_shuffle_then_count(labels, k, np.random.default_rng(0))


def raised_01_1_ten_classes(labels, k, rng):
    """labels: int32 array (45,); k = 4"""
    return np.concatenate(
        [rng.choice(np.where(labels == c)[0], k, replace=False) for c in range(4)]
    )


def right_01_2_interval_by_scipy(accuracies):
    mean = sum(accuracies) / len(accuracies)
    low, high = stats.t.interval(0.95, len(accuracies) - 1, loc=mean, scale=stats.sem(accuracies))
    return [mean, (high - low) / 2]


def right_01_2_in_an_array(accuracies):
    return np.array(right_01_2_interval_by_scipy(accuracies), "float32")


def wrong_01_2_swapped_in_an_array(accuracies):
    """The two numbers are swapped"""
    return np.array(right_01_2_interval_by_scipy(accuracies)[::-1])


def right_01_3_with_a_loop(seconds, accuracies, goal):
    for time, accuracy in zip(seconds, accuracies, strict=True):
        if accuracy >= goal:
            return time
    return float("inf")


def wrong_01_3_argmax_without_asking(seconds, accuracies, goal):
    """This curve never reaches its goal (1 point)"""
    return seconds[np.argmax(accuracies >= goal)]


def wrong_01_3_best(seconds, accuracies, goal):
    """the time of the best accuracy"""
    return seconds[accuracies.argmax()] if accuracies.max() >= goal else np.inf


def wrong_01_3_falls_off_the_end(seconds, accuracies, goal):
    """Every way through the function must end in a `return`"""
    for time, accuracy in zip(seconds, accuracies, strict=True):
        if accuracy >= goal:
            return time
