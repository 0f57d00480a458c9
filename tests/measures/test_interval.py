"""Student's interval: against scipy, and against what it promises."""

import numpy as np
import pytest
import scipy.stats

from tlcourse.measures import Interval, interval, lead, paired_interval


@pytest.mark.parametrize("level", [0.5, 0.95, 0.99])
@pytest.mark.parametrize("n", [2, 3, 10])
def test_it_is_scipys(n, level, rng):
    values = rng.normal(3, 2, n)
    found = interval(values, level=level)
    low, high = scipy.stats.t.interval(
        level, n - 1, loc=values.mean(), scale=scipy.stats.sem(values)
    )
    np.testing.assert_allclose([found.low, found.high], [low, high], rtol=1e-9)
    assert found.n == n


def test_by_hand():
    # s² = (1 + 0 + 1) / 2 = 1, so the half-width is t_{0.975, 2} / √3 = 4.302653 / 1.732051
    assert interval([1, 2, 3]).half_width == pytest.approx(2.484138, abs=1e-6)
    assert interval([1, 2, 3]).mean == 2.0


def test_it_covers_the_truth_as_often_as_it_says(rng):
    runs = rng.normal(0.9, 0.02, (4000, 4))
    covered = [found.low <= 0.9 <= found.high for found in map(interval, runs)]
    assert np.mean(covered) == pytest.approx(0.95, abs=0.012)  # 3.5 standard errors


def test_it_reads_well():
    assert str(interval([0.90, 0.92, 0.94])) == "0.920 ± 0.050"
    assert f"{Interval(0.5, 0.25, 3):.1%}" == "50.0% ± 25.0%"


@pytest.mark.parametrize("values", [[0.9], [], [0.9, float("nan")], [0.9, float("inf")]])
def test_values_that_give_no_interval(values):
    with pytest.raises(ValueError, match=r"`values` must be at least 2 finite .*; got \["):
        interval(values)


@pytest.mark.parametrize("level", [0, 1, 95, float("nan")])
def test_a_level_is_a_probability(level):
    with pytest.raises(ValueError, match=r"`level` must be a number in \(0, 1\); got"):
        interval([1, 2], level=level)


def test_a_lead_is_paired_and_in_percentage_points():
    ours, theirs = np.array([0.5, 0.7, 0.9]), np.array([0.4, 0.61, 0.79])
    found = lead(ours, theirs)
    assert found.mean == pytest.approx(10)
    assert found == interval(100 * (ours - theirs))
    assert found.low > 0 > 100 * (interval(ours).low - interval(theirs).high)  # unpaired sees none


def test_a_lead_needs_the_same_seeds():
    with pytest.raises(ValueError, match="must be of the same seeds; got 3 and 2"):
        lead([0.1, 0.2, 0.3], [0.1, 0.2])


def test_a_paired_interval_is_that_of_the_differences(rng):
    ours, theirs = rng.normal(size=(2, 9))
    found = paired_interval(ours, theirs, level=0.9)
    assert found == interval(ours - theirs, level=0.9)
    assert lead(ours, theirs).mean == pytest.approx(100 * found.mean)
    with pytest.raises(ValueError, match="must be of the same seeds; got 9 and 8"):
        paired_interval(ours, theirs[:-1])
