"""Exercise of lesson 00: a toy, to learn check, hint and solution with."""

import numpy as np

from tlcourse.exercises.exercise import Exercise, Mistake
from tlcourse.exercises.judging import compare_values


def _cases(rng):
    """As many rows as classes first: there, the argmax over the wrong axis raises nothing."""
    return [_square(rng), _logits_and_labels(rng, 50, 4), _logits_and_labels(rng, 1, 3)]


def _square(rng, n=6):
    """Draw until no two of the usual mistakes, nor the right answer, give the same number."""
    while True:
        logits, labels = _logits_and_labels(rng, n, n)
        right = int((logits.argmax(axis=1) == labels).sum())
        along_rows = int((logits.argmax(axis=0) == labels).sum())
        if right not in (0, n / 2, n) and along_rows not in (right, n - right):
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
            "The largest logit was sought in each column, over the examples.",
            "Each row is one example: `argmax` must run over the classes, `axis=1`.",
            {"axis=1": "axis=0"},
        ),
    ),
    hints=(
        "The predicted class of a row is the position of its largest logit.",
        "`np.argmax(logits, axis=1)` gives one predicted class for each row.",
        "Compare the predictions with `labels`: the mean of True and False is a fraction.",
    ),
)

EXERCISES = (ACCURACY,)
