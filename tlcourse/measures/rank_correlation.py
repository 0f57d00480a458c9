"""Kendall's τ: how well a score ranks what it is to foretell."""

from dataclasses import dataclass

import numpy as np

from tlcourse.arguments import check_count, check_number, check_seed, verb
from tlcourse.errors import BadArgument
from tlcourse.measures.arrays import numbers


@dataclass(frozen=True)
class RankCorrelation:
    """Kendall's τ with a bootstrap interval.

    Attributes:
        tau: float in [-1, 1]: 1 for the same order, -1 for the reverse one, about 0 for none.
        low: float, lower end of the interval.
        high: float, upper end.
        n: int, pairs of a score and an outcome.
    """

    tau: float
    low: float
    high: float
    n: int

    def __format__(self, spec):
        spec = spec or ".2f"
        return f"{self.tau:{spec}} [{self.low:{spec}}, {self.high:{spec}}]"

    def __str__(self):
        return format(self)


@verb
def kendall_tau(scores, outcomes, *, groups=None, level=0.95, n_resamples=2000, seed=0):
    """Kendall's rank correlation (τ-b) of scores and outcomes, with a bootstrap interval.

    τ-b = (concordant − discordant pairs) / √((pairs not tied in one) · (pairs not tied in other)).
    With `groups`, such as one target each, τ is the mean of those within the groups, since scores
    of different targets cannot be compared; groups in which nothing varies are left out. The
    interval is the percentile bootstrap: rows drawn anew, within each group. With few rows it is
    wide, and says so.

    Args:
        scores: n >= 3 finite numbers, such as LogME of each backbone.
        outcomes: n finite numbers, such as the accuracy after transfer.
        groups: n names or numbers, the group of each row; None makes one group of all.
        level: float in (0, 1), the coverage.
        n_resamples: int >= 100.
        seed: int, of the resampling.

    Returns:
        `RankCorrelation`.

    Raises:
        BadArgument: (a ValueError) if lengths differ, there are fewer than 3 rows, or scores or
            outcomes are all alike in every group.

    Example:
        >>> kendall_tau([1, 2, 3, 4], [0.1, 0.2, 0.3, 0.4]).tau
        1.0

    Reference:
        Kendall, "The Treatment of Ties in Ranking Problems", Biometrika 1945; the interval, Efron
        & Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13.
    """
    scores, outcomes = numbers(scores, "scores").ravel(), numbers(outcomes, "outcomes").ravel()
    n = scores.size
    if outcomes.size != n or n < 3:
        raise BadArgument(
            f"`scores` and `outcomes` must be as many, at least 3; got {n} and {outcomes.size}."
        )
    if not (np.isfinite(scores).all() and np.isfinite(outcomes).all()):
        raise BadArgument("`scores` and `outcomes` must be finite; got NaN or infinity.")
    groups = np.zeros(n) if groups is None else np.asarray(groups).ravel()
    if groups.size != n:
        raise BadArgument(f"`groups` must be one for each of the {n} rows; got {groups.size}.")
    check_number(level, "level", above=0, below=1)
    check_count(n_resamples, "n_resamples", at_least=100)
    members = [np.flatnonzero(groups == group) for group in np.unique(groups)]
    tau = _mean_tau(scores, outcomes, members)
    if np.isnan(tau):
        raise BadArgument("`scores` and `outcomes` must vary in at least one group; they do not.")
    rng = np.random.default_rng(check_seed(seed))
    drawn = [
        _mean_tau(scores, outcomes, [rng.choice(rows, rows.size) for rows in members])
        for _ in range(n_resamples)
    ]
    low, high = np.nanquantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return RankCorrelation(float(tau), float(low), float(high), n)


def _mean_tau(scores, outcomes, members):
    found = [_tau(scores[rows], outcomes[rows]) for rows in members]
    found = [tau for tau in found if not np.isnan(tau)]
    return np.mean(found) if found else np.nan


def _tau(scores, outcomes):
    """Return τ-b, NaN where one of the two does not vary. There are few rows: all pairs at once."""
    above = np.triu_indices(scores.size, 1)
    one, other = (np.sign(x[:, None] - x[None])[above] for x in (scores, outcomes))
    sizes = np.sqrt(np.abs(one).sum() * np.abs(other).sum())
    return np.sum(one * other) / sizes if sizes else np.nan
