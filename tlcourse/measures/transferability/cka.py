"""CKA: similarity of two networks' representations."""

import numpy as np

from tlcourse.arguments import verb
from tlcourse.errors import BadArgument
from tlcourse.measures.arrays import check_features


@verb
def linear_cka(features, other_features):
    """Linear centred kernel alignment of two representations of the same examples.

    CKA = ‖YᵀX‖² / (‖XᵀX‖ · ‖YᵀY‖), Frobenius norms, the columns of X and Y centred.
    The widths may differ, as between two layers or two backbones. It is invariant to rotations and
    to a common scale of all features, but on purpose not to stretching some directions: otherwise
    any two representations wider than n would be equal.

    The Gram matrices K = XXᵀ and L = YYᵀ give the same number, as ⟨K, L⟩ / (‖K‖ · ‖L‖). We use them
    when there are fewer examples than features. It is the paper's estimate, which is biased upwards
    unless n is well above d: unrelated features do not reach 0.

    Args:
        features: float array (n, d).
        other_features: float array (n, d_other), of the same examples in the same order.

    Returns:
        Float in [0, 1], 1 for identical representations.

    Raises:
        ValueError: if shapes are wrong, the numbers of rows differ, a feature is not finite, or all
            rows are the same.

    Example:
        >>> features = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, -1.0]])
        >>> round(float(linear_cka(features, 3 * features)), 6)
        1.0

    Reference:
        Kornblith, Norouzi, Lee & Hinton, "Similarity of Neural Network Representations
        Revisited", ICML 2019.
    """
    x = _centred(features, "features")
    y = _centred(other_features, "other_features")
    if len(y) != len(x):
        raise BadArgument(
            f"`other_features` must hold the {len(x)} examples of `features`; got {y.shape}."
        )
    if len(x) < max(x.shape[1], y.shape[1]):
        gram, other_gram = x @ x.T, y @ y.T
        shared = np.sum(gram * other_gram)
        norms = np.linalg.norm(gram) * np.linalg.norm(other_gram)
    else:
        shared = np.sum((y.T @ x) ** 2)
        norms = np.linalg.norm(x.T @ x) * np.linalg.norm(y.T @ y)
    return float(min(shared / norms, 1.0))  # rounding may exceed 1


def _centred(features, name):
    features = check_features(features, name)
    centred = features - features.mean(axis=0)
    largest = np.abs(centred).max()
    if largest <= 1e-14 * np.abs(features).max():
        raise BadArgument(f"`{name}` must differ between examples; all rows are the same.")
    return centred / largest  # so that no square overflows or underflows
