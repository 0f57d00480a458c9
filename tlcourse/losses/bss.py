"""Batch spectral shrinkage: penalise the smallest singular values of the features."""

from keras import ops

from tlcourse.arguments import check_count, verb
from tlcourse.errors import BadArgument
from tlcourse.losses.tensors import matrix


@verb
def bss_loss(features, *, k=1):
    """Sum of the k smallest squared singular values of a batch of features.

    loss = Σ σ², over the k smallest of the min(n, d) singular values of `features`.
    Pretrained directions with small singular values carry little for the new task and much of what
    hurts it (negative transfer): shrinking them discards that.

    σ² = ‖features · v‖², with v its right singular vector, an eigenvector of featuresᵀ · features.
    The derivative of σ² is that of ‖features · v‖² at constant v. So v gets no gradient here, and
    equal singular values, where the gradient of v is infinite, are harmless.

    Args:
        features: float array (n, d), the backbone's output for a batch, not centred.
        k: int from 1 to d. A batch of fewer than k rows has only as many singular values as rows:
            all of them count.

    Returns:
        Scalar >= 0, input dtype, in units of feature scale ** 2. A sum over the batch: it grows
            with n. The caller sets the strength.

    Raises:
        ValueError: if `features` is not 2-D or `k` is not a whole number from 1 to d.

    Example:
        >>> import numpy as np
        >>> features = np.array([[3.0, 0.0], [0.0, 2.0], [0.0, 0.0]])
        >>> round(float(bss_loss(features)), 4), round(float(bss_loss(features, k=2)), 4)
        (4.0, 13.0)

    Reference:
        Chen et al., "Catastrophic Forgetting Meets Negative Transfer: Batch Spectral Shrinkage for
        Safe Transfer Learning", NeurIPS 2019.
    """
    x = matrix(features, "features")
    n, d = x.shape
    check_count(k, "k")
    if k > d:
        raise BadArgument(f"`k` must be at most {d}, the width of `features`; got {k!r}.")
    # The smaller of featuresᵀ · features and features · featuresᵀ: the larger one's extra
    # eigenvalues are 0 and not singular values.
    if isinstance(n, int):
        return _along_weakest(ops.transpose(x) if n < d else x, k)
    return ops.cond(
        ops.sum(ops.ones_like(x[:, 0])) < d,  # n, which may be unknown until there is a batch
        lambda: _along_weakest(ops.transpose(x), k),
        lambda: _along_weakest(x, k),
    )


def _along_weakest(x, k):
    """Return the squared length of x along its k weakest right singular vectors."""
    gram = ops.stop_gradient(ops.matmul(ops.transpose(x), x))
    _, vectors = ops.eigh(gram)  # columns, by increasing eigenvalue
    return ops.sum(ops.square(ops.matmul(x, vectors[:, :k])))
