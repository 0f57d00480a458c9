"""LogME: the evidence of a Bayesian linear model from features to labels."""

import numpy as np

from tlcourse.arguments import verb
from tlcourse.measures.arrays import check_classes, check_features

_STARTS = 100  # ratios α / β tried before the fixed-point iteration
_STEPS = 2000  # it usually takes a few; more when the features carry almost no information
_TOLERANCE = 1e-12  # nats per example


@verb
def logme(features, labels):
    """Log maximum evidence: how likely labels are under a linear model of the features.

    y = F w + noise with w ~ N(0, I / α) and noise ~ N(0, I / β), y the 0/1 column of one class:
    L(α, β) = n/2 log β + d/2 log α − n/2 log 2π − β/2 ‖F m − y‖² − α/2 ‖m‖² − ½ log |A|
    A = α I + β FᵀF,  m = β A⁻¹ Fᵀ y,  γ = Σ_i β σ_i² / (α + β σ_i²)
    α ← γ / ‖m‖²  and  β ← (n − γ) / ‖F m − y‖² until L converges; LogME is max L / n, averaged
    over classes. The weights are integrated out, not fitted, so wide features that could fit any
    labels are not rewarded.

    Features are used as they are, neither centred nor given a bias, as in the paper. Where we
    differ: L can have several maxima, so we try 100 ratios α / β and start from the best; we stop
    when L changes by less than 1e-12 per example, or after 2,000 iterations. The authors' code
    starts at α = β = 1 and stops after about ten: it can end lower, and then depends on the
    features' scale.

    Args:
        features: float array (n, d), backbone outputs on target examples.
        labels: int array (n,), from 0, at least 2 classes.

    Returns:
        Float, nats per example and class; higher is better. May be positive (it is the log of a
        density). `inf` if n > rank and the features fit some class's column without error: then
        the evidence has no maximum.

    Raises:
        ValueError: if shapes are wrong, a feature is not finite, or there is only one class.

    Example:
        >>> features = np.array([[1.0, 0.1], [1.0, -0.1], [-1.0, 0.2], [-1.0, -0.2]])
        >>> good, bad = logme(features, [0, 0, 1, 1]), logme(features, [0, 1, 1, 0])
        >>> good > bad
        True

    Reference:
        You, Liu, Wang & Long, "LogME: Practical Assessment of Pre-trained Models for Transfer
        Learning", ICML 2021. The fixed point: MacKay, "Bayesian Interpolation", 1992.
    """
    features = check_features(features, "features")
    classes, n_classes = check_classes(labels, len(features), "labels", "features")
    u, singular, _ = np.linalg.svd(features, full_matrices=False)
    kept = singular > singular.max() * max(features.shape) * np.finfo("float64").eps
    squares = (singular[kept] / singular.max()) ** 2  # α absorbs the features' scale
    columns = np.eye(n_classes)[classes].T
    return float(np.mean([_max_evidence(u[:, kept], squares, y) for y in columns]))


def _max_evidence(u, squares, y):
    """Return the maximum log evidence per example of one 0/1 column.

    Args:
        u: float array (n, rank), left singular vectors of the features.
        squares: float array (rank,), squared singular values, the largest scaled to 1.
        y: float array (n,).

    Returns:
        Float.
    """
    n, rank = u.shape
    seen = (u.T @ y) ** 2
    unseen = np.sum((y - u @ (u.T @ y)) ** 2) if rank < n else 0.0
    if rank < n and unseen <= 1e-24 * (y @ y):
        return np.inf

    def evidence(ratio):
        """Return L / n at α / β = ratio and its best β, n / (‖F m − y‖² + ratio ‖m‖²)."""
        left = unseen + np.sum(seen / (1 + squares / ratio))
        return -0.5 * (np.log(2 * np.pi * np.e * left / n) + np.log1p(squares / ratio).sum() / n)

    if seen.sum() == 0:  # the best α is infinite: only noise
        return evidence(np.inf)
    best = max(np.geomspace(squares.min() * 1e-6, 1e6, _STARTS), key=evidence)
    found = evidence(best)
    for _ in range(_STEPS):
        shrunk = best / (squares + best)
        norm = np.sum(squares * seen / (squares + best) ** 2)  # ‖m‖²
        error = unseen + np.sum(seen * shrunk**2)  # ‖F m − y‖²
        alpha = np.sum(squares / (squares + best)) / norm
        beta = (n - rank + np.sum(shrunk)) / error  # n − γ, without its rounding error
        previous, best = found, alpha / beta
        found = evidence(best)
        if abs(found - previous) < _TOLERANCE:
            break
    return found
