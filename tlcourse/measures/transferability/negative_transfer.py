"""Negative transfer: when the source makes the target worse."""

from dataclasses import dataclass

from tlcourse.arguments import verb
from tlcourse.measures.arrays import check_accuracies
from tlcourse.measures.interval import Interval, interval


@dataclass(frozen=True)
class TransferGain:
    """The gain from transfer over training from scratch.

    Attributes:
        gain: `Interval` of the paired differences in accuracy.
        verdict: str, "positive" or "negative" if the whole interval lies on that side of 0,
            else "undecided".
    """

    gain: Interval
    verdict: str

    @property
    def is_negative(self):
        """Tell whether the transfer was negative beyond the seeds' spread (bool)."""
        return self.verdict == "negative"


@verb
def negative_transfer(transferred, from_scratch, *, level=0.95):
    """Judge from paired runs whether transfer helped or hurt.

    gain_i = accuracy_i(transferred) − accuracy_i(from scratch), i over seeds; the verdict uses
    Student's t interval of the mean gain.
    Pairs share a seed, so effects of a seed's data cancel. "Undecided" is a valid result: with
    these seeds the gain cannot be distinguished from 0. Run more seeds, or report it.

    The paper compares with the same algorithm without the source; `from_scratch` should be that,
    with the same target data, budget and model selection.

    Args:
        transferred: floats (n_seeds,) in [0, 1], n_seeds >= 2: target accuracy after transfer.
        from_scratch: floats (n_seeds,), target accuracy without the source, the same seeds in the
            same order.
        level: float in (0, 1), coverage of the interval.

    Returns:
        `TransferGain`.

    Raises:
        ValueError: if a number is not an accuracy, there are fewer than 2 seeds, the lengths
            differ, or `level` is invalid.

    Example:
        >>> found = negative_transfer([0.70, 0.71, 0.72], [0.80, 0.80, 0.81])
        >>> print(found.gain, found.verdict, found.is_negative)
        -0.093 ± 0.014 negative True

    Reference:
        Wang, Dai, Póczos & Carbonell, "Characterizing and Avoiding Negative Transfer", CVPR 2019.
    """
    transferred = check_accuracies(transferred, "transferred")
    from_scratch = check_accuracies(from_scratch, "from_scratch", n=transferred.size)
    gain = interval(transferred - from_scratch, level=level)
    if gain.low > 0:
        return TransferGain(gain, "positive")
    if gain.high < 0:
        return TransferGain(gain, "negative")
    return TransferGain(gain, "undecided")
