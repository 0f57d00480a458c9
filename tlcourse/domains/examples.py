"""Validation of examples, labels and class names."""

import numpy as np

from tlcourse.errors import BadArgument


def check_examples(x, name):
    """Check examples: finite floats, non-blank texts, or rows of token ids.

    Args:
        x: array (n, ...).
        name: str, the argument to name in the message.

    Raises:
        ValueError: if there is none, or they are of none of these kinds.
    """
    if x.size == 0:
        raise BadArgument(f"`{name}` must hold at least one example; got shape {x.shape}.")
    if x.dtype.kind == "U":
        check_texts(x, name)
        return
    if x.dtype == np.int32 and x.ndim == 2:
        return  # token ids
    if x.dtype.kind != "f":
        raise BadArgument(f"`{name}` must be float32; got {x.dtype}.")
    if not np.isfinite(x).all():
        bad = int(np.argmin(np.isfinite(x.reshape(len(x), -1)).all(axis=1)))
        raise BadArgument(f"`{name}` must be finite; example {bad} holds NaN or infinity.")


def check_texts(x, name):
    """Raise ValueError unless x is a 1-D array of texts, none of them blank."""
    if x.ndim != 1:
        raise BadArgument(f"`{name}` must have shape (n,) when it holds texts; got {x.shape}.")
    blank = np.flatnonzero(np.strings.strip(x) == "")
    if blank.size:
        raise BadArgument(f"`{name}` must not hold blank texts; text {blank[0]} is blank.")


def check_labels(labels, n_examples, n_classes, name, x_name):
    """Raise ValueError unless labels are one whole number per example, in 0 to n_classes - 1.

    Args:
        labels: array to check.
        n_examples: int, required number of labels.
        n_classes: int, or None to infer it from the labels.
        name: str, the argument to name in the message.
        x_name: str, the argument that contains the examples.
    """
    if labels.shape != (n_examples,):
        raise BadArgument(
            f"`{name}` must have shape ({n_examples},), one label per example of `{x_name}`; "
            f"got {labels.shape}."
        )
    if labels.dtype.kind not in "iu":
        raise BadArgument(
            f"`{name}` must be whole numbers from 0; got {labels.dtype}: "
            "`np.unique(labels, return_inverse=True)[1]` turns names into numbers."
        )
    lowest, highest = int(labels.min()), int(labels.max())
    if n_classes is None and lowest < 0:
        raise BadArgument(f"`{name}` must be whole numbers from 0; got {lowest} to {highest}.")
    if n_classes is not None and (lowest < 0 or highest >= n_classes):
        raise BadArgument(
            f"`{name}` must lie in 0 to {n_classes - 1} (class names: {n_classes}); "
            f"got {lowest} to {highest}."
        )


def check_class_names(class_names):
    """Return class names as a tuple of str; raise ValueError if they are none or not distinct."""
    try:
        names = () if isinstance(class_names, str) else tuple(str(name) for name in class_names)
    except TypeError:  # not iterable
        names = ()
    if not names:
        raise BadArgument(
            f"`class_names` must be a sequence with one name per class; got {class_names!r}."
        )
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise BadArgument(f"`class_names` must differ from each other; {twice[0]!r} comes twice.")
    return names
