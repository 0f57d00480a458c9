"""TransRate: mutual information of features and labels, by coding rates."""

import numpy as np

from tlcourse.arguments import check_number, verb
from tlcourse.measures.arrays import check_classes, check_features


@verb
def transrate(features, labels, *, eps=1e-4):
    """Transferability as a difference of coding rates.

    R(Z) = ½ log det(I + ZᵀZ / (n · eps))
    TransRate = R(Z) − Σ_classes (n_c / n) · R(Z_c), with features Z centred once, over all rows.
    R is the code length of a row at distortion eps: large when features spread over many
    directions. The difference approximates the mutual information of features and labels: it
    rewards features that are diverse overall and compact within a class.

    How we treat scale. Features are centred, as in the paper, but normalised neither by row nor by
    column: multiplying them by s is the same as dividing eps by s², so compare backbones only on
    features of the same scale, for instance after dividing each by its root mean square. The rows
    of a class keep its mean (they are not centred again). Classes are weighted by n_c / n, which
    keeps the score >= 0; the authors' short code weights them equally, which is the same for
    classes of equal size.

    Args:
        features: float array (n, d), backbone outputs on target examples.
        labels: int array (n,), from 0, at least 2 classes.
        eps: float > 0, allowed distortion, in units of feature scale ** 2.

    Returns:
        Float >= 0, nats per example; higher is better.

    Raises:
        ValueError: if shapes are wrong, a feature is not finite, there is only one class, or `eps`
            is not positive.

    Example:
        >>> features = np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
        >>> value = transrate(features, [0, 0, 1, 1], eps=0.5)  # log 2 − ½ log 3
        >>> round(float(value), 6)
        0.143841

    Reference:
        Huang, Huang, Rong, Yang & Wei, "Frustratingly Easy Transferability Estimation",
        ICML 2022.
    """
    features = check_features(features, "features")
    classes, n_classes = check_classes(labels, len(features), "labels", "features")
    check_number(eps, "eps", above=0)
    centred = features - features.mean(axis=0)
    within = sum(
        np.mean(classes == label) * _coding_rate(centred[classes == label], eps)
        for label in range(n_classes)
    )
    return float(_coding_rate(centred, eps) - within)


def _coding_rate(rows, eps):
    # By singular values: the cost depends on the smaller side of the matrix.
    singular = np.linalg.svd(rows, compute_uv=False)
    return 0.5 * np.log1p(singular**2 / (len(rows) * eps)).sum()
