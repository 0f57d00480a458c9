"""Classification accuracy."""

import numpy as np

from tlcourse.arguments import verb
from tlcourse.errors import BadArgument
from tlcourse.training import predict


@verb
def accuracy(model, x, labels):
    """Top-1 accuracy of a classifier.

    Args:
        model: `keras.Model` from x to logits or probabilities (n, n_classes).
        x: float array (n, ...).
        labels: int array (n,).

    Returns:
        Float in [0, 1].

    Raises:
        ValueError: if there is not one label per example, or labels name more classes than the
            model has.
    """
    return float(np.mean(_answers(model, x, labels) == labels))


@verb
def balanced_accuracy(model, x, labels):
    """Mean over the classes of the share of each that is named rightly.

    Where one class is rare, who always names the other has a high accuracy and a balanced one of
    1 / n_classes.

    Args:
        model: `keras.Model` from x to logits or probabilities (n, n_classes).
        x: float array (n, ...).
        labels: int array (n,). Classes without an example do not count.

    Returns:
        Float in [0, 1].

    Raises:
        ValueError: as `accuracy`.

    Reference:
        Brodersen, Ong, Stephan & Buhmann, "The Balanced Accuracy and Its Posterior Distribution",
        ICPR 2010.
    """
    right = _answers(model, x, labels) == labels
    return float(np.mean([right[labels == label].mean() for label in np.unique(labels)]))


def _answers(model, x, labels):
    """Return the class (n,) that a model names for each example."""
    if np.shape(labels) != (len(x),):
        raise BadArgument(
            f"`labels` must have shape ({len(x)},), one per example; got {np.shape(labels)}."
        )
    scores = predict(model, x)
    if scores.shape[1] <= np.max(labels):
        raise BadArgument(
            f"`model` must tell at least {np.max(labels) + 1} classes apart, as `labels` do; "
            f"it gives {scores.shape[1]} scores."
        )
    return scores.argmax(axis=1)
