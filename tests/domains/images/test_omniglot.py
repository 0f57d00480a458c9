"""Omniglot's archives: drawings in folders alphabet/character."""

import io

import numpy as np
import pytest
from PIL import Image

from tlcourse.domains import DataError, fetch, load_domain, load_pair

PATH = "omniglot/images_background.zip"


def drawing(column, mode="1", form="PNG"):
    """A black stroke on white, 105×105 as Omniglot has them: a column three pixels wide."""
    paper = np.full((105, 105), 255, "uint8")
    paper[30:75, column - 1 : column + 2] = 0
    body = io.BytesIO()
    picture, black = Image.fromarray(paper), Image.new("L", paper.shape)
    if mode == "I;16":
        picture = Image.fromarray(paper.astype("uint16") * 257)
    elif mode == "LA":
        ink = picture.point(lambda value: 255 - value)
        picture = Image.merge("LA", (black, ink))
    else:
        picture = picture.convert(mode)
    picture.save(body, form)
    return body.getvalue()


def drawings(mode="1", form="PNG"):
    """Three characters of two alphabets, whose stroke tells which it is; four drawings each."""
    columns = {"Greek/character01": 20, "Greek/character02": 50, "Latin/character01": 80}
    return {
        f"images_background/{folder}/{column:04}_{i:02}.png": drawing(column, mode, form)
        for folder, column in columns.items()
        for i in range(1, 5)
    }


def assert_read(domain):
    assert repr(domain) == "Domain('omniglot': 9 train + 3 test, 28 × 28 × 1, 3 classes)"
    assert domain.class_names == ("Greek/character01", "Greek/character02", "Latin/character01")
    for x, labels in ((domain.x_train, domain.labels_train), (domain.x_test, domain.labels_test)):
        for image, label in zip(x[..., 0], labels, strict=True):
            middle = image.sum(0) @ np.arange(28) / image.sum()
            assert middle == pytest.approx((20.5, 50.5, 80.5)[label] / 105 * 28 - 0.5, abs=0.3)
            assert image[:6].max() == 0  # black paper
            assert image[10:18].max() > 0.8  # the stroke, five of 105 pixels wide, does not fade


def test_the_real_file(shared_data, monkeypatch, no_test_image_was_trained_on):
    monkeypatch.setenv("TLCOURSE_DATA", str(shared_data))
    domain = load_domain("omniglot")
    assert repr(domain) == "Domain('omniglot': 2040 train + 680 test, 28 × 28 × 1, 136 classes)"
    assert set(np.bincount(domain.labels_train)) == {15}
    assert set(np.bincount(domain.labels_test)) == {5}
    alphabets = {name.split("/")[0] for name in domain.class_names}
    assert alphabets == {
        *("Balinese", "Early_Aramaic", "Greek", "Korean", "Latin"),
    }
    assert {name.split("/")[1][:9] for name in domain.class_names} == {"character"}
    no_test_image_was_trained_on(domain)
    assert domain.x_train.min() == 0
    assert domain.x_train.max() == 1
    assert 0.05 < domain.x_train.mean() < 0.2
    assert domain.licence == "MIT"
    assert load_pair("omniglot->letters").source.name == "omniglot"


def test_the_archive_over_the_web(web, cache, publish, file_of, packed):
    web.pages["/a"] = packed(PATH, {**drawings(), "images_background/README": b"none"})
    publish("omniglot", (file_of(PATH, web.pages["/a"], f"{web.url}/a"),))
    fetch("omniglot")
    assert_read(load_domain("omniglot"))


@pytest.mark.parametrize(
    ("mode", "form"),
    [
        *(("L", "PNG"), ("RGB", "PNG"), ("P", "GIF"), ("I;16", "PNG"), ("LA", "PNG")),
        *(("CMYK", "TIFF"), ("RGB", "JPEG")),
    ],
)
def test_drawings_of_another_mode(put, packed, mode, form):
    put(PATH, packed(PATH, drawings(mode, form)))
    assert_read(load_domain("omniglot"))


def test_a_broken_drawing_is_named(put, packed):
    name = "images_background/Greek/character01/0020_01.png"
    put(PATH, packed(PATH, {**drawings(), name: drawing(20)[:-30]}))
    with pytest.raises(DataError, match=rf"background\.zip holds a broken image, {name} \("):
        load_domain("omniglot")


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"readme.txt": b"none"},
        {"images_background/Greek/character01/0020_01.png": drawing(20)},
        {**drawings(), "images_background/Latin/character09/0900_01.png": drawing(20)},
    ],
)
def test_an_archive_without_characters(put, packed, members):
    put(PATH, packed(PATH, members))
    with pytest.raises(DataError, match=r"zip is damaged \(it does not hold drawings of each"):
        load_domain("omniglot")
