"""Exercise 00.1 `accuracy`: answers as learners write them, and what they are told."""

import keras
import numpy as np
import pytest

from tlcourse.exercises import check


def with_a_loop(logits, labels):
    right = 0
    for row, label in zip(logits, labels, strict=True):
        if list(row).index(max(row)) == label:
            right += 1
    return right / len(labels)


def with_keras(logits, labels):
    predictions = keras.ops.argmax(logits, axis=-1)
    hits = keras.ops.equal(predictions, keras.ops.cast(labels, predictions.dtype))
    return keras.ops.mean(keras.ops.cast(hits, "float32"))


@pytest.mark.parametrize("answer", [with_a_loop, with_keras])
def test_right_answers_written_differently(answer):
    assert check("00.1", answer).passed


def per_cent(logits, labels):
    return round(100 * np.mean(np.argmax(logits, 1) == labels), 2)


def error_rate(logits, labels):
    return np.mean(np.argmax(logits, axis=1) != labels)


def count(logits, labels):
    return sum(np.argmax(logits, axis=1) == labels)


def wrong_axis(logits, labels):
    return (logits.argmax(0) == labels).mean()


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (error_rate, "This is the error rate"),
        (count, "how many rows are right, not which fraction"),
        (wrong_axis, "The largest logit was sought in each column"),
        (lambda logits, labels: 100 * with_a_loop(logits, labels), "in per cent"),
        (per_cent, "Your answer gives 33.33, and 0.3333 is right."),
        (lambda logits, labels: np.argmax(logits, 1) == labels, "is an array of shape"),
    ],
)
def test_wrong_answers(answer, message):
    verdict = check("00.1", answer)
    assert verdict.status == "wrong"
    assert message in verdict.message
