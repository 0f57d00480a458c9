import math

import pytest

from tlcourse.errors import BadArgument
from tlcourse.pad.strokes import MOST_POINTS, MOST_STROKES, check_strokes


def test_they_are_copied_and_rounded():
    sent = [[[0.123456, 1]], [[0, 0.5], [1, 0.99999]]]
    assert check_strokes(sent) == [[[0.1235, 1.0]], [[0.0, 0.5], [1.0, 1.0]]]
    assert check_strokes(sent) is not sent


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (None, "1 to 40 strokes; got None"),
        ({"a": 1}, "1 to 40 strokes"),
        ([], r"got \[\]"),
        ([[]], "one or more points"),
        (["abc"], "one or more points; got 'abc'"),
        ([[[0.5]]], r"two numbers \[x, y\], both in \[0, 1\]; got \[0.5\]"),
        ([[[0.5, 0.5, 0.5, 0.5]]], "got a list of 4"),
        ([[[0.5, "0.5"]]], "got"),
        ([[[True, 0.5]]], "got"),
        ([[[0.5, None]]], "got"),
        ([[[-0.01, 0.5]]], "got"),
        ([[[0.5, 1.01]]], "got"),
        ([[[math.nan, 0.5]]], "got"),
        ([[[math.inf, 0.5]]], "got"),
        ([[[10**400, 0.5]]], "got"),
        ([[[0.5, 0.5]]] * (MOST_STROKES + 1), "got a list of 41"),
        ([[[0.5, 0.5]] * (MOST_POINTS // 2 + 1)] * 2, f"at most {MOST_POINTS} points"),
    ],
)
def test_what_is_refused(sent, said):
    with pytest.raises(BadArgument, match=said) as caught:
        check_strokes(sent)
    assert len(str(caught.value)) < 160
    assert "\n" not in str(caught.value)


def test_the_largest_that_is_allowed():
    stroke = [[0.5, 0.5]] * (MOST_POINTS // MOST_STROKES)
    assert len(check_strokes([stroke] * MOST_STROKES)) == MOST_STROKES
