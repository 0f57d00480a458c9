"""A domain of texts: one-dimensional, never blank, drawn and shown as images are."""

import numpy as np
import pytest

from tlcourse.domains import Domain

TEXTS = np.array(["good", "bad", "very good", "very bad indeed"])


def domain(**changes):
    given = {
        "name": "words",
        "x_train": TEXTS,
        "labels_train": [1, 0, 1, 0],
        "x_test": TEXTS[:2],
        "labels_test": [1, 0],
        "class_names": ("negative", "positive"),
    }
    return Domain(**given | changes)


def test_texts_stay_texts():
    texts = domain(x_test=["good", "bad"])
    assert texts.x_train.tolist() == TEXTS.tolist()
    assert texts.x_test.tolist() == ["good", "bad"]
    assert texts.input_shape == ()
    assert repr(texts) == "Domain('words': 4 train + 2 test, text, 2 classes)"


def test_shots_of_texts():
    x, labels = domain().shots(1, seed=2)
    assert sorted(labels) == [0, 1]
    assert all(("good" in text) == label for text, label in zip(x, labels, strict=True))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"x_train": TEXTS.reshape(2, 2)}, r"`x_train` must have shape \(n,\) .* got \(2, 2\)"),
        (
            {"x_train": ["a", "b", " \t", "d"]},
            "`x_train` must not hold blank texts; text 2 is blank",
        ),
        ({"x_test": ["", "b"]}, "`x_test` must not hold blank texts; text 0 is blank"),
        ({"x_test": np.array([], str)}, "`x_test` must hold at least one example"),
        ({"labels_train": [1, 0]}, r"`labels_train` must have shape \(4,\)"),
    ],
)
def test_what_is_no_text_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        domain(**changes)


def test_rows_of_tokens_stay_whole_numbers():
    tokens = np.arange(8, dtype="int32").reshape(4, 2)
    in_tokens = domain(x_train=tokens, x_test=tokens[:2])
    assert in_tokens.x_train.dtype == "int32"
    assert in_tokens.input_shape == (2,)
    with pytest.raises(ValueError, match="`x_train` must be float32; got int64"):
        domain(x_train=tokens.astype("int64"), x_test=tokens[:2])
