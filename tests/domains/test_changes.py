"""Changes of images, each by its formula."""

import numpy as np
import pytest

from tlcourse.domains import changes

IMAGES = np.random.default_rng(0).random((5, 6, 4, 1))
CHANGES = [getattr(changes, name) for name in dir(changes) if name.islower() and name[0] != "_"]
CHANGES = [each for each in CHANGES if getattr(each, "__module__", "") == changes.__name__]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_every_change_gives_images_of_that_shape(change):
    given = IMAGES.copy()
    found = change(given)
    assert found.shape == IMAGES.shape
    assert found.dtype == "float32"
    assert 0 <= found.min() <= found.max() <= 1
    np.testing.assert_array_equal(given, IMAGES)
    np.testing.assert_array_equal(change(given), found)
    for wrong in (IMAGES[0], "text"):
        with pytest.raises(ValueError, match="`images` must have shape"):
            change(wrong)
    with pytest.raises(ValueError, match="`images` must be finite"):
        change(np.full((1, 6, 4, 1), np.nan))


def test_all_are_here():
    assert len(CHANGES) == 8


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (changes.faint(IMAGES, contrast=0.2), 0.2 * IMAGES),
        (changes.on_grey_paper(IMAGES, level=0.5, contrast=0.1), 0.5 + 0.1 * IMAGES),
        (changes.inverted(IMAGES), 1 - IMAGES),
        (changes.bands_flipped(IMAGES), IMAGES[:, ::-1]),
        (changes.bands_shifted(IMAGES, by=2)[:, 2:], IMAGES[:, :4]),
        (changes.bands_shifted(IMAGES, by=-2)[:, :4], IMAGES[:, 2:]),
        (changes.bands_shifted(IMAGES, by=2)[:, :2], 0),
    ],
)
def test_formulas(found, expected):
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-7)


def test_light_falls_from_one_side():
    black = np.zeros((1, 2, 5, 1))
    np.testing.assert_allclose(
        changes.lit_from_one_side(black, strength=0.8)[0, 0, :, 0][[0, -1]], [0.8, 0]
    )
    white = np.ones((1, 2, 5, 1))
    np.testing.assert_allclose(changes.lit_from_one_side(white), 1)


def test_noise_has_its_deviation():
    grey = np.full((200, 8, 8, 1), 0.5)
    assert np.std(changes.noisy(grey, deviation=0.1)) == pytest.approx(0.1, rel=0.05)
    assert (changes.noisy(grey, seed=1) != changes.noisy(grey, seed=2)).any()


def test_no_image_to_test_on_has_the_noise_of_one_to_train_on():
    train, test = (np.full((20, 8, 8, 1), grey) for grey in (0.5, 0.4))
    noise = [(changes.noisy(x, deviation=0.05) - x).reshape(20, -1) for x in (train, test)]
    alike = np.corrcoef(*noise)[:20, 20:]
    assert np.abs(alike).max() < 0.6


def test_one_order_of_the_bands_for_all():
    rows = np.arange(6)[None, :, None, None] / 6 + np.zeros((3, 6, 2, 1))
    found = changes.bands_shuffled(rows, seed=1)
    assert sorted(found[0, :, 0, 0]) == sorted(rows[0, :, 0, 0].astype("float32"))
    np.testing.assert_array_equal(found[0], found[2])


@pytest.mark.parametrize("by", [6, -6, 1.5, True, "one"])
def test_rows_that_cannot_be(by):
    with pytest.raises(ValueError, match="`by` must be a whole number of rows, fewer than 6"):
        changes.bands_shifted(IMAGES, by=by)
