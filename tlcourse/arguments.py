"""The one place that validates plain arguments: numbers, counts, shares, choices, seeds."""

import math
from numbers import Integral, Real

from tlcourse.errors import UnknownName, near


def check_positive(value, name):
    """Checks a number above 0.

    Args:
        value: what came.
        name: str, the argument to name in the message.

    Raises:
        ValueError: unless it is one finite number > 0.
    """
    if not isinstance(value, Real) or not 0 < value < math.inf:
        raise ValueError(f"`{name}` must be a finite number > 0; got {value!r}.")


def check_number(value, name, *, above=None, at_least=None, below=None):
    """Check a finite number in a range.

    Args:
        value: number; those of NumPy count, True and False do not.
        name: str, the argument to name in the message.
        above: float, the open lower end, or None.
        at_least: float, the closed lower end, or None.
        below: float, the open upper end, or None.

    Raises:
        ValueError: that names the range.
    """
    number = isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)
    if (
        not number
        or (above is not None and not value > above)
        or (at_least is not None and not value >= at_least)
        or (below is not None and not value < below)
    ):
        if below is None:
            allowed = f"be a number > {above}" if at_least is None else f"be a number >= {at_least}"
        else:
            low = f"[{at_least}" if above is None else f"({above}"
            allowed = f"lie in {low}, {below})"
        raise ValueError(f"`{name}` must {allowed}; got {value!r}.")


def check_count(value, name, *, least=1):
    """Check a whole number.

    Args:
        value: int; those of NumPy count, True and False do not.
        name: str, the argument to name in the message.
        least: int, the smallest allowed.

    Raises:
        ValueError: unless it is a whole number, at least that.
    """
    if not isinstance(value, Integral) or isinstance(value, bool) or value < least:
        raise ValueError(f"`{name}` must be a whole number, at least {least}; got {value!r}.")


def check_choice(value, name, allowed):
    """Check that a value is one of a few.

    Args:
        value: str.
        name: str, the argument to name in the message.
        allowed: sequence of str.

    Raises:
        UnknownName: (a ValueError) that names them all, and the nearest.
    """
    if not isinstance(value, str) or value not in allowed:
        listed = ", ".join(map(repr, allowed))
        raise UnknownName(f"`{name}` must be one of {listed}; got {value!r}.{near(value, allowed)}")
