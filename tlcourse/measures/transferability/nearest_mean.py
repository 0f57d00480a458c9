"""Leave-one-out nearest class mean: the plainest transferability score."""

import numpy as np

from tlcourse.arguments import verb
from tlcourse.errors import BadArgument
from tlcourse.measures.arrays import check_classes, check_features


@verb
def leave_one_out_nearest_mean(features, labels):
    """Share of examples that are nearest to the mean of their own class, themselves left out.

    Each feature is divided by its standard deviation within the classes first. No training, no
    setting, and it asks the few labels that one has: the simple rival that an ingenious score has
    to beat.

    Args:
        features: float array (n, d), backbone outputs on target examples.
        labels: int array (n,), from 0, at least 2 classes with at least 2 examples each.

    Returns:
        Float in [0, 1]; higher is better.

    Raises:
        ValueError: if shapes are wrong, a feature is not finite, or a class has a single example,
            which would have no mean when it is left out.

    Example:
        >>> rows = [[0.0], [0.1], [5.0], [5.1]]
        >>> leave_one_out_nearest_mean(rows, [0, 0, 1, 1])
        1.0

    Reference:
        Tibshirani, Hastie, Narasimhan & Chu, "Diagnosis of Multiple Cancer Types by Shrunken
        Centroids of Gene Expression", PNAS 2002, without the shrinkage.
    """
    features = check_features(features, "features")
    classes, n_classes = check_classes(labels, len(features), "labels", "features")
    counts = np.bincount(classes)
    if counts.min() < 2:
        raise BadArgument(
            "`labels` must hold at least 2 examples of each class; one has a single example, and "
            "no mean without it."
        )
    members = np.eye(n_classes)[classes]
    sums = members.T @ features
    within = features - (sums / counts[:, None])[classes]
    spread = np.sqrt(np.mean(within**2, axis=0))
    # A feature that does not vary within its classes is left as it is.
    rows, sums = (x / np.where(spread > 0, spread, 1.0) for x in (features, sums))
    means = sums / counts[:, None]
    distances = (rows**2).sum(axis=1)[:, None] - 2 * rows @ means.T + (means**2).sum(axis=1)
    own = np.arange(len(rows)), classes
    without = (sums[classes] - rows) / (counts[classes] - 1)[:, None]
    distances[own] = ((rows - without) ** 2).sum(axis=1)
    return float(np.mean(distances.argmin(axis=1) == classes))
