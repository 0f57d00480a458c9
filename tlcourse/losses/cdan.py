"""CDAN: condition the domain classifier on the predictions."""

from keras import ops

from tlcourse.arguments import verb
from tlcourse.losses.entropy import entropy
from tlcourse.losses.tensors import check_rows, matrix


@verb
def conditional_map(features, probs):
    """Product of every feature and every class probability.

    map[n, i · k + j] = features[n, i] · probs[n, j], for j = 0 … k − 1.
    A domain classifier that sees only features can be fooled by aligning source dogs with target
    cats; this product shows it the predicted class as well.

    Args:
        features: float array (n, d).
        probs: float array (n, k), rows that sum to 1. Both inputs get gradient: the authors' code
            stops it here; pass `ops.stop_gradient(probs)` to do the same.

    Returns:
        Array (n, d · k), input dtype.

    Raises:
        ValueError: if an input is not 2-D, or the numbers of rows differ.

    Example:
        >>> import numpy as np
        >>> mapped = conditional_map(np.array([[1.0, 2.0]]), np.array([[0.25, 0.75]]))
        >>> [float(value) for value in mapped[0]]
        [0.25, 0.75, 0.5, 1.5]

    Reference:
        Long et al., "Conditional Adversarial Domain Adaptation", NeurIPS 2018 (the multilinear
        map; the randomised one for very wide products is not implemented).
    """
    features = matrix(features, "features")
    probs = matrix(probs, "probs", like=features)
    check_rows(probs, "probs", features, "features")
    outer = features[:, :, None] * probs[:, None, :]
    return ops.reshape(outer, (-1, features.shape[1] * probs.shape[1]))


@verb
def entropy_weights(probs):
    """Weight of each row for the domain classifier; confident predictions count more.

    w = 1 + exp(−H(p)), from 1 + 1/k for a uniform row to 2 for a certain one.
    If the class is a guess, features conditioned on it mislead. For `domain_loss`, which divides
    by the mean and stops the gradient; the authors' code also sends a reversed gradient through
    the weights.

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
