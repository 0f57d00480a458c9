"""Confidence intervals over seeds: of a mean, and of the lead of one strategy over another."""

from dataclasses import dataclass

import numpy as np

from tlcourse.arguments import check_number, verb
from tlcourse.errors import BadArgument
from tlcourse.measures.arrays import numbers


@dataclass(frozen=True)
class Interval:
    """A mean with its confidence interval.

    Attributes:
        mean: float.
        half_width: float >= 0, in the unit of the values.
        n: int, number of values.
    """

    mean: float
    half_width: float
    n: int

    @property
    def low(self):
        """Lower end (float)."""
        return self.mean - self.half_width

    @property
    def high(self):
        """Upper end (float)."""
        return self.mean + self.half_width

    def __format__(self, spec):
        spec = spec or ".3f"
        return f"{self.mean:{spec}} ± {self.half_width:{spec}}"

    def __str__(self):
        return format(self)


@verb
def interval(values, *, level=0.95):
    """Student's t interval of the mean of independent runs.

    half-width = t_{(1 + level) / 2, n − 1} · s / √n, with s² the sum of squares over n − 1.
    Runs on the same target test set are independent in seed, not in test images: the interval
    says how much the result would change with another seed.

    Args:
        values: n >= 2 finite numbers, one per seed.
        level: float in (0, 1), the coverage.

    Returns:
        `Interval`.

    Raises:
        ValueError: if there are fewer than 2 values, one is not finite, or `level` is invalid.

    Example:
        >>> print(interval([0.90, 0.92, 0.94]))
        0.920 ± 0.050

    Reference:
        Student, "The Probable Error of a Mean", Biometrika 1908.
    """
    from scipy.special import stdtrit

    values = numbers(values, "values").ravel()
    if values.size < 2 or not np.isfinite(values).all():
        raise BadArgument(
            f"`values` must be at least 2 finite numbers, one per seed; got {values.tolist()}."
        )
    check_number(level, "level", above=0, below=1)
    quantile = stdtrit(values.size - 1, (1 + level) / 2)
    half_width = quantile * values.std(ddof=1) / np.sqrt(values.size)
    return Interval(float(values.mean()), float(half_width), values.size)


@verb
def paired_interval(ours, theirs, *, level=0.95):
    """Student's t interval of the mean difference of paired runs.

    Run i of both had the same seed, so what an easy or a hard draw does to both drops out of the
    difference. Two separate intervals that overlap do not say that there is no difference.

    Args:
        ours: n >= 2 finite numbers, one per seed.
        theirs: n finite numbers, of the same seeds in the same order.
        level: float in (0, 1), the coverage.

    Returns:
        `Interval` of ours − theirs, in their unit. `lead` gives it for accuracies, in percentage
        points.

    Raises:
        BadArgument: (a ValueError) if the two differ in length, and what `interval` raises.

    Example:
        >>> print(paired_interval([3.0, 5.0, 7.0], [2.0, 4.0, 3.0]))
        2.000 ± 4.303

    Reference:
        Student, "The Probable Error of a Mean", Biometrika 1908, whose example is paired too.
    """
    ours, theirs = numbers(ours, "ours").ravel(), numbers(theirs, "theirs").ravel()
    if ours.size != theirs.size:
        raise BadArgument(
            f"`ours` and `theirs` must be of the same seeds; got {ours.size} and {theirs.size}."
        )
    return interval(ours - theirs, level=level)


@verb
def lead(ours, theirs, *, level=0.95):
    """How far one strategy is ahead of another, in percentage points, with its interval.

    This is `paired_interval` of accuracies: run i of both had the same labelled images.

    Args:
        ours: n >= 2 accuracies in [0, 1], one per seed.
        theirs: n accuracies in [0, 1], of the same seeds in the same order.
        level: float in (0, 1), the coverage.

    Returns:
        `Interval` in percentage points; above 0 where `ours` is ahead.

    Raises:
        BadArgument: (a ValueError) if the two differ in length, and what `interval` raises.

    Example:
        >>> print(lead([0.91, 0.93, 0.95], [0.90, 0.92, 0.91]))
        2.000 ± 4.303
    """
    found = paired_interval(ours, theirs, level=level)
    return Interval(100 * found.mean, 100 * found.half_width, found.n)
