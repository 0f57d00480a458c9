"""Exercise of lesson 00: a toy, to learn check, hint and solution with."""

import numpy as np

from tlcourse.exercises.exercise import Exercise, Mistake
from tlcourse.exercises.judging import compare_values

_MEAN = "np.mean(predictions == labels)"


def _cases(rng):
    """As many rows as classes first: there, the argmax over the wrong axis raises nothing."""
    uneven = [_logits_and_labels(rng, n, k) for n, k in ((50, 4), (1, 3))]
    return [_square(rng), _not_round(rng), *uneven]


def _not_round(rng, n=47):
    """Draw until four digits do not tell the accuracy."""
    while True:
        logits, labels = _logits_and_labels(rng, n, 12)
        right = np.mean(logits.argmax(axis=1) == labels)
        if abs(round(right, 4) - right) > 2e-5:
            return logits, labels


def _square(rng, n=23):
    """Draw until no two of the usual mistakes, nor the right answer, give the same number.

    So many rows that slips of other kinds seldom give one of these numbers.
    """
    while True:
        logits, labels = _logits_and_labels(rng, n, n)
        given = [
            int((predictions == labels).sum())
            for predictions in (logits.argmax(axis=1), logits.argmax(axis=0), logits.argmax())
        ]
        right = given[0]
        after_one = int(logits[0].argmax() == labels[0])
        if right not in (0, n / 2, n) and len({*given, n - right, after_one}) == 5:
            return logits, labels


def _logits_and_labels(rng, n, k):
    """Logits that are right for about half of the rows, some of them negative throughout."""
    logits = rng.normal(-1.0, 2.0, size=(n, k)).astype(np.float32)
    labels = np.where(rng.random(n) < 0.5, logits.argmax(axis=1), rng.integers(0, k, size=n))
    return logits, labels.astype(np.int32)


ACCURACY = Exercise(
    "00.1",
    cases=_cases,
    compare=compare_values,
    mistakes=(
        Mistake(
            "This is the accuracy in per cent.",
            "Return the fraction itself, between 0 and 1: no factor of 100.",
            {"np.mean": "100 * np.mean"},
        ),
        Mistake(
            "This is the error rate: the fraction of rows that are wrong.",
            "Count the rows where the prediction and the label are equal (`==`, not `!=`).",
            {"predictions == labels": "predictions != labels"},
        ),
        Mistake(
            "This is how many rows are right, not which fraction of them.",
            "Divide by the number of rows, or take the mean in place of the sum.",
            {"np.mean": "np.sum"},
        ),
        Mistake(
            "`argmax` without an axis gives one position in the whole array, not one for each row.",
            "Each row is one example: `argmax` must run over the classes, `axis=1`.",
            {", axis=1": ""},
        ),
        Mistake(
            "The value is right, but it was rounded.",
            "Return it as it is, and round where you print it.",
            {_MEAN: f"round(float({_MEAN}), 2)"},
        ),
        Mistake(
            "The value is right, but it was rounded.",
            "Return it as it is, and round where you print it.",
            {_MEAN: f"round(float({_MEAN}), 4)"},
        ),
        Mistake(
            "This is the accuracy in per cent, rounded.",
            "Return the fraction itself, between 0 and 1, as it is.",
            {_MEAN: f"round(100 * float({_MEAN}))"},
        ),
        Mistake(
            "Only the first row was looked at: the function returned inside its loop.",
            "Return after the loop, when all rows are counted.",
            {_MEAN: "np.mean(predictions[:1] == labels[:1]) / len(labels)"},
        ),
        Mistake(
            "The largest logit was sought in each column, over the examples.",
            "Each row is one example: `argmax` must run over the classes, `axis=1`.",
            {"axis=1": "axis=0"},
        ),
    ),
    hints=(
        "The predicted class of a row is the position of its largest logit.",
        "`np.argmax` finds it, and takes an `axis`: along which one do the classes lie?",
        "Compare the predictions with `labels`: the mean of True and False is a fraction.",
    ),
)

EXERCISES = (ACCURACY,)
