import numpy as np

from tlcourse.pad.shaky_pen import draw_by_program
from tlcourse.pad.strokes import check_strokes


def test_the_same_seed_draws_the_same_and_another_does_not():
    first = draw_by_program(range(10), 2)
    assert first == draw_by_program(range(10), 2, seed=0)
    assert first != draw_by_program(range(10), 2, seed=1)


def test_the_digits_in_turn_and_each_drawing_differs():
    drawings = draw_by_program((3, 1), 3)
    assert [digit for digit, _ in drawings] == [3, 1] * 3
    threes = [strokes for digit, strokes in drawings if digit == 3]
    assert threes[0] != threes[1] != threes[2] != threes[0]


def test_what_is_drawn_does_not_depend_on_what_else_is():
    whole = draw_by_program(range(10), 3)
    assert [each for each in whole if each[0] == 7][:2] == draw_by_program((7,), 2)


def test_they_are_drawings_that_a_browser_could_send():
    for seed in range(20):
        for _, strokes in draw_by_program(range(10), 2, seed):
            assert check_strokes(strokes) == strokes
            points = np.concatenate(strokes)
            assert 0.3 < np.ptp(points, axis=0).max() < 1


def test_a_pen_does_not_jump():
    for _, strokes in draw_by_program(range(10), 4):
        for stroke in strokes:
            assert np.hypot(*np.diff(stroke, axis=0).T).max() < 0.12
