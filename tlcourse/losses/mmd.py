"""MMD: the distance between two domains' mean embeddings under Gaussian kernels."""

from keras import ops

from tlcourse.arguments import check_number, check_several, verb
from tlcourse.losses.tensors import check_width, matrix

# Closer than 1e-15 counts as the same point: a bandwidth of 0 would divide 0 by 0.
_SAME_POINT = 1e-30


@verb
def mmd_loss(source_features, target_features, *, bandwidths=(0.25, 0.5, 1.0, 2.0, 4.0)):
    """Squared maximum mean discrepancy with a mean of Gaussian kernels.

    loss = mean k(s, s') + mean k(t, t') − 2 · mean k(s, t),
    k(x, y) = mean over b of exp(−‖x − y‖² / (b · m)),
    m = the mean squared distance over all pairs i ≠ j of both domains together.
    It is 0 only if all moments agree, whereas CORAL compares only second ones. As m follows the
    features, making all features small does not lower the loss; m is a constant for the gradient.

    Where we differ: the means include i = j (the V-statistic). That is biased upwards for small
    batches but never negative. Long et al. learn the kernels' weights and use a linear-time
    estimate; here kernels have equal weights and all pairs count.

    Args:
        source_features: float array (n_source, d), backbone outputs.
        target_features: float array (n_target, d). Both sides get gradient.
        bandwidths: floats > 0, each a multiple of m.

    Returns:
        Scalar in [0, 2], input dtype, without unit: rescaling all features changes nothing.

    Raises:
        ValueError: if an input is not 2-D or empty, the widths differ, or a bandwidth is not
            above 0.

    Example:
        >>> import numpy as np
        >>> source, target = np.array([[0.0]]), np.array([[3.0]])  # 2 − 2 · exp(−1)
        >>> round(float(mmd_loss(source, target, bandwidths=(1.0,))), 4)
        1.2642

    Reference:
        Gretton et al., "A Kernel Two-Sample Test", JMLR 2012 (the biased estimate); Long et al.,
        "Learning Transferable Features with Deep Adaptation Networks", ICML 2015 (several kernels).
    """
    source = matrix(source_features, "source_features")
    target = matrix(target_features, "target_features", like=source)
    check_width(target, "target_features", source, "source_features")
    bandwidths = check_several(bandwidths, "bandwidths", of="numbers > 0")
    for b in bandwidths:
        check_number(b, "bandwidths", above=0)

    joined = ops.concatenate([source, target], axis=0)
    squared = _squared_distances(joined)
    n = ops.cast(ops.shape(joined)[0], joined.dtype)
    scale = ops.stop_gradient(ops.sum(squared) / (n * (n - 1)))
    scale = ops.where(scale > _SAME_POINT, scale, ops.ones_like(scale))
    kernel = sum(ops.exp(-squared / (b * scale)) for b in bandwidths) / len(bandwidths)
    # With 1/n_s for source rows and −1/n_t for target rows, the three means are one product.
    sign = ops.concatenate([_share(source), -_share(target)], axis=0)
    return ops.maximum(ops.sum(sign * ops.matmul(kernel, sign)), 0.0)  # −1e-8 is rounding


def _squared_distances(x):
    """Return ‖x − y‖² = ‖x‖² + ‖y‖² − 2 x·y, for all pairs of rows by one matrix product."""
    # Move the origin to the first row. Distances and gradient are unaffected; large offsets lose
    # no digits, and equal rows have distance exactly 0.
    x = x - ops.stop_gradient(x[:1])
    lengths = ops.sum(ops.square(x), axis=1, keepdims=True)
    squared = lengths + ops.transpose(lengths) - 2 * ops.matmul(x, ops.transpose(x))
    return ops.maximum(squared, 0.0)


def _share(x):
    """Return 1 / n for each of n rows, as a column."""
    ones = ops.ones_like(x[:, :1])
    return ones / ops.sum(ones)
