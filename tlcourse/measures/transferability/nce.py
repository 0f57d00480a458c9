"""Negative conditional entropy: how well source labels determine target labels."""

import numpy as np

from tlcourse.arguments import verb
from tlcourse.domains import check_labels
from tlcourse.errors import BadArgument
from tlcourse.measures.arrays import check_classes


@verb
def nce(source_labels, labels):
    """Negative conditional entropy of the labels, given the source labels of the same examples.

    NCE = −H(Y | Z) = Σ_{y, z} P(y, z) · log(P(y, z) / P(z)), P estimated by counts.
    0: the source label determines the target label; −H(Y): it carries no information. The
    source label may be a source model's predicted class; LEEP is the variant that uses its whole
    distribution.

    Args:
        source_labels: int array (n,), from 0; a single class is allowed (no information).
        labels: int array (n,), target labels from 0.

    Returns:
        Float <= 0, nats per example; higher is better.

    Raises:
        ValueError: if there is not one whole number per example in both, or `labels` contain only
            one class.

    Example:
        >>> float(nce([5, 5, 7, 7], [0, 0, 1, 1]))
        0.0
        >>> round(float(nce([5, 5, 5, 5], [0, 0, 1, 1])), 4)
        -0.6931

    Reference:
        Tran, Nguyen & Hassner, "Transferability and Hardness of Supervised Classification Tasks",
        ICCV 2019.
    """
    labels = np.asarray(labels)
    if labels.ndim != 1 or labels.size == 0:
        raise BadArgument(f"`labels` must have shape (n,), n >= 1; got {labels.shape}.")
    classes, n_classes = check_classes(labels, labels.size, "labels", "labels")
    source_labels = np.asarray(source_labels)
    check_labels(source_labels, labels.size, None, "source_labels", "labels")
    names, source_classes = np.unique(source_labels, return_inverse=True)
    count = np.zeros((n_classes, names.size))
    np.add.at(count, (classes, source_classes), 1)
    seen = count > 0
    log_conditional = np.log(count[seen] / np.broadcast_to(count.sum(axis=0), count.shape)[seen])
    return float((count[seen] * log_conditional).sum() / labels.size)
