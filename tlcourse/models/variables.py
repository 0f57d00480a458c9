"""Copy variable values between models."""

import numpy as np

from tlcourse.arguments import verb


@verb
def values_of(variables):
    """Copy the values of variables.

    Args:
        variables: list of `keras.Variable`.

    Returns:
        List of arrays that own their memory, with the variables' shapes and dtypes.
    """
    # Neither np.array alone nor get_weights: both pass a keyword that Keras variables lack.
    return [np.array(np.asarray(variable)) for variable in variables]


@verb
def hand_over(variables, to):
    """Give variables the values of others.

    Args:
        variables: list of `keras.Variable` to read.
        to: list of as many, with the same shapes; variables in both places are skipped.
    """
    for variable, receiver in zip(variables, to, strict=True):
        if variable is not receiver:
            receiver.assign(np.asarray(variable))
