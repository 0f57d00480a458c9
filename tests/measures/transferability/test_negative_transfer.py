"""Negative transfer: the verdict, and that it is about pairs."""

import dataclasses

import numpy as np
import pytest

from tlcourse.measures import TransferGain, interval, negative_transfer


@pytest.mark.parametrize(
    ("gains", "verdict"),
    [
        ([0.10, 0.12, 0.11], "positive"),
        ([-0.10, -0.12, -0.11], "negative"),
        ([-0.10, 0.12, 0.01], "undecided"),
        ([0.0, 0.0, 0.0], "undecided"),
    ],
)
def test_the_verdict(gains, verdict):
    found = negative_transfer(0.5 + np.array(gains), [0.5, 0.5, 0.5])
    assert isinstance(found, TransferGain)
    assert found.verdict == verdict
    assert found.is_negative is (verdict == "negative")
    assert found.gain.mean == pytest.approx(np.mean(gains))


def test_pairs_decide_where_means_would_not():
    from_scratch = np.array([0.3, 0.5, 0.7, 0.9])
    found = negative_transfer(from_scratch - [0.02, 0.03, 0.02, 0.03], from_scratch)
    assert found.is_negative
    assert interval(from_scratch).half_width > 0.3
    with_other_pairs = negative_transfer(from_scratch[::-1] - 0.025, from_scratch)
    assert with_other_pairs.verdict == "undecided"


def test_the_level_decides_how_sure_it_must_be():
    # Differences 1, 2, 3 hundredths: t = 2 / (1 / √3) = 3.46, between 95 % (4.30) and 90 % (2.92)
    transferred, from_scratch = [0.51, 0.52, 0.53], [0.5, 0.5, 0.5]
    assert negative_transfer(transferred, from_scratch).verdict == "undecided"
    assert negative_transfer(transferred, from_scratch, level=0.9).verdict == "positive"
    with pytest.raises(ValueError, match=r"`level` must be a number in \(0, 1\); got 95"):
        negative_transfer(transferred, from_scratch, level=95)


def test_it_errs_as_often_as_its_level_says(rng):
    runs = rng.normal(0.5, 0.02, (2000, 2, 5))  # no gain at all
    verdicts = [negative_transfer(*pair).verdict for pair in runs]
    assert np.mean([v != "undecided" for v in verdicts]) == pytest.approx(0.05, abs=0.017)


def test_it_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        negative_transfer([0.5, 0.6], [0.5, 0.5]).verdict = "positive"
