"""Forgetting: the source accuracy that a model loses while learning the target."""

import numpy as np

from tlcourse.arguments import verb
from tlcourse.measures.arrays import check_accuracies
from tlcourse.measures.interval import interval


@verb
def forgetting(before, after):
    """Source accuracy before transfer minus source accuracy after it.

    forgetting = accuracy_before − accuracy_after, seed by seed.
    Positive: the model forgot; negative: the target helped the source. Differences are taken
    within a seed, so effects of the seed cancel. With more than two tasks the paper subtracts from
    the best accuracy ever reached; with a single step the two agree.

    Args:
        before: float in [0, 1], or such floats (n_seeds,), n_seeds >= 2.
        after: same type as `before`, from the same seeds in the same order.

    Returns:
        Float in [-1, 1] for two floats; `Interval` of the mean difference over seeds for two lists.

    Raises:
        ValueError: if a number is not an accuracy, there are fewer than 2 seeds, or the two differ
            in length or type.

    Example:
        >>> round(forgetting(0.95, 0.70), 6)
        0.25
        >>> print(forgetting([0.95, 0.93, 0.94], [0.70, 0.70, 0.67]))
        0.250 ± 0.050

    Reference:
        Chaudhry, Dokania, Ajanthan & Torr, "Riemannian Walk for Incremental Learning", ECCV 2018.
    """
    if np.ndim(before) == np.ndim(after) == 0:
        first = check_accuracies([before, before], "before")[0]
        return float(first - check_accuracies([after, after], "after")[0])
    before = check_accuracies(before, "before")
    return interval(before - check_accuracies(after, "after", n=before.size))
