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
    return float(np.mean(scores.argmax(axis=1) == labels))
