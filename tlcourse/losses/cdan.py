"""CDAN: condition the domain classifier on the predictions."""

from keras import ops

from tlcourse.arguments import verb
from tlcourse.losses.entropy import entropy
from tlcourse.losses.tensors import check_rows, matrix


@verb
def conditional_map(features, probs):
    """Every feature times every class probability.

    map[n, i · k + j] = features[n, i] · probs[n, j], for j = 0 … k − 1.
    Given the features alone, a domain classifier can be fooled by laying source dogs over target
    cats; given this product it sees which class they are taken for.

    Args:
        features: float array (n, d).
        probs: float array (n, k), rows that sum to 1. Both get gradient: the authors' code stops
            it here, so pass `ops.stop_gradient(probs)` to do as they do.

    Returns:
        Array (n, d · k), input dtype.

    Raises:
        ValueError: if an input is not 2-D, or the rows differ.

    Example:
        >>> import numpy as np
        >>> mapped = conditional_map(np.array([[1.0, 2.0]]), np.array([[0.25, 0.75]]))
        >>> [float(value) for value in mapped[0]]
        [0.25, 0.75, 0.5, 1.5]

    Reference:
        Long et al., "Conditional Adversarial Domain Adaptation", NeurIPS 2018 (the multilinear
        map; the randomised one for very wide products is not here).
    """
    features = matrix(features, "features")
    probs = matrix(probs, "probs", like=features)
    check_rows(probs, "probs", features, "features")
    outer = features[:, :, None] * probs[:, None, :]
    return ops.reshape(outer, (-1, features.shape[1] * probs.shape[1]))


@verb
def entropy_weights(probs):
    """How much each row counts for the domain classifier: sure predictions more.

    w = 1 + exp(−H(p)), from 1 + 1/k for an even row to 2 for a sure one.
    Where the class is a guess, the features conditioned on it mislead. For `domain_loss`, which
    divides by the mean and stops the gradient; the authors' code also sends a reversed gradient
    through the weights.

    Args:
        probs: float array (n, k), rows that sum to 1.

    Returns:
        Array (n,), input dtype, in [1 + 1/k, 2].

    Raises:
        ValueError: if `probs` is not 2-D.

    Example:
        >>> import numpy as np
        >>> [float(w) for w in entropy_weights(np.array([[0.5, 0.5], [1.0, 0.0]]))]
        [1.5, 2.0]

    Reference:
        Long et al., "Conditional Adversarial Domain Adaptation", NeurIPS 2018 (CDAN+E).
    """
    return 1 + ops.exp(-entropy(matrix(probs, "probs")))
