"""MCC: the class confusion of a batch of target predictions."""

from keras import ops

from tlcourse.arguments import check_number, verb
from tlcourse.losses.cdan import entropy_weights
from tlcourse.losses.tensors import matrix


@verb
def mcc_loss(target_logits, *, temperature=2.5):
    """Class confusion of an unlabelled batch.

    P = softmax(Z / T);  C = Pᵀ · diag(w) · P, with w = 1 + exp(−H(P_i)) for each row i;
    loss = 1/k · Σ_j Σ_{j' ≠ j} C_jj' / Σ_j'' C_jj''.
    C_jj' measures how much class j is predicted together with class j'. Dividing by the row's sum
    makes rare classes count as much as frequent ones (and cancels the paper's scaling of w to
    mean 1). There is no source term: train on source labels as usual.

    As rows of P sum to 1, C_jj / Σ_j'' C_jj'' is the mean of P_ij over rows i, weighted by
    w_i · P_ij. We compute that mean with logarithms, so a class that has probability 0 in every
    row costs the limit, where the quotient would be 0 / 0. As in the authors' code, w gets no
    gradient.

    Args:
        target_logits: float array (n, k), k >= 2.
        temperature: float > 0, T; values above 1 soften overconfident predictions.

    Returns:
        Scalar in [0, 1 − 1/k], input dtype.

    Raises:
        ValueError: if `target_logits` is not 2-D or has a single class, or `temperature` is not
            above 0.

    Example:
        >>> import numpy as np
        >>> float(mcc_loss(np.zeros((3, 2))))  # every class is confused with the other one
        0.5

    Reference:
        Jin et al., "Minimum Class Confusion for Versatile Domain Adaptation", ECCV 2020.
    """
    check_number(temperature, "temperature", above=0)
    logits = matrix(target_logits, "target_logits", columns=2) / temperature
    log_probs = ops.log_softmax(logits, axis=-1)
    probs = ops.exp(log_probs)
    weights = ops.stop_gradient(entropy_weights(probs))
    log_mass = log_probs + ops.log(weights)[:, None]
    share = ops.exp(log_mass - ops.logsumexp(log_mass, axis=0, keepdims=True))
    unconfused = ops.sum(share * probs, axis=0)
    return 1 - ops.mean(unconfused)
