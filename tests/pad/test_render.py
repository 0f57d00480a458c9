"""Drawings look like the domain `handwritten`: white on black, 20 of 28 pixels, in the middle."""

import numpy as np
import pytest

from tlcourse.domains import load_domain
from tlcourse.pad.render import render_strokes
from tlcourse.pad.shaky_pen import draw_by_program


def box(image):
    rows, columns = np.nonzero(image[..., 0] > 0.02)
    return rows.min(), rows.max() + 1, columns.min(), columns.max() + 1


@pytest.mark.parametrize("size", [0.1, 0.5, 1.0])
@pytest.mark.parametrize("corner", [0.0, 1.0])
def test_size_and_place_on_the_pad_do_not_matter(size, corner):
    unit = np.array([[0.0, 0.0], [0.5, 0.0], [0.25, 1.0]])
    (image,) = render_strokes([[(unit * size + corner * (1 - size) * np.array([1, 1])).tolist()]])
    assert image.shape == (28, 28, 1)
    assert image.dtype == np.float32
    assert image.min() == 0
    assert image.max() == 1
    top, bottom, left, right = box(image)
    assert (top, bottom) == (4, 24)
    assert left + right == pytest.approx(28, abs=1)
    assert right - left == pytest.approx(2.5 + 17.5 / 2, abs=1.5)


def test_a_wide_drawing_fills_the_width():
    (image,) = render_strokes([[[[0.1, 0.5], [0.9, 0.5]]]])
    top, bottom, left, right = box(image)
    assert (left, right) == (4, 24)
    assert 2 <= bottom - top <= 4  # 2.5 pixels, the pen
    assert np.allclose(image, image[:, ::-1], atol=0.1)


def test_x_goes_right_and_y_goes_down():
    corner = [[[0.0, 0.0], [0.0, 1.0], [1.0, 1.0]]]  # an L
    (image,) = render_strokes([corner])
    assert image[6, 5] > 0.9
    assert image[22, 21] > 0.9
    assert image[6, 21] == 0


def test_edges_are_soft():
    (image,) = render_strokes([[[[0.0, 0.0], [0.6, 1.0]]]])
    assert len(np.unique(image)) >= 16


@pytest.mark.parametrize("dot", [[[0.9, 0.1]], [[0.9, 0.1], [0.902, 0.1]]])
def test_a_dot_stays_a_dot(dot):
    (image,) = render_strokes([[dot]])
    top, bottom, left, right = box(image)
    assert (top + bottom, left + right) == pytest.approx((28, 28), abs=1)
    assert bottom - top <= 4
    assert right - left <= 4


def test_a_pen_that_is_lifted_leaves_a_gap():
    (image,) = render_strokes([[[[0.0, 0.0], [0.0, 1.0]], [[1.0, 0.0], [1.0, 1.0]]]])
    assert image[14, 14] == 0
    assert image[14, 5] > 0.9
    assert image[14, 22] > 0.9


def test_its_ink_is_between_half_and_twice_that_of_handwriting():
    images = render_strokes([strokes for _, strokes in draw_by_program(range(10), 4)])
    share = images.mean() / load_domain("handwritten").x_train.mean()
    assert 0.5 < share < 2
