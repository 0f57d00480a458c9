"""Digits with several labels: the images of `glyphs`, and labels that tell how they were drawn."""

import hashlib
from importlib.metadata import version

import numpy as np
import pytest

from tlcourse.domains import glyph_tasks
from tlcourse.domains.images.faces import FACES, FAMILIES, family_of
from tlcourse.domains.images.glyphs import DIGITS, glyphs, render, render_and_tell

# What `render(DIGITS, FACES, 40)` gave before it told how it drew.
BEFORE = "b7be9c08fff157265c50c1e5382636c16d68020912b81fe85841548bd58ea659"
INK = [36617, 65571, 14506, 43345, 22497, 26750, 9885, 28955, 48084, 20779, 55300, 17912]
LABELS = [4, 6, 2, 7, 3, 5, 9, 0, 8, 1, 2, 9]
DRAWN_BY = {"pillow": "13.0.0", "matplotlib": "3.11.2"}


@pytest.fixture(scope="module")
def tasks():
    return glyph_tasks(n=400, seed=2)


def test_telling_changes_no_digit():
    images, labels = render(DIGITS, FACES, 40)
    assert labels[:12].tolist() == LABELS
    np.testing.assert_allclose(images[:12].sum(axis=(1, 2, 3)), INK, rtol=0.02)


@pytest.mark.skipif(
    any(version(name) != number for name, number in DRAWN_BY.items()),
    reason=f"bytes are compared where they were drawn by {DRAWN_BY}",
)
def test_telling_changes_no_byte():
    images, labels = render(DIGITS, FACES, 40)
    assert hashlib.sha256(images.tobytes() + labels.tobytes()).hexdigest() == BEFORE


def test_the_images_are_those_of_glyphs(tasks):
    domain = glyphs(n=400, seed=2)
    np.testing.assert_array_equal(tasks.x_train, domain.x_train)
    np.testing.assert_array_equal(tasks.x_test, domain.x_test)
    np.testing.assert_array_equal(tasks.labels_train["digit"], domain.labels_train)
    np.testing.assert_array_equal(tasks.labels_test["digit"], domain.labels_test)


def test_shapes_and_ranges(tasks):
    for labels, n in ((tasks.labels_train, 300), (tasks.labels_test, 100)):
        assert {task: (each.shape, str(each.dtype)) for task, each in labels.items()} == {
            "digit": ((n,), "int32"),
            "family": ((n,), "int32"),
            "angle": ((n,), "float32"),
        }
        assert set(labels["family"]) == set(range(5))
        assert -20 <= labels["angle"].min() < -15
        assert 15 < labels["angle"].max() <= 20
    assert tasks.class_names == {"digit": tuple(DIGITS), "family": FAMILIES}


def test_families():
    names = [FAMILIES[i] for i in family_of(FACES)]
    counts = {family: names.count(family) for family in FAMILIES}
    assert counts == dict(zip(FAMILIES, (4, 4, 4, 4, 5), strict=True))
    faces = ["DejaVuSans-Bold", "DejaVuSansMono-Oblique", "DejaVuSerif", "STIXGeneralBol", "cmr10"]
    assert family_of(faces).tolist() == [0, 1, 2, 3, 4]


def test_the_family_is_that_of_the_face():
    """Where a face is named, the image is what that face alone would have drawn."""
    for face in ("cmr10", "DejaVuSerif"):
        told = render_and_tell("1", (face, "STIXGeneral"), 60)
        alone = render("1", (face, face), 60)[0]
        same = (told["images"] == alone).all(axis=(1, 2, 3))
        np.testing.assert_array_equal(same, told["faces"] == 0)


def test_the_angle_is_read_off_a_bar():
    """The long axis of an I, clockwise from upright; slant adds noise, but no slope."""
    told = render_and_tell("I", ("DejaVuSans",), 500)
    ink = told["images"][..., 0].astype("float64")
    x = np.arange(28) - (ink.sum(1) @ np.arange(28) / ink.sum((1, 2)))[:, None]
    y = np.arange(28) - (ink.sum(2) @ np.arange(28) / ink.sum((1, 2)))[:, None]
    xy = np.einsum("nyx,nx,ny->n", ink, x, y)
    spread = np.einsum("nyx,nx->n", ink, x**2) - np.einsum("nyx,ny->n", ink, y**2)
    clockwise = np.rad2deg(np.arctan2(-2 * xy, -spread) / 2)
    slope = np.polyfit(told["degrees"], clockwise, 1)[0]
    assert slope == pytest.approx(1, abs=0.15)
    assert np.corrcoef(told["degrees"], clockwise)[0, 1] > 0.7


def test_another_seed_is_other_labels(tasks):
    other = glyph_tasks(n=400, seed=3).labels_train
    assert all((other[task] != each).any() for task, each in tasks.labels_train.items())


def test_too_few():
    with pytest.raises(ValueError, match=r"`n` must be a whole number, at least 4; got 3"):
        glyph_tasks(n=3)
