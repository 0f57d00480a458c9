"""Check the strokes of a drawing: what a browser or a file sends is not trusted."""

from numbers import Real

from tlcourse.errors import BadArgument

MOST_STROKES = 40
MOST_POINTS = 4000  # in all strokes of a drawing; a digit drawn slowly has a few hundred


def check_strokes(strokes):
    """Check one drawing, and round it.

    Args:
        strokes: list of strokes, each a list of points [x, y] in the order of drawing; x and y in
            [0, 1] from the pad's left and top, in units of its side.

    Returns:
        The same as new lists, numbers rounded to four decimals.

    Raises:
        BadArgument: (a ValueError) if it is no such list, is empty, or has more than `MOST_STROKES`
            strokes or `MOST_POINTS` points.
    """
    if not isinstance(strokes, list) or not 1 <= len(strokes) <= MOST_STROKES:
        raise BadArgument(
            f"`strokes` must be a list of 1 to {MOST_STROKES} strokes; {_got(strokes)}."
        )
    left = MOST_POINTS
    for stroke in strokes:
        if not isinstance(stroke, list) or not stroke:
            raise BadArgument(f"a stroke must be a list of one or more points; {_got(stroke)}.")
        left -= len(stroke)
        if left < 0:
            raise BadArgument(f"a drawing must have at most {MOST_POINTS} points; got more.")
        for point in stroke:
            if not _is_point(point):
                raise BadArgument(
                    f"a point must be two numbers [x, y], both in [0, 1]; {_got(point)}."
                )
    return [[[round(float(x), 4), round(float(y), 4)] for x, y in stroke] for stroke in strokes]


def _is_point(point):
    return (
        isinstance(point, list)
        and len(point) == 2
        and all(isinstance(z, Real) and not isinstance(z, bool) and 0 <= z <= 1 for z in point)
    )


def _got(value):
    """Say what came, short: a message from outside may be of any size."""
    if isinstance(value, list) and len(value) > 3:
        return f"got a list of {len(value)}"
    shown = repr(value)
    return f"got {shown}" if len(shown) <= 60 else f"got {shown[:60]}..."
