"""Prediction entropy, per example and of the mean prediction."""

from keras import ops

from tlcourse.arguments import verb
from tlcourse.errors import BadArgument
from tlcourse.losses.tensors import floats, matrix


@verb
def entropy(probs):
    """Shannon's entropy of each row.

    H(p) = −Σ_k p_k · log(p_k), with 0 · log(0) = 0.
    0 for a certain row, log k for a uniform one. The gradient at a probability of 0 is 0, not
    infinite.

    Args:
        probs: float array (..., k), rows that sum to 1. Not checked.

    Returns:
        Array (...), input dtype, in nats.

    Raises:
        ValueError: if `probs` has no axis.

    Example:
        >>> import numpy as np
        >>> [round(float(h), 4) for h in entropy(np.array([[0.5, 0.5], [1.0, 0.0]]))]
        [0.6931, 0.0]

    Reference:
        Shannon, "A Mathematical Theory of Communication", Bell System Technical Journal 1948.
    """
    p = floats(probs)
    if len(p.shape) == 0:
        raise BadArgument("`probs` must have shape (..., k), classes last; got a single number.")
    safe = ops.where(p > 0, p, ops.ones_like(p))
    return ops.sum(p * -ops.log(safe), axis=-1)


@verb
def mean_entropy(logits):
    """Entropy of predictions, mean over the batch.

    loss = mean_i H(softmax(z_i)).
    Minimised on unlabelled target rows it moves the decision boundary to where rows are rare. By
    itself it also accepts one class for all rows: see `information_maximisation`.

    Args:
        logits: float array (n, k), k >= 2.

    Returns:
        Scalar in [0, log k], input dtype, in nats.

    Raises:
        ValueError: if `logits` is not 2-D or has a single class.

    Example:
        >>> import numpy as np
        >>> round(float(mean_entropy(np.zeros((3, 2)))), 4)
        0.6931

    Reference:
        Grandvalet & Bengio, "Semi-supervised Learning by Entropy Minimization", NIPS 2004.
    """
    return ops.mean(entropy(ops.softmax(matrix(logits, "logits", columns=2))))


@verb
def information_maximisation(logits):
    """Confident on each row, diverse over the batch.

    loss = mean_i H(p_i) − H(mean_i p_i), with p = softmax(z): minus the mutual information between
    row and class. The second term rules out one class for all rows. It prefers balanced classes,
    which is wrong for an imbalanced target.

    Args:
        logits: float array (n, k), k >= 2.

    Returns:
        Scalar in [−log k, 0], input dtype, in nats.

    Raises:
        ValueError: if `logits` is not 2-D or has a single class.

    Example:
        >>> import numpy as np
        >>> round(float(information_maximisation(np.array([[99.0, 0.0], [0.0, 99.0]]))), 4)
        -0.6931

    Reference:
        Liang, Hu & Feng, "Do We Really Need to Access the Source Data?", ICML 2020 (SHOT).
    """
    probs = ops.softmax(matrix(logits, "logits", columns=2))
    return ops.mean(entropy(probs)) - entropy(ops.mean(probs, axis=0))
