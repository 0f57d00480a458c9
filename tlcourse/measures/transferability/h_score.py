"""H-score: between-class variance of the features over their total variance."""

import numpy as np

from tlcourse.arguments import verb
from tlcourse.errors import BadArgument
from tlcourse.measures.arrays import check_classes, check_features


@verb
def h_score(features, labels, *, shrinkage=None):
    """H-score: between-class variance of whitened features.

    H = tr(cov(f)⁺ · cov(E[f | y])), ⁺ the pseudo-inverse.
    Whitening makes the score invariant to any invertible linear map of the features, like a linear
    probe. With singular vectors U of the centred features it is Σ_classes n_c ‖mean of U's rows‖²,
    which is what we compute: no covariance is formed, so no direction of pure rounding noise is
    inverted. Both covariances divide by n; the ratio equals that of the authors' n − 1.

    If n <= d and the rows are in general position, any labels get the maximum score, C − 1. Then
    use `shrinkage="ledoit-wolf"`: cov(f) is replaced by (1 − a) cov(f) + a μ I, with μ
    the mean variance and a from Ledoit & Wolf's formula, and the score is
    (1 − a) tr(cov_a(f)⁻¹ · cov(E[f | y])).

    Args:
        features: float array (n, d), backbone outputs on target examples.
        labels: int array (n,), from 0, at least 2 classes.
        shrinkage: None, or "ledoit-wolf" for few examples of wide features. The shrunken score is
            still invariant to rotations and a common scale of all features, but not to the scale
            of a single one.

    Returns:
        Float in [0, n_classes − 1]; higher is better.

    Raises:
        ValueError: if shapes are wrong, a feature is not finite, there is only one class, or
            `shrinkage` is anything else.

    Example:
        >>> features = np.array([[0.0, 1.0], [0.0, -1.0], [3.0, 1.0], [3.0, -1.0]])
        >>> round(float(h_score(features, [0, 0, 1, 1])), 6)
        1.0
        >>> round(float(h_score(features, [0, 1, 1, 0])), 6)
        0.0

    Reference:
        Bao et al., "An Information-Theoretic Approach to Transferability in Task Transfer
        Learning", ICIP 2019. Shrinkage: Ibrahim, Ponomareva & Mazumder, "Newer is not always
        better", ECML PKDD 2022; Ledoit & Wolf, J. Multivariate Analysis 2004.
    """
    features = check_features(features, "features")
    classes, n_classes = check_classes(labels, len(features), "labels", "features")
    if shrinkage not in (None, "ledoit-wolf"):
        raise BadArgument(f"`shrinkage` must be None or 'ledoit-wolf'; got {shrinkage!r}.")
    n, d = features.shape
    centred = features - features.mean(axis=0)
    u, singular, _ = np.linalg.svd(centred, full_matrices=False)
    scale = np.abs(features).max()  # centring constant columns leaves only rounding errors
    kept = singular > scale * max(n, d) * np.finfo("float64").eps
    u, variances = u[:, kept], singular[kept] ** 2 / n
    members = np.eye(n_classes)[classes]
    explained = ((members.T @ u) ** 2 / members.sum(axis=0)[:, None]).sum(axis=0)
    if shrinkage is None or not kept.any():
        return float(explained.sum())
    share, target = _shrunk_to(centred)
    return float(np.sum(explained * (1 - share) * variances / ((1 - share) * variances + target)))


def _shrunk_to(centred):
    """Return Ledoit & Wolf's a, and the a·μ that is added to every variance."""
    from sklearn.covariance import ledoit_wolf_shrinkage

    share = ledoit_wolf_shrinkage(centred, assume_centered=True)
    return share, share * np.mean(centred**2)
