"""Plain data, the only form in which answers are compared.

Arrays, numbers, text, lists and dicts have no behaviour of their own, so a comparison of plain
data cannot be talked into anything (an object can bring its own `==`), and plain data can leave
the process that an answer ran in.
"""

import sys

import numpy as np

from tlcourse.errors import CourseError

__all__ = ["NotPlain", "plain"]


class NotPlain(CourseError, TypeError):  # noqa: N818 (it reads better)
    """An answer returned something that is not data; the message says what came."""


def plain(value):
    """Turn a result into plain data.

    Args:
        value: a number, text, array or tensor (NumPy, Keras or its backends), or lists, tuples
            and dicts (with str keys) of these.

    Returns:
        bool, int, float, str, list, dict, or an np.ndarray with at least one dimension whose
        dtype is bool, integer or float. Tuples become lists; an array without dimensions becomes
        a number.

    Raises:
        NotPlain: for anything else. The message begins with the word "returned".

    Example:
        >>> plain((np.float32(0.5), {"n": np.array(3)}))
        [0.5, {'n': 3}]
    """
    if value is None:
        raise NotPlain("returned None.")
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return float(value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return _plain_dict(value)
    return _plain_array(value)


def _plain_dict(value):
    for key in value:
        if not isinstance(key, str):
            raise NotPlain(f"returned a dict with the key {key!r}; every key must be a str.")
    return {str(key): plain(item) for key, item in value.items()}


def _plain_array(value):
    array = _as_array(value)
    if array.ndim == 0:
        return array.item()
    return array


def _as_array(value):
    keras = sys.modules.get("keras")  # a tensor cannot exist before Keras is imported
    if keras is not None and isinstance(value, keras.KerasTensor):
        raise NotPlain(
            "returned a symbolic KerasTensor, which has a shape but no values; "
            "call the model on real images."
        )
    if keras is not None and keras.ops.is_tensor(value):
        value = keras.ops.convert_to_numpy(value)
    elif not hasattr(value, "__array__"):
        raise NotPlain(f"returned {_a(type(value).__name__)}; numbers or arrays were asked for.")
    array = np.array(value, subok=False)
    if array.dtype.kind == "V" or (array.dtype.itemsize < 4 and array.dtype.kind == "f"):
        array = array.astype(np.float32)  # bfloat16 and float16: short forms of the same numbers
    if array.dtype.kind not in "biuf":
        raise NotPlain(f"returned an array of dtype {array.dtype}; it must hold numbers.")
    return array


def _a(noun):
    article = "an" if noun[:1].lower() in "aeiou" else "a"
    return f"{article} `{noun}`"
