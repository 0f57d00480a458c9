"""Compare plain data with the expected value, and explain the first difference."""

import numpy as np

from tlcourse.exercises.describe import describe, number
from tlcourse.exercises.exercise import Diagnosis

__all__ = ["compare_values", "named"]


def compare_values(expected, got, *, name="", rtol=1e-5, atol=1e-7):
    """Compare two pieces of plain data; numbers may differ by `atol + rtol * |expected|`.

    Whole numbers are accepted where floats are expected, and lists of numbers where an array is.

    Args:
        expected: plain data that is right.
        got: plain data to judge.
        name: what the message calls the value, when it is a part of the answer.
        rtol: relative tolerance.
        atol: absolute tolerance.

    Returns:
        None when they agree, else a Diagnosis of the first difference.

    Example:
        >>> compare_values(0.5, 50.0).seen
        'Your answer gives 50, and 0.5 is right.'
        >>> compare_values(np.array([1, 2]), [1, 2]) is None
        True
    """
    return _compare(expected, got, name, rtol, atol)


def named(*, atol=1e-7, **rtol):
    """Make a comparison of a fixed number of values, each called by a name in messages.

    Args:
        atol: absolute tolerance of all.
        **rtol: name of each value, in order, to its relative tolerance.

    Returns:
        Function (expected, got) that gives None or a Diagnosis, as `Exercise.compare` does.

    Example:
        >>> named(mean=0.01, halfwidth=0.01)([2.0, 1.0], [2.0, 1.5]).seen
        'Your answer gives 1.5 for `halfwidth`, and 1 is right.'
    """

    def compare(expected, got):
        if isinstance(got, np.ndarray) and got.ndim == 1:
            got = got.tolist()
        if not isinstance(got, list) or len(got) != len(rtol):
            return compare_values(expected, got)
        parts = zip(rtol.items(), expected, got, strict=True)
        return _first(
            compare_values(right, part, name=name, rtol=tolerance, atol=atol)
            for (name, tolerance), right, part in parts
        )

    return compare


def _compare(expected, got, where, rtol, atol):
    if isinstance(expected, np.ndarray):
        return _compare_arrays(expected, got, where, rtol, atol)
    if isinstance(expected, list):
        return _compare_lists(expected, got, where, rtol, atol)
    if isinstance(expected, dict):
        return _compare_dicts(expected, got, where, rtol, atol)
    if isinstance(expected, bool | str):
        if type(got) is type(expected):
            return None if got == expected else _value(expected, got, where)
        return _type(expected, got, where)
    if isinstance(got, bool) or not isinstance(got, int | float):
        return _type(expected, got, where)
    return None if _close(expected, got, rtol, atol) else _value(expected, got, where)


def _compare_arrays(expected, got, where, rtol, atol):
    if isinstance(got, list):
        got = _array_of_numbers(got)
    if not isinstance(got, np.ndarray):
        return _type(expected, got, where)
    if got.shape != expected.shape:
        return Diagnosis(
            f"{_begin(where)} has shape {got.shape}, and {expected.shape} is right.",
            "The values cannot be compared before the shape is right.",
            "Print the shape after each step: which step changes it in a way you did not expect?",
        )
    if _kind(got) != _kind(expected) and _kind(expected) != "numbers":
        return Diagnosis(
            f"{_begin(where)} holds {_kind(got)} (dtype {got.dtype}), "
            f"and {_kind(expected)} are right.",
            "The values have the wrong type.",
            "Look at the operation that makes the array: which type does it return?",
        )
    wrong = ~np.isclose(got, expected, rtol=rtol, atol=atol, equal_nan=True)
    if not wrong.any():
        return None
    first = tuple(int(i) for i in np.argwhere(wrong)[0])
    return _value(
        expected[first].item(),
        got[first].item(),
        f"{where}{list(first)}",
        f" In all, {wrong.sum()} of {wrong.size} values differ." if wrong.size > 1 else "",
    )


def _compare_lists(expected, got, where, rtol, atol):
    if isinstance(got, np.ndarray) and len(got) == len(expected):
        got = list(got)
    if not isinstance(got, list):
        return _type(expected, got, where)
    if len(got) != len(expected):
        return Diagnosis(
            f"{_begin(where)} has {_count(len(got))}, and {len(expected)} are right.",
            "A part is missing, or there is one too many.",
            "Compare your `return` with the question: what must come back, and in which order?",
        )
    pairs = zip(expected, got, strict=True)
    return _first(
        _compare(e, _scalar(g), f"{where}[{i}]", rtol, atol) for i, (e, g) in enumerate(pairs)
    )


def _compare_dicts(expected, got, where, rtol, atol):
    if not isinstance(got, dict):
        return _type(expected, got, where)
    if set(got) != set(expected):
        missing = sorted(set(expected) - set(got))
        extra = sorted(set(got) - set(expected))
        said = [
            f"{label} {', '.join(map(repr, keys))}"
            for label, keys in (("lacks", missing), ("should not have", extra))
            if keys
        ]
        return Diagnosis(
            f"{_begin(where)} {' and '.join(said)}.",
            "The keys of the dict are not the ones asked for.",
            f"The keys must be {', '.join(map(repr, expected))}: is one misspelt?",
        )
    return _first(_compare(expected[k], got[k], f"{where}[{k!r}]", rtol, atol) for k in expected)


def _first(diagnoses):
    return next((diagnosis for diagnosis in diagnoses if diagnosis is not None), None)


def _close(expected, got, rtol, atol):
    return bool(np.isclose(got, expected, rtol=rtol, atol=atol, equal_nan=True))


def _scalar(value):
    return value.item() if isinstance(value, np.generic) else value


def _array_of_numbers(values):
    """Return the list as an array, or as it is when it is ragged or holds other things."""
    try:
        array = np.array(values)
    except ValueError:
        return values
    return array if array.dtype.kind in "biuf" else values


def _kind(array):
    return {"b": "True and False", "i": "whole numbers", "u": "whole numbers", "f": "numbers"}[
        array.dtype.kind
    ]


def _begin(where):
    return f"In your answer, `{where}`" if where else "Your answer"


def _at(where):
    if not where:
        return ""
    return f" at index {where}" if where.startswith("[") else f" for `{where}`"


def _count(n):
    return "1 part" if n == 1 else f"{n} parts"


def _type_name(value):
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if isinstance(value, list):
        return f"a list of {_count(len(value))}"
    names = {bool: "a truth value", int: "a number", float: "a number", str: "text", dict: "a dict"}
    return names[type(value)]


def _type(expected, got, where):
    if isinstance(got, list) and len(got) == 1 and isinstance(expected, int | float):
        look = "Is there a comma behind the returned value? It makes a tuple of one."
    else:
        look = "Print what your function returns, and compare it with `Returns` in the question."
    return Diagnosis(
        f"{_begin(where)} is {_type_name(got)} ({describe(got)}), "
        f"and {_type_name(expected)} is right.",
        "It is the wrong kind of thing.",
        look,
    )


def _value(expected, got, where, more=""):
    digits = 4
    while digits < 17 and _text(expected, digits) == _text(got, digits):
        digits += 1
    means, look = "The value is not right.", "Work the first difference out by hand, step by step."
    if isinstance(got, float) and not np.isfinite(got):
        means = f"A value became {number(got)}."
        look = "Where can a division by zero, a log of zero or an overflow happen?"
    return Diagnosis(
        f"Your answer gives {_text(got, digits)}{_at(where)}, "
        f"and {_text(expected, digits)} is right.{more}",
        means,
        look,
    )


def _text(value, digits):
    return repr(value) if isinstance(value, str) else number(value, digits=digits)
