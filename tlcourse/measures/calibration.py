"""Calibration: does confidence match accuracy?"""

from typing import NamedTuple

import numpy as np

from tlcourse.arguments import check_count, verb
from tlcourse.domains import check_labels
from tlcourse.errors import BadArgument
from tlcourse.measures.arrays import check_probs


class Reliability(NamedTuple):
    """The data of a reliability diagram, one number per bin from low to high confidence.

    Attributes:
        confidence: float64 array (bins,), mean of the highest probability; NaN in an empty bin.
        accuracy: float64 array (bins,), share of correct predictions; NaN in an empty bin.
        count: int64 array (bins,), number of examples in the bin.
    """

    confidence: np.ndarray
    accuracy: np.ndarray
    count: np.ndarray


@verb
def reliability(probs, labels, *, bins=15):
    """Confidence and accuracy of the predictions, by bins of confidence.

    Bin m of M contains the examples whose highest probability lies in ((m − 1) / M, m / M].
    A calibrated model has accuracy equal to confidence in every bin; networks trained long on hard
    labels are usually overconfident, and more so on another domain.

    Args:
        probs: float array (n, n_classes), each row sums to 1.
        labels: int array (n,), in 0 to n_classes − 1.
        bins: int >= 1, bins of the same width.

    Returns:
        `Reliability`: three arrays (bins,), confidence, accuracy and count.

    Raises:
        ValueError: if rows are not probabilities, labels are not one per example or name a class
            without a column, or `bins` is not a whole number >= 1.

    Example:
        >>> found = reliability([[0.9, 0.1], [0.7, 0.3], [0.2, 0.8]], [0, 1, 1], bins=2)
        >>> found.accuracy.round(3).tolist(), found.count.tolist()
        ([nan, 0.667], [0, 3])

    Reference:
        Guo, Pleiss, Sun & Weinberger, "On Calibration of Modern Neural Networks", ICML 2017.
    """
    confidence, correct, bins = _predictions(probs, labels, bins)
    inner_edges = np.linspace(0, 1, bins + 1)[1:-1]
    where = np.searchsorted(inner_edges, confidence, side="left")
    count = np.bincount(where, minlength=bins)
    at_least_one = np.where(count > 0, count, np.nan)
    return Reliability(
        np.bincount(where, weights=confidence, minlength=bins) / at_least_one,
        np.bincount(where, weights=correct, minlength=bins) / at_least_one,
        count,
    )


@verb
def expected_calibration_error(probs, labels, *, bins=15):
    """Expected calibration error: mean gap between confidence and accuracy.

    ECE = Σ_bins (count / n) · |accuracy − confidence|
    0 is perfect. It considers only the predicted class, and depends on the bins: compare models
    with the same `bins` and similar numbers of examples (few examples increase it).

    Args:
        probs: float array (n, n_classes), each row sums to 1.
        labels: int array (n,), in 0 to n_classes − 1.
        bins: int >= 1, bins of the same width.

    Returns:
        Float in [0, 1].

    Raises:
        ValueError: as `reliability`.

    Example:
        >>> probs = [[0.9, 0.1], [0.7, 0.3], [0.2, 0.8]]
        >>> round(expected_calibration_error(probs, [0, 1, 1], bins=1), 6)  # |2/3 − 0.8|
        0.133333

    Reference:
        Guo, Pleiss, Sun & Weinberger, "On Calibration of Modern Neural Networks", ICML 2017.
    """
    confidence, accuracy, count = reliability(probs, labels, bins=bins)
    full = count > 0
    gaps = np.abs(accuracy - confidence)[full]
    return float(np.sum(count[full] * gaps) / count.sum())


def _predictions(probs, labels, bins):
    check_count(bins, "bins")
    probs = check_probs(probs, "probs")
    labels = np.asarray(labels)
    check_labels(labels, len(probs), None, "labels", "probs")
    if labels.max() >= probs.shape[1]:
        raise BadArgument(
            f"`labels` must lie in 0 to {probs.shape[1] - 1}, the columns of `probs`; "
            f"got {labels.max()}."
        )
    return probs.max(axis=1), probs.argmax(axis=1) == labels, int(bins)
