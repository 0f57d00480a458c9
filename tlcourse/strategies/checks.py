"""What must hold of settings that several strategies take."""

import math


def check_strength(strength, name):
    """Checks the weight of a term beside the cross-entropy.

    Args:
        strength: what came.
        name: str, the argument.

    Raises:
        ValueError: unless it is a finite number, at least 0.
    """
    number = isinstance(strength, (int, float)) and not isinstance(strength, bool)
    if not number or not 0 <= strength < math.inf:
        raise ValueError(f"`{name}` must be a finite number, at least 0; got {strength!r}.")


def check_count(count, name):
    """Checks a whole number, such as a rank or a width.

    Args:
        count: what came.
        name: str, the argument.

    Raises:
        ValueError: unless it is a whole number, at least 1.
    """
    if not isinstance(count, int) or isinstance(count, bool) or count < 1:
        raise ValueError(f"`{name}` must be a whole number, at least 1; got {count!r}.")
