"""What an answer to exercise 04.1 does, as plain data. Nothing here knows what is right.

It stands apart from the judging, since it runs beside answers that nobody has reason to trust.
"""

import copy

import numpy as np

from tlcourse.exercises.plain import plain
from tlcourse.exercises.small_backbone import small_backbone

__all__ = ["observe_extract"]


def observe_extract(answer, case):
    """Show what an answer makes of a small backbone's features.

    Args:
        answer: callable (backbone, images, batch_size).
        case: (seed of the backbone, images, batch_size).

    Returns:
        Plain data: the features, rows in the answer's order.
    """
    seed, images, batch_size = copy.deepcopy(case)
    backbone = small_backbone(seed)
    backbone.compile(run_eagerly=True)  # `predict` need not trace a graph for three small batches
    return _joined(plain(answer(backbone, images, batch_size)))


def _joined(features):
    """Make rows of numbers an array, whether they came as an array or as a list of rows."""
    if isinstance(features, list) and features and all(_is_row(row) for row in features):
        return np.stack(features)
    return features


def _is_row(row):
    return isinstance(row, np.ndarray) and row.ndim == 1
