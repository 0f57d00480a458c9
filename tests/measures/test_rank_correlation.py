"""Kendall's τ: SciPy's value, the mean within groups, and an interval wide with few rows."""

import numpy as np
import pytest
from scipy.stats import kendalltau

from tlcourse.measures import kendall_tau


@pytest.mark.parametrize("n", [3, 7, 30])
def test_it_is_scipys(rng, n):
    scores, outcomes = rng.integers(0, 6, size=n) + np.arange(n) % 2, rng.normal(size=n)
    found = kendall_tau(scores, outcomes, n_resamples=100)
    assert found.tau == pytest.approx(kendalltau(scores, outcomes).statistic)
    assert -1 <= found.low <= found.high <= 1
    assert found.n == n


def test_within_groups_only_the_order_inside_counts(rng):
    scores, outcomes = rng.normal(size=24), rng.normal(size=24)
    groups = np.repeat(["a", "b", "c"], 8)
    inside = [kendalltau(scores[groups == g], outcomes[groups == g]).statistic for g in "abc"]
    shifted = outcomes + 100 * (groups == "b")
    for values in (outcomes, shifted):
        found = kendall_tau(scores, values, groups=groups, n_resamples=100)
        assert found.tau == pytest.approx(np.mean(inside))


def test_the_interval_covers_and_shrinks(rng):
    hits, widths = 0, {20: [], 200: []}
    for trial in range(40):
        for n in widths:
            x = rng.normal(size=n)
            found = kendall_tau(x, x + rng.normal(size=n), n_resamples=200, seed=trial)
            widths[n].append(found.high - found.low)
        hits += found.low <= 0.5 <= found.high  # τ of a normal pair with correlation 1/√2
    assert hits >= 33
    assert np.mean(widths[200]) < 0.5 * np.mean(widths[20])


def test_the_same_seed_gives_the_same_interval():
    one, again, other = (
        kendall_tau([1, 2, 3, 4, 5], [1, 3, 2, 4, 5], seed=seed, n_resamples=100)
        for seed in (1, 1, 2)
    )
    assert one == again
    assert one.tau == other.tau
    assert str(one) == f"{one.tau:.2f} [{one.low:.2f}, {one.high:.2f}]"


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: kendall_tau([1, 2], [1, 2]), "at least 3; got 2 and 2"),
        (lambda: kendall_tau([1, 2, 3], [1, 2]), "got 3 and 2"),
        (lambda: kendall_tau([1, 1, 1], [1, 2, 3]), "must vary"),
        (lambda: kendall_tau([1, 2, np.nan], [1, 2, 3]), "must be finite"),
        (lambda: kendall_tau([1, 2, 3], [1, 2, 3], groups=[1]), "`groups` must be one for each"),
        (lambda: kendall_tau([1, 2, 3], [1, 2, 3], n_resamples=5), "`n_resamples` must be"),
        (lambda: kendall_tau([1, 2, 3], [1, 2, 3], level=1), "`level` must be"),
    ],
)
def test_what_cannot_be_ranked(call, said):
    with pytest.raises(ValueError, match=said):
        call()
