"""Comparison of plain data: what is equal, and how a difference is told."""

import re

import numpy as np
import pytest

from tlcourse.exercises.judging.comparison import compare_values

FLOATS = np.array([[0.0, 1.0], [2.0, 3.0]])


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        (1.0, 1),
        (1.0, 1.0 + 1e-6),
        (float("inf"), float("inf")),
        (float("nan"), float("nan")),
        (True, True),
        ("a", "a"),
        ([1.0, "a"], [1.0, "a"]),
        ([1.0, 2.0], np.array([1.0, 2.0])),
        ({"a": 1, "b": FLOATS}, {"b": FLOATS, "a": 1}),
        (FLOATS, FLOATS.astype(int)),
        (FLOATS, FLOATS.tolist()),
        (np.array([1, 2], np.int32), np.array([1, 2], np.int64)),
        (np.array([np.nan, 1.0]), np.array([np.nan, 1.0])),
    ],
)
def test_equal(expected, got):
    assert compare_values(expected, got) is None


@pytest.mark.parametrize(
    ("expected", "got", "seen"),
    [
        (0.5, 50.0, "Your answer gives 50, and 0.5 is right."),
        (0.123456, 0.123466, "Your answer gives 0.12347, and 0.12346 is right."),
        (float("inf"), 3.0, "Your answer gives 3, and inf is right."),
        (3.0, float("inf"), "gives inf, and 3 is right."),
        (1.0, True, r"is a truth value \(True\), and a number is right."),
        (True, 1, r"is a number \(1\), and a truth value is right."),
        ("a", "b", "gives 'b', and 'a' is right."),
        ("a", 1, "and text is right."),
        (1.0, np.array([1.0]), r"is an array of shape \(1,\) \(\[1\]\), and a number is right."),
        (1.0, [1.0], r"is a list of 1 part \(\[1\]\), and a number is right."),
        (FLOATS, 1.0, r"and an array of shape \(2, 2\) is right."),
        (FLOATS, FLOATS[0], r"has shape \(2,\), and \(2, 2\) is right."),
        (FLOATS, [[1.0], [1.0, 2.0]], r"is a list of 2 parts"),
        (np.array([1, 2]), np.array([1.0, 2.0]), r"holds numbers \(dtype float64\), and whole"),
        (np.array([True]), np.array([1]), "holds whole numbers .* and True and False are right"),
        ([1, 2], np.array([1.0]), r"is an array of shape \(1,\)"),
        ([1, 2], [1], "has 1 part, and 2 are right"),
        ([1, 2], 1, "and a list of 2 parts is right"),
        ([1, 2], [1, 3], r"gives 3 at index \[1\], and 2 is right."),
        ({"a": 1}, {"b": 1}, "lacks 'a' and should not have 'b'"),
        ({"a": 1}, 1, "and a dict is right"),
        ({"a": [1]}, {"a": [2]}, r"gives 2 for `x\['a'\]\[0\]`"),
    ],
)
def test_difference_is_told_with_both_values(expected, got, seen):
    name = "x" if isinstance(got, dict) and got.get("a") == [2] else ""
    diagnosis = compare_values(expected, got, name=name)
    assert diagnosis is not None
    assert re.search(seen, diagnosis.seen), diagnosis.seen


def test_the_first_differing_index_and_how_many_differ():
    got = FLOATS.copy()
    got[0, 1], got[1, 0] = 9.0, 9.0
    seen = compare_values(FLOATS, got).seen
    assert seen == (
        "Your answer gives 9 at index [0, 1], and 1 is right. In all, 2 of 4 values differ."
    )


def test_a_nan_is_named_and_explained():
    got = FLOATS.copy()
    got[1, 1] = np.nan
    diagnosis = compare_values(FLOATS, got, name="train")
    assert diagnosis.seen.startswith("Your answer gives nan for `train[1, 1]`, and 3 is right.")
    assert diagnosis.means == "A value became nan."
    assert "division by zero" in diagnosis.look


def test_tolerances_are_of_the_expected_value():
    assert compare_values(100.0, 100.9, rtol=0.01) is None
    assert compare_values(100.0, 101.1, rtol=0.01) is not None
    assert compare_values(0.0, 0.009, rtol=0, atol=0.01) is None
    assert compare_values(0.0, 0.011, rtol=0, atol=0.01) is not None
