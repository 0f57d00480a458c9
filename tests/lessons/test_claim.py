"""A claim is shown with its value, collected, and fails when it does not hold."""

import json
import math
from types import SimpleNamespace

import numpy as np
import pytest

from tlcourse.errors import BadArgument, CourseError
from tlcourse.lessons import ClaimFailed, claim
from tlcourse.lessons.measured import plain

INTERVAL = SimpleNamespace(mean=0.5, low=0.4, high=0.6)


@pytest.mark.parametrize(
    ("sentence", "value", "shown"),
    [
        ("right on {value:.1%}", 0.875, "right on 87.5%"),
        ("count {value}", 138357544, "count 138357544"),
        ("count {value:,}", np.int64(138357544), "count 138,357,544"),
        ("accuracy", 1 / 3, "accuracy (measured: 0.3333)"),
        ("accuracy {value:.2f}", [0.5, 0.75, 1.0], "accuracy 0.75 (0.50 to 1.00 over 3 runs)"),
        ("accuracy {value:.2f}", np.array([0.5]), "accuracy 0.50"),
        ("gap {value:.1f}", INTERVAL, "gap 0.5 [0.4, 0.6]"),
        ("gap {value.low:.2f}", INTERVAL, "gap 0.40"),
        ("{value[a]:.0%} beats {value[b]:.0%}", {"a": 0.9, "b": 0.8}, "90% beats 80%"),
        ("both: {value:.1f}", {"a": 0.9, "b": INTERVAL}, "both: a 0.9, b 0.5 [0.4, 0.6]"),
        ("best is {value}", "probe", "best is probe"),
        (r"$\frac{1}{2}$ is right", 0.5, r"$\frac{1}{2}$ is right (measured: 0.5)"),
        (r"$x_{max}$ is right", 0.5, r"$x_{max}$ is right (measured: 0.5)"),
        (r"of {cat, dog}", 0.5, r"of {cat, dog} (measured: 0.5)"),
        ("0-d {value:.1f}", np.float32(0.5), "0-d 0.5"),
    ],
)
def test_the_sentence_with_its_value(capsys, sentence, value, shown):
    claim(sentence, value, True)
    assert capsys.readouterr().out == f"✓ holds: {shown}\n"


@pytest.mark.parametrize("holds", [False, np.False_, np.array(False), lambda v: v > 1])
def test_a_claim_that_does_not_hold(capsys, holds):
    with pytest.raises(ClaimFailed, match=r"does not hold in this run: wins by 0\.5"):
        claim("wins by {value}", 0.5, holds)
    assert capsys.readouterr().out == "✗ does not hold: wins by 0.5\n"


def test_a_failed_claim_is_both_an_assertion_and_one_line():
    assert issubclass(ClaimFailed, AssertionError)
    assert issubclass(ClaimFailed, CourseError)


@pytest.mark.parametrize(
    "value",
    [
        math.nan,
        np.float32("nan"),
        [0.5, math.nan],
        np.array([[math.nan]]),
        {"a": {"b": [math.nan]}},
        SimpleNamespace(mean=0.5, low=math.nan, high=1.0),
    ],
)
def test_nothing_holds_of_nan(value):
    with pytest.raises(ClaimFailed):
        claim("all is well", value, True)


@pytest.mark.parametrize("holds", [1, None, 0.9, np.array([True, True]), "yes", lambda v: v])
def test_a_verdict_that_is_no_verdict(holds):
    with pytest.raises(BadArgument, match="`holds` must be True or False"):
        claim("wins by {value}", 0.5, holds)


@pytest.mark.parametrize("sentence", ["", None, "{value:.1q}", "{value[0]}", "{value} {other}"])
def test_a_sentence_that_cannot_be_filled_in(sentence):
    with pytest.raises(BadArgument, match="`sentence`"):
        claim(sentence, 0.5, True)


@pytest.mark.parametrize("sentence", ["x {probe}", "x {probe:.2f}", "$a$ {probe[a]} {value}"])
def test_a_placeholder_that_nothing_fills_is_named(sentence):
    with pytest.raises(BadArgument, match=r"placeholder \{probe\}.*such as \{value\[probe\]\}"):
        claim(sentence, {"probe": 0.5}, True)


@pytest.mark.parametrize("value", [None, object(), [None], {"a": print}])
def test_a_value_that_is_none(value):
    with pytest.raises(BadArgument, match="`value` must be a number"):
        claim("wins", value, True)


def test_values_become_plain_json():
    value = {"n": np.int64(3), "accs": np.array([0.5, 1.0]), "gap": INTERVAL, "worst": math.inf}
    assert json.loads(json.dumps(plain(value), allow_nan=False)) == {
        "n": 3,
        "accs": [0.5, 1.0],
        "gap": {"mean": 0.5, "low": 0.4, "high": 0.6},
        "worst": None,
    }
