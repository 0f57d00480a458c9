"""Textured digits: the same digits, over colours that say nothing of them."""

import numpy as np
import pytest

from tlcourse.domains.images.faces import FACES
from tlcourse.domains.images.glyphs import DIGITS, render
from tlcourse.domains.images.textures import glyphs_textured


@pytest.fixture(scope="module")
def domain():
    return glyphs_textured(n=2000)


def grounds(n, seed=0):
    """What lies beneath the ink, got by drawing no ink at all."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "tlcourse.domains.images.textures.render",
            lambda *_, size, **__: (np.zeros((n, size, size, 1), "uint8"), np.arange(n) % 10),
        )
        blank = glyphs_textured(n=n, seed=seed)
    return np.concatenate([blank.x_train, blank.x_test])


def test_shape_range_and_evenness(domain):
    assert domain.input_shape == (32, 32, 3)
    assert domain.x_train.min() >= 0
    assert domain.x_train.max() <= 1
    assert (len(domain.x_train), len(domain.x_test)) == (1500, 500)
    np.testing.assert_array_equal(np.bincount(domain.labels_train), [150] * 10)
    assert domain.class_names == tuple(DIGITS)


def test_a_pixel_is_the_difference_of_texture_and_ink(domain):
    ink, labels = render(DIGITS, FACES, 2000, size=32)
    x = np.concatenate([domain.x_train, domain.x_test])
    np.testing.assert_allclose(x, np.abs(grounds(2000) - ink / 255), atol=1e-6)
    np.testing.assert_array_equal(np.r_[domain.labels_train, domain.labels_test], labels)


def test_textures_are_colourful_and_differ():
    x = grounds(2000)
    assert len({image.tobytes() for image in x}) == 2000
    assert np.ptp(x, axis=-1).mean() > 0.1  # between the channels of a pixel
    assert x.std(axis=(1, 2)).mean() > 0.05  # within an image
    assert 0.4 < x.mean() < 0.6


def test_textures_follow_the_seed():
    np.testing.assert_array_equal(grounds(20, seed=3), grounds(20, seed=3))
    assert not np.array_equal(grounds(20, seed=3), grounds(20, seed=4))


def test_no_image_is_in_both_train_and_test(domain):
    train = {image.tobytes() for image in domain.x_train}
    assert not any(image.tobytes() in train for image in domain.x_test)
