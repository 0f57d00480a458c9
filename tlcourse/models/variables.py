"""Copy variable values between models."""

import numpy as np

from tlcourse.arguments import verb


@verb
def values_of(variables):
    """Copy the values of variables.

    Args:
        variables: list of `keras.Variable`.

    Returns:
        List of arrays with memory of their own, of the variables' shapes and dtypes.
    """
    # Not np.array alone, nor get_weights: both ask a Keras variable for a keyword that it lacks.
    return [np.array(np.asarray(variable)) for variable in variables]


@verb
def hand_over(variables, to):
    """Give variables the values of others.

    Args:
        variables: list of `keras.Variable`, whose values are read.
        to: list of as many, of the same shapes; those that are the same are passed over.
    """
    for variable, receiver in zip(variables, to, strict=True):
        if variable is not receiver:
            receiver.assign(np.asarray(variable))
