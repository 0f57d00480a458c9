"""Digits drawn by a program, with a shaky pen: they stand in where nobody can draw.

No person drew them, and they are in nobody's hand. Each digit has one to three shapes that follow
how people write it. Habits (which shape, how slanted, how wide) hold for a whole set, as they do
for one writer; chance bends each drawing: its size, place and turn, its curves, the pen's tremor
and speed.
"""

import numpy as np

# Digit to its shapes. A shape's strokes are parted by "/"; the curves of a stroke, which meet in a
# corner, by "|"; a curve goes smoothly through its points "x,y", hundredths of a box, y downward.
_SHAPES = {
    0: (
        "55,4 22,18 12,50 22,84 50,97 80,80 88,48 76,16 50,3",
        "72,12 45,3 18,25 14,65 38,96 70,88 86,50 74,14 58,6",
    ),
    1: ("50,2 49,50 50,98", "25,28 40,18 55,3 | 55,3 55,50 54,98"),
    2: (
        "15,25 30,6 60,4 82,25 70,50 40,75 12,96 | 12,96 50,95 90,94",
        "15,22 45,3 80,20 70,55 30,88 13,90 20,78 45,85 70,97 92,90",
    ),
    3: (
        "15,15 45,3 78,17 70,38 40,48 | 40,48 75,55 85,78 55,97 12,88",
        "15,5 50,6 80,5 | 80,5 60,22 42,42 | 42,42 80,50 85,80 50,98 12,87",
    ),
    4: (
        "25,5 20,30 15,58 | 15,58 50,59 90,58 / 68,5 67,50 66,98",
        "65,3 40,32 10,65 | 10,65 50,66 92,65 / 65,3 66,50 65,98",
    ),
    5: (
        "30,5 27,25 25,45 | 25,45 50,38 82,52 82,80 50,98 13,88 / 30,5 55,6 82,5",
        "82,5 55,5 28,6 | 28,6 26,25 23,45 | 23,45 50,38 82,52 82,80 50,98 13,88",
    ),
    6: ("70,4 40,20 18,55 20,85 50,98 80,85 75,60 45,52 20,72",),
    7: (
        "12,6 50,7 85,6 | 85,6 60,45 40,98",
        "12,6 50,7 85,6 | 85,6 60,45 40,98 / 30,50 52,49 75,48",
    ),
    8: (
        "75,18 50,3 25,18 40,42 72,65 75,88 50,98 22,85 30,62 62,40 77,18",
        "52,4 28,15 30,38 52,47 74,36 74,14 50,3 / 50,48 22,62 22,88 50,98 80,86 78,60 52,48",
    ),
    9: (
        "78,20 50,4 20,20 25,45 55,50 77,25 | 77,25 78,60 70,98",
        "78,20 50,4 20,20 25,45 55,50 77,25 | 77,25 80,60 70,90 45,98 20,88",
    ),
}
_PER_CURVE = 12  # fine steps from each point of a shape to the next


def draw_by_program(digits, each, seed=0):
    """Draw digits as a learner's shaky hand might on the pad; one seed is one set of habits.

    Args:
        digits: ints 0 to 9.
        each: int, drawings of each digit.
        seed: int; the same seed gives the same drawings.

    Returns:
        List of `(digit, strokes)`, the digits in turn, `each` rounds of them; strokes are as
        `check_strokes` gives them.
    """
    habits = np.random.default_rng([seed, 0])
    slant, width = habits.normal(0.1, 0.12), np.exp(habits.normal(-0.3, 0.12))
    shape_of = {digit: _SHAPES[digit][habits.integers(len(_SHAPES[digit]))] for digit in _SHAPES}
    drawings = []
    for turn in range(each):
        for digit in digits:
            # A generator of its own: the third 7 is the same whatever else is asked for.
            rng = np.random.default_rng([seed, 1, digit, turn])
            drawings.append((digit, _drawing(shape_of[digit], slant, width, rng)))
    return drawings


def _drawing(shape, slant, width, rng):
    slant, turn = slant + rng.normal(0, 0.05), np.deg2rad(rng.normal(0, 4))
    height = rng.uniform(0.45, 0.8)
    width = height * width * np.exp(rng.normal(0, 0.08))
    cos, sin = np.cos(turn), np.sin(turn)
    matrix = np.array([[cos, -sin], [sin, cos]]) @ np.array([[1, -slant], [0, 1]])
    matrix = matrix @ np.diag([width, height])
    middle = 0.5 + rng.normal(0, 0.04, 2)
    strokes = [_stroke(stroke, rng) for stroke in shape.split("/")]
    placed = [(stroke - 0.5) @ matrix.T + middle for stroke in strokes]
    return [_as_sent(_shaken(stroke, rng)) for stroke in placed]


def _stroke(text, rng):
    """Return a stroke's fine points, float64 (n, 2), in the unit box, its shape bent by chance."""
    pieces, end = [], None
    for curve in text.split("|"):
        points = np.array([point.split(",") for point in curve.split()], "float64") / 100
        points += rng.normal(0, 0.03, points.shape)
        if end is not None:
            points[0] = end  # a corner stays one
        end = points[-1]
        pieces.append(_smooth(points))
    return np.concatenate(pieces)


def _smooth(points):
    """Return points of the Catmull-Rom curve through (n, 2) points, `_PER_CURVE` for each step."""
    before, after = 2 * points[0] - points[1], 2 * points[-1] - points[-2]
    p = np.concatenate([[before], points, [after]])
    p0, p1, p2, p3 = p[:-3, None], p[1:-2, None], p[2:-1, None], p[3:, None]
    t = np.arange(1, _PER_CURVE + 1)[None, :, None] / _PER_CURVE
    linear, square = p2 - p0, 2 * p0 - 5 * p1 + 4 * p2 - p3
    cubic = 3 * (p1 - p2) + p3 - p0
    curve = p1 + (linear * t + square * t**2 + cubic * t**3) / 2
    return np.concatenate([points[:1], curve.reshape(-1, 2)])


def _shaken(points, rng):
    """Go along a stroke at a pen's speed, slower at both ends, and let the hand tremble."""
    along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    pace = rng.uniform(0.012, 0.03)  # of the pad's side, from one report of the mouse to the next
    n = max(int(along[-1] / pace), 3)
    share = np.linspace(0, 1, n + 1)
    share = 0.7 * share + 0.3 * share**2 * (3 - 2 * share)
    at = np.stack([np.interp(share * along[-1], along, z) for z in points.T], axis=1)
    tremor = rng.normal(0, 0.006, at.shape)
    if n >= 4:
        # A hand is heavy: it does not jump from one report to the next.
        tremor[1:-1] = (tremor[:-2] + tremor[1:-1] + tremor[2:]) / 2
    return at + tremor


def _as_sent(points):
    # As the browser sends them; rounded, so that another machine's last digit changes no pixel.
    return np.round(points.clip(0, 1), 3).tolist()
