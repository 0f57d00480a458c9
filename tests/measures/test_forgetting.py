"""Forgetting, by hand."""

import numpy as np
import pytest

from tlcourse.measures import forgetting


def test_of_one_run_it_is_a_float():
    assert forgetting(0.75, 0.5) == 0.25
    assert forgetting(np.float32(0.5), 0.75) == -0.25
    assert type(forgetting(np.float32(0.5), 0.75)) is float


def test_over_seeds_it_is_the_interval_of_the_differences():
    # Differences 0.1, 0.2, 0.3: s = 0.1, half-width t_{0.975, 2} · 0.1 / √3
    found = forgetting([0.9, 0.6, 0.8], [0.8, 0.4, 0.5])
    assert (found.mean, found.n) == (pytest.approx(0.2), 3)
    assert found.half_width == pytest.approx(0.2484138, abs=1e-6)


def test_what_the_seeds_have_in_common_cancels():
    before = np.array([0.9, 0.5, 0.7])
    found = forgetting(before, before - 0.25)
    assert found.mean == pytest.approx(0.25)
    assert found.half_width == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(("before", "after", "name"), [(1.2, 0.5, "before"), (0.5, -1, "after")])
def test_one_run_is_an_accuracy_too(before, after, name):
    with pytest.raises(ValueError, match=rf"`{name}` must be accuracies in \[0, 1\]; got"):
        forgetting(before, after)
