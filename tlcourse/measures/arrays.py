"""Validation of features, labels, probabilities and accuracies."""

import numpy as np

from tlcourse.domains import check_labels
from tlcourse.errors import BadArgument


def check_features(features, name, *, least=2):
    """Check that features are one row of finite numbers per example.

    Args:
        features: array-like (n, d).
        name: str, the argument to name in the message.
        least: int, minimum number of rows.

    Returns:
        float64 array (n, d).

    Raises:
        ValueError: for another shape, too few rows, no columns, NaN or infinity.
    """
    features = numbers(features, name)
    if features.ndim != 2 or len(features) < least or features.shape[1] == 0:
        raise BadArgument(
            f"`{name}` must have shape (n, d), at least {least} rows; got {features.shape}."
        )
    _check_finite(features, name, "example")
    return features


def check_classes(labels, n_examples, name, x_name):
    """Check that labels name at least 2 classes, and count those from 0.

    Args:
        labels: array-like (n,).
        n_examples: int, how many there must be.
        name: str, the argument to name in the message.
        x_name: str, the argument that holds the examples.

    Returns:
        Pair: int array (n,) in 0 to n_classes - 1, and n_classes (int). Unused ids are left
        out.

    Raises:
        ValueError: if they are not whole numbers from 0, not one per example, or all the same.
    """
    labels = np.asarray(labels)
    check_labels(labels, n_examples, None, name, x_name)
    names, classes = np.unique(labels, return_inverse=True)
    if names.size < 2:
        raise BadArgument(f"`{name}` must name at least 2 classes; all are {names[0]}.")
    return classes, int(names.size)


def check_probs(probs, name):
    """Check that each row is a probability of every class.

    Args:
        probs: array-like (n, n_classes).
        name: str, the argument to name in the message.

    Returns:
        float64 array (n, n_classes), n >= 1 and n_classes >= 2.

    Raises:
        ValueError: for another shape, a negative number, NaN, or a row whose sum is not 1
            (within 0.001, for half precision).
    """
    probs = numbers(probs, name)
    if probs.ndim != 2 or len(probs) == 0 or probs.shape[1] < 2:
        raise BadArgument(
            f"`{name}` must have shape (n, n_classes), at least 1 row and 2 classes; "
            f"got {probs.shape}."
        )
    _check_finite(probs, name, "example")
    if probs.min() < 0:
        raise BadArgument(
            f"`{name}` must be probabilities, none below 0; got {probs.min():.4g}. "
            "`keras.ops.softmax` makes them of logits."
        )
    sums = probs.sum(axis=1)
    worst = int(np.argmax(abs(sums - 1)))
    if abs(sums[worst] - 1) > 1e-3:
        raise BadArgument(
            f"`{name}` must sum to 1 in each row; row {worst} sums to {sums[worst]:.4g}. "
            "`keras.ops.softmax` makes probabilities of logits."
        )
    return probs


def check_values(values, name, *, least, n=None):
    """Check that values are a flat row of finite numbers.

    Args:
        values: array-like (n,).
        name: str, the argument to name in the message.
        least: int, minimum number of values.
        n: int, required number of values; None allows any number from `least`.

    Returns:
        float64 array (n,).

    Raises:
        ValueError: for another shape, too few numbers, NaN or infinity.
    """
    values = numbers(values, name)
    if n is not None and values.shape != (n,):
        raise BadArgument(f"`{name}` must have shape ({n},); got {values.shape}.")
    if values.ndim != 1 or values.size < least:
        raise BadArgument(f"`{name}` must have shape (n,), n >= {least}; got {values.shape}.")
    _check_finite(values, name, "number")
    return values


def check_accuracies(values, name, *, n=None):
    """Check that values are accuracies of at least 2 seeds.

    Args:
        values: array-like (n,).
        name: str, the argument to name in the message.
        n: int, required number of values; None allows any number from 2.

    Returns:
        float64 array (n,), in [0, 1].

    Raises:
        ValueError: for another shape, fewer than 2, NaN, or a number outside [0, 1].
    """
    values = check_values(values, name, least=2, n=n)
    outside = values[(values < 0) | (values > 1)]
    if outside.size:
        raise BadArgument(f"`{name}` must be accuracies in [0, 1]; got {outside[0]:.4g}.")
    return values


def check_same_width(features, like, name, like_name):
    """Raise ValueError unless two feature arrays have the same number of columns."""
    if features.shape[1] != like.shape[1]:
        raise BadArgument(
            f"`{name}` must have shape (n, {like.shape[1]}) like `{like_name}`; "
            f"got {features.shape}."
        )


def numbers(values, name):
    """Turn values into an array of numbers.

    Args:
        values: array-like.
        name: str, the argument to name in the message.

    Returns:
        float64 array of the same shape.

    Raises:
        ValueError: for what holds no numbers, or rows of different lengths.
    """
    try:
        return np.asarray(values, dtype="float64")
    except (TypeError, ValueError) as error:
        raise BadArgument(
            f"`{name}` must be an array of numbers; got {type(values).__name__} ({error})."
        ) from error


def _check_finite(values, name, one):
    if not np.isfinite(values).all():
        raise BadArgument(
            f"`{name}` must be finite; {one} {int(np.argwhere(~np.isfinite(values))[0, 0])} "
            f"{'holds' if values.ndim > 1 else 'is'} NaN or infinity."
        )
