"""Contrastive loss: pull two views of an example together, push others apart."""

from keras import ops

from tlcourse.arguments import check_number, verb
from tlcourse.losses.tensors import check_shape, matrix

_ZERO_LENGTH = 1e-30  # squared
_NEVER = -1e30  # a logit below any other


@verb
def nt_xent(first, second, *, temperature=0.5):
    """Normalised temperature-scaled cross-entropy over two views of a batch (SimCLR).

    loss = mean over all 2n views i of −log(exp(s_ij / T) / Σ_{k ≠ i} exp(s_ik / T)),
    j the other view of the same example, s the cosine of two vectors.
    It learns features without labels: every other view in the batch is a negative, so larger
    batches make the task harder.

    Args:
        first: float array (n, d), n >= 2, projections of one augmentation of each example.
        second: float array (n, d), of a second one, rows in the same order. Both get gradient. A
            row of zeros has cosine 0 with everything.
        temperature: float > 0, T; small values emphasise the nearest negatives.

    Returns:
        Scalar > 0, input dtype, in nats; log(2n − 1) if all cosines are equal.

    Raises:
        ValueError: if an input is not 2-D or has fewer than 2 rows, the shapes differ, or
            `temperature` is not above 0.

    Example:
        >>> import numpy as np
        >>> same = np.ones((2, 3))
        >>> round(float(nt_xent(same, same)), 4)  # log 3: any of the three may be the partner
        1.0986

    Reference:
        Chen et al., "A Simple Framework for Contrastive Learning of Visual Representations",
        ICML 2020, Eq. 1.
    """
    check_number(temperature, "temperature", above=0)
    first = matrix(first, "first", rows=2)
    second = matrix(second, "second", like=first, rows=2)
    check_shape(second, "second", first, "first")
    first, second = _unit_length(first), _unit_length(second)
    views = ops.concatenate([first, second], axis=0)
    logits = ops.matmul(views, ops.transpose(views)) / temperature
    itself = ops.eye(ops.shape(views)[0], dtype=logits.dtype)
    others = ops.logsumexp(logits + _NEVER * itself, axis=1)
    partner = ops.sum(first * second, axis=1) / temperature  # equal for both views
    return ops.mean(others) - ops.mean(partner)


def _unit_length(x):
    squared = ops.sum(ops.square(x), axis=1, keepdims=True)
    # Not an epsilon below the root: at a row of zeros its gradient is 1e15.
    return x / ops.sqrt(ops.where(squared > _ZERO_LENGTH, squared, ops.ones_like(squared)))
