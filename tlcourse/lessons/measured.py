"""Format a measured value for a sentence and for JSON.

A value is a number, a sequence of numbers (one per seed), an interval (an object
with `mean`, `low` and `high`), a dict of these, or a string.
"""

import math
from collections.abc import Mapping
from numbers import Integral


class Shown:
    """A measured value that supports format specifications in a sentence."""

    def __init__(self, value):
        self._value = value

    def __format__(self, spec):
        value = self._value
        if isinstance(value, str):
            return format(value, spec)
        if isinstance(value, Mapping):
            return ", ".join(f"{key} {format(Shown(part), spec)}" for key, part in value.items())
        if _is_interval(value):
            mean, low, high = (_number(part, spec) for part in _ends(value))
            return f"{mean} [{low}, {high}]"
        numbers = _numbers(value)
        if numbers is None:
            return _number(value, spec)
        if not numbers:
            return "nothing"
        mean = sum(numbers) / len(numbers)
        mean, low, high = (_number(part, spec) for part in (mean, min(numbers), max(numbers)))
        return f"{mean} ({low} to {high} over {len(numbers)} runs)" if len(numbers) > 1 else mean

    def __str__(self):
        return format(self, "")

    def __getitem__(self, key):
        return Shown(self._value[key])

    def __getattr__(self, name):
        return Shown(getattr(self._value, name))


def plain(value):
    """Return the value as JSON data; numbers that JSON lacks (NaN, infinity) become None."""
    if isinstance(value, (str, bool)):
        return value
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if _is_interval(value):
        return dict(zip(("mean", "low", "high"), map(plain, _ends(value)), strict=True))
    numbers = _numbers(value)
    if numbers is not None:
        return [plain(number) for number in numbers]
    return float(value) if math.isfinite(value) else None


def has_nan(value) -> bool:
    """Tell whether a NaN is anywhere in the value."""
    if isinstance(value, str):
        return False
    if isinstance(value, Mapping):
        return any(has_nan(part) for part in value.values())
    if _is_interval(value):
        return any(math.isnan(part) for part in _ends(value))
    numbers = _numbers(value)
    return any(math.isnan(number) for number in ([value] if numbers is None else numbers))


def _number(value, spec):
    if isinstance(value, Integral):
        return format(value, spec)
    return format(float(value), spec or ".4g")


def _numbers(value):
    """Return the numbers of a sequence or array as floats, or None for a single number."""
    if getattr(value, "shape", None) == () or not hasattr(value, "__len__"):
        return None
    return [float(number) for number in (value.ravel() if hasattr(value, "ravel") else value)]


def _is_interval(value):
    return all(hasattr(value, end) for end in ("mean", "low", "high"))


def _ends(interval):
    return interval.mean, interval.low, interval.high
