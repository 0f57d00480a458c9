"""Answers to exercise 00.1, as learners write them; `test_answers` says how they are named."""

import keras
import numpy as np

SLIPS = {
    "00.1": (
        ({"np.mean(predictions == labels)": "predictions == labels"}, "is an array of shape"),
    ),
}


def right_00_1_with_a_loop(logits, labels):
    right = 0
    for row, label in zip(logits, labels, strict=True):
        if list(row).index(max(row)) == label:
            right += 1
    return right / len(labels)


def right_00_1_with_keras(logits, labels):
    predictions = keras.ops.argmax(logits, axis=-1)
    hits = keras.ops.equal(predictions, keras.ops.cast(labels, predictions.dtype))
    return keras.ops.mean(keras.ops.cast(hits, "float32"))


def wrong_00_1_per_cent(logits, labels):
    """This is the accuracy in per cent."""
    return round(100 * np.mean(np.argmax(logits, 1) == labels), 2)
