"""Exercise of lesson 01: draw shots, class by class and fairly."""

import numpy as np

from tlcourse.exercises.exercise import Diagnosis, Exercise
from tlcourse.exercises.observers import draws_with_seeds

# 01.1  draw_shots(labels, k, rng): many draws are right, so their properties are judged


def _labels_and_seeds(rng):
    """Draw labels in no order; the last case has classes that do not begin at 0.

    A case is (labels, k, seeds), where the first seed comes twice. There are so many seeds, and so
    few examples in a class, that a fair draw takes every two of a class together now and then.
    """
    first, *others = (int(seed) for seed in rng.integers(0, 2**31, size=150))
    seeds = [first, first, *others]
    balanced = rng.permutation(np.repeat([0, 1, 2, 3], 12)).astype(np.int32)
    uneven = rng.permutation(np.repeat([1, 4, 7], [9, 6, 10])).astype(np.int32)
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
        whole = draw.dtype.kind == "f" and np.array_equal(draw, np.floor(draw))
        return Diagnosis(
            f"Your answer holds {draw.dtype} values; whole numbers are right.",
            "An index says at which position of `labels` an example stands; `labels[1.0]` is an "
            "error.",
            "`np.flatnonzero(labels == c)` gives such positions. If you began with `np.array([])`: "
            "that is an array of floats; begin with a list.",
            credit=0.5
            if whole
            and _judge_form(draw.astype(int), labels, k) is None
            and _judge_classes(draw.astype(int), labels, k) is None
            else 0.0,
        )
    if draw.size and not (draw.min() >= 0 and draw.max() < len(labels)):
        return Diagnosis(
            f"Your indices run from {draw.min()} to {draw.max()}; "
            f"0 to {len(labels) - 1} are allowed.",
            "Some do not point at an example.",
            "An index counts positions in `labels`, and the first one is 0.",
        )
    if len(np.unique(draw)) < len(draw) and set(draw.tolist()) <= set(labels.tolist()):
        return Diagnosis(
            f"Your answer holds only the numbers {np.unique(draw).tolist()}.",
            "These are labels of the examples, not their positions.",
            "Choose among `np.flatnonzero(labels == c)`, and return what you chose.",
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
        return _judge_fairness(draws[1:], labels)
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


def _judge_fairness(draws, labels):
    """Every example must be drawn now and then, and every two of a class together."""
    drawn = np.zeros((len(draws), len(labels)), dtype=int)
    for row, draw in zip(drawn, draws, strict=True):
        row[draw] = 1
    together = drawn.T @ drawn
    for c in np.unique(labels):
        members = np.flatnonzero(labels == c)
        pairs = together[np.ix_(members, members)]
        never = int((np.diag(pairs) == 0).sum())
        if never:
            return Diagnosis(
                f"In {len(draws)} draws, {never} of the {len(members)} examples of class {c} "
                "never came.",
                "Some examples cannot be drawn: the choice is not among all of the class.",
                "Choose from all positions of the class, and of every class: "
                "`rng.choice(positions, size=k, replace=False)`.",
            )
        if not pairs.all():
            return Diagnosis(
                f"In {len(draws)} draws, two examples of class {c} never came together.",
                "The examples of one draw depend on each other, as neighbours in a block do.",
                "Choose each of the k on its own: `rng.choice(positions, size=k, replace=False)`.",
            )
    return None


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
