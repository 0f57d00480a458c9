"""CORAL: the distance between two domains' second moments."""

from keras import ops

from tlcourse.arguments import verb
from tlcourse.losses.tensors import check_width, matrix


@verb
def coral_loss(source_features, target_features):
    """Scaled squared distance between two domains' feature covariances.

    loss = ‖C_s − C_t‖²_F / (4 · d²), each C divided by n − 1.
    Means cancel: shifting a whole domain costs nothing. The batch must be large enough to estimate
    a covariance: with far fewer rows than columns the loss mostly measures chance.

    Args:
        source_features: float array (n_source, d), backbone outputs.
        target_features: float array (n_target, d). Both sides get gradient.

    Returns:
        Scalar >= 0, input dtype, in units of feature scale ** 4.

    Raises:
        ValueError: if an input is not 2-D, has fewer than 2 rows, or the widths differ.

    Example:
        >>> import numpy as np
        >>> source = np.array([[0.0, 0.0], [2.0, 0.0]])
        >>> target = np.array([[0.0, 0.0], [0.0, 2.0]])
        >>> float(coral_loss(source, target))
        0.5

    Reference:
        Sun & Saenko, "Deep CORAL", ECCV Workshops 2016, Eq. 1-3.
    """
    source = matrix(source_features, "source_features", rows=2)
    target = matrix(target_features, "target_features", like=source, rows=2)
    check_width(target, "target_features", source, "source_features")
    gap = _covariance(source) - _covariance(target)
    return ops.sum(ops.square(gap)) / (4 * source.shape[1] ** 2)


def _covariance(x):
    centred = x - ops.mean(x, axis=0, keepdims=True)
    n = ops.cast(ops.shape(x)[0], x.dtype)
    return ops.matmul(ops.transpose(centred), centred) / (n - 1)
