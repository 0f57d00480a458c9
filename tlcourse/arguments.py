"""The one place that validates plain arguments: numbers, counts, shares, choices, seeds."""

import math
from numbers import Real


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
