"""Descriptions of data in messages stay on one short line."""

import numpy as np
import pytest

from tlcourse.exercises.describe import describe, describe_case, number


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (np.array([1.0, 0.25]), "[1, 0.25]"),
        (np.arange(13), "int64 array (13,)"),
        (np.zeros((2, 2)), "float64 array (2, 2)"),
        ([1, [2.5]], "[1, [2.5]]"),
        (list(range(50)), "list of 50"),
        ({"a": 1, "b": 2}, "dict with 'a', 'b'"),
        ("x" * 100, repr("x" * 57 + "...")),
        (True, "True"),
        (float("nan"), "nan"),
    ],
)
def test_describe(value, text):
    assert describe(value) == text


def test_whole_numbers_are_written_in_full_and_floats_with_the_digits_asked_for():
    assert number(123456789) == "123456789"
    assert number(1 / 3, digits=6) == "0.333333"


def test_a_part_without_a_name_is_left_out():
    assert describe_case(("", "k"), (12345, 3)) == "k = 3"
