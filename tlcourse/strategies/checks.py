"""What must hold of settings that several strategies take."""

import math

import numpy as np

from tlcourse.domains import DomainPair


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


def whole_seed(seed):
    """Checks a seed.

    Args:
        seed: what came.

    Returns:
        Int.

    Raises:
        ValueError: unless it is a whole number that numpy's and Keras's generators take.
    """
    whole = isinstance(seed, (int, np.integer)) and not isinstance(seed, bool)
    if not whole or not 0 <= seed < 2**32:
        raise ValueError(f"`seed` must be a whole number, 0 to 2**32 - 1; got {seed!r}.")
    return int(seed)


def check_same_classes(data):
    """Checks what a strategy without target labels is given.

    Args:
        data: what came.

    Raises:
        ValueError: unless it is a `DomainPair` whose domains have the same classes.
    """
    if not isinstance(data, DomainPair) or not data.same_classes:
        raise ValueError(
            f"`data` must be a DomainPair with the same classes in both domains; got {data!r}."
        )
