"""Plain data comes back as it was; what pretends to be plain data is refused."""

import json

import numpy as np
import pytest

from tlcourse.exercises.plain import plain
from tlcourse.grading.answers.wire import WireError, decode, encode


@pytest.mark.parametrize(
    "value",
    [
        True,
        7,
        -(2**70),
        "a\n\u2603\ud83d",
        0.1,
        float("inf"),
        [],
        {},
        {"d": {"f": 1.5}},
        [[1], "x"],
    ],
    ids=repr,
)
def test_values_come_back(value):
    found = decode(encode(value))
    assert found == value
    assert type(found) is type(value)


def test_not_a_number_comes_back():
    assert np.isnan(decode(encode(float("nan"))))


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint64", "float32", "float64", ">i4"])
@pytest.mark.parametrize("shape", [(3,), (2, 0), (2, 1, 3)])
def test_arrays_come_back_to_the_bit(dtype, shape, rng):
    array = (10 * rng.random(shape)).astype(dtype)
    if dtype == ">i4":
        with pytest.raises(WireError, match="unknown kind"):
            decode(encode(array))
        return
    found = decode(encode(plain(array)))
    np.testing.assert_array_equal(found, array)
    assert found.dtype == array.dtype
    assert found.flags.writeable


ARRAY = {"a": "<f4", "s": [2], "b": "AAAAAAAAAAA="}


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (None, "not plain data"),
        ({"x": 1}, "not plain data"),
        ({"f": 1.0}, "not plain data"),
        ({"f": "one"}, "not plain data"),
        ({"d": [1]}, "not plain data"),
        (1.5, "not plain data"),
        (ARRAY | {"a": "|O"}, "unknown kind"),
        (ARRAY | {"a": ["<f4"]}, "not plain data"),
        (ARRAY | {"s": [-1, -2]}, "unknown kind"),
        (ARRAY | {"s": [10**9]}, "incomplete array"),
        (ARRAY | {"s": []}, "unknown kind"),
        (ARRAY | {"s": [True, 2]}, "unknown kind"),
        (ARRAY | {"b": "AAAA"}, "incomplete array"),
        (ARRAY | {"b": "%%%%"}, "incomplete array"),
        (ARRAY | {"b": 5}, "incomplete array"),
        ({"a": "|b1", "s": [1], "b": "Ag=="}, "unknown kind"),
    ],
    ids=str,
)
def test_what_is_no_plain_data(document, why):
    with pytest.raises(WireError, match=why):
        decode(json.dumps(document))


def test_texts_that_are_no_json_at_all():
    for text in ("", "{", "NaN", "Infinity", "[" * 100_000, "9" * 10_000):
        with pytest.raises(WireError):
            decode(text)
    with pytest.raises(WireError, match="nested too deeply"):
        decode("[" * 30 + "]" * 30)
    with pytest.raises(WireError, match="too large"):
        decode("[1, 2]", most=5)
    with pytest.raises(WireError, match="not text"):
        decode(b"[]")
