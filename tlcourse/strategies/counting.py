"""Count parameters."""

import math


def n_parameters(variables):
    """Count the numbers in variables.

    Args:
        variables: iterable of Keras variables.

    Returns:
        Int.
    """
    return sum(math.prod(variable.shape) for variable in variables)
