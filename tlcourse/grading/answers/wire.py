"""Serialise plain data between trusted and untrusted processes.

JSON with three tags: {"f": hex} is a float (exact, inf and nan too), {"d": {...}} a dict, and
{"a": dtype, "s": shape, "b": base64} an array. Decoding runs no code and rejects whatever does not
match the tags exactly.
"""

import base64
import binascii
import json
import math

import numpy as np

__all__ = ["WireError", "decode", "encode"]

_DTYPES = {np.dtype(name).str for name in ("?", "b", "B", "h", "H", "i", "I", "q", "Q", "f", "d")}
_DEEPEST = 20


class WireError(ValueError):
    """The text is not plain data; the message says why in a few words."""


def encode(value):
    """Write plain data as text.

    Args:
        value: plain data, see `tlcourse.exercises.plain`.

    Returns:
        Str, ASCII only.

    Example:
        >>> encode([1, "a", True])
        '[1, "a", true]'
        >>> decode(encode({"x": float("inf")}))
        {'x': inf}
    """
    return json.dumps(_marked(value))


def decode(text, *, most=50_000_000):
    """Read plain data that `encode` wrote, or that pretends to be.

    Args:
        text: str, the encoded data.
        most: int, maximum number of characters.

    Returns:
        Plain data.

    Raises:
        WireError: if the text is longer than `most`, or not such data.
    """
    if not isinstance(text, str) or len(text) > most:
        raise WireError("it is too large" if isinstance(text, str) else "it is not text")
    try:
        return _plain(json.loads(text, parse_constant=_refuse), 0)
    except WireError:
        raise
    except (ValueError, TypeError, KeyError, RecursionError, OverflowError) as error:
        raise WireError("it is not plain data") from error


def _marked(value):
    if isinstance(value, np.ndarray):
        array = np.ascontiguousarray(value)
        packed = base64.b64encode(array.tobytes()).decode("ascii")
        return {"a": array.dtype.str, "s": list(array.shape), "b": packed}
    if isinstance(value, float):
        return {"f": value.hex()}
    if isinstance(value, list | tuple):
        return [_marked(item) for item in value]
    if isinstance(value, dict):
        return {"d": {key: _marked(item) for key, item in value.items()}}
    return value


def _plain(value, depth):
    if depth > _DEEPEST:
        raise WireError("it is nested too deeply")
    if isinstance(value, bool | int | str):
        return value
    if isinstance(value, list):
        return [_plain(item, depth + 1) for item in value]
    if isinstance(value, dict) and value.keys() == {"f"} and isinstance(value["f"], str):
        return float.fromhex(value["f"])
    if isinstance(value, dict) and value.keys() == {"d"} and isinstance(value["d"], dict):
        return {key: _plain(item, depth + 1) for key, item in value["d"].items()}
    if isinstance(value, dict) and value.keys() == {"a", "s", "b"}:
        return _array(value["a"], value["s"], value["b"])
    raise WireError("it is not plain data")


def _array(dtype, shape, packed):
    sizes_are_counts = isinstance(shape, list) and all(
        isinstance(size, int) and not isinstance(size, bool) and size >= 0 for size in shape
    )
    if dtype not in _DTYPES or not sizes_are_counts or not 1 <= len(shape) <= 8:
        raise WireError("it contains an array of an unknown kind")
    try:
        data = base64.b64decode(packed, validate=True)
    except (binascii.Error, TypeError, ValueError) as error:
        raise WireError("it contains an incomplete array") from error
    if len(data) != math.prod(shape) * np.dtype(dtype).itemsize:
        raise WireError("it contains an incomplete array")
    if np.dtype(dtype).kind == "b" and set(data) - {0, 1}:
        raise WireError("it contains an array of an unknown kind")
    return np.frombuffer(data, dtype=dtype).reshape(shape).copy()


def _refuse(name):
    raise WireError(f"it contains {name}")
