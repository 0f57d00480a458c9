"""Photographs from the archives of cats and dogs and of flowers."""

import io

import numpy as np
import pytest
from PIL import Image

from tlcourse.domains import DataError, fetch, load_domain

PETS = "cats-vs-dogs/kagglecatsanddogs_5340.zip"
FLOWERS = "flowers/flower_photos.tgz"
KINDS = ("daisy", "dandelion", "roses", "sunflowers", "tulips")


def photograph(colour, mode="RGB", form="JPEG", size=(80, 60)):
    body = io.BytesIO()
    Image.new(mode, size, colour).save(body, form)
    return body.getvalue()


def pets(n=110):
    """Cats are red, dogs are blue; some are upright, some lie."""
    colours = {"Cat": (250, 20, 20), "Dog": (20, 20, 250)}
    return {
        f"PetImages/{name}/{i}.jpg": photograph(colour, size=(80, 60) if i % 2 else (60, 90))
        for name, colour in colours.items()
        for i in range(n)
    }


def flowers(n=8):
    return {
        f"flower_photos/{kind}/{i}_ab.jpg": photograph((50 * label, 100, 100))
        for label, kind in enumerate(KINDS)
        for i in range(n)
    }


def assert_colour(domain, channel, colours):
    for part in ("train", "test"):
        x, labels = getattr(domain, f"x_{part}"), getattr(domain, f"labels_{part}")
        assert x.shape[1:] == (64, 64, 3)
        expected = np.array(colours)[labels][:, None, None] / 255
        np.testing.assert_allclose(
            x[..., channel], np.broadcast_to(expected, x.shape[:3]), atol=0.02
        )


def test_cats_and_dogs_over_the_web(web, cache, publish, file_of, packed):
    others = {"readme[1].txt": b"none", "PetImages/Cat/Thumbs.db": b"no picture"}
    web.pages["/a"] = packed(PETS, {**pets(), **others})
    publish("cats-vs-dogs", (file_of(PETS, web.pages["/a"], f"{web.url}/a"),))
    fetch("cats-vs-dogs")
    domain = load_domain("cats-vs-dogs")
    assert domain.class_names == ("cat", "dog")
    assert np.bincount(domain.labels_test).tolist() == [28, 28]
    assert np.bincount(domain.labels_train).tolist() == [82, 82]
    assert_colour(domain, 0, [250, 20])
    assert_colour(domain, 2, [20, 250])


def test_a_few_broken_photographs_are_left_out_and_counted(put, packed):
    broken = {"PetImages/Cat/66.jpg": b"", "PetImages/Dog/17.jpg": photograph((1, 2, 3))[:200]}
    put(PETS, packed(PETS, pets() | broken))
    with pytest.warns(UserWarning, match=r"2 broken photographs .* such as PetImages/Cat/66\.jpg"):
        domain = load_domain("cats-vs-dogs")
    assert len(domain.x_train) + len(domain.x_test) == 218
    assert_colour(domain, 0, [250, 20])


def test_many_broken_photographs_are_a_broken_archive(put, packed):
    broken = {f"PetImages/Cat/{i}.jpg": b"" for i in range(3)}
    put(PETS, packed(PETS, pets() | broken))
    with pytest.raises(
        DataError, match=r"5340\.zip is damaged \(it holds \[107, 110\] .* 3 broken ones\)"
    ):
        load_domain("cats-vs-dogs")


def test_flowers_over_the_web(web, cache, publish, file_of, packed):
    web.pages["/a"] = packed(FLOWERS, {**flowers(), "flower_photos/LICENSE.txt": b"CC-BY"})
    publish("flowers", (file_of(FLOWERS, web.pages["/a"], f"{web.url}/a"),))
    fetch("flowers")
    domain = load_domain("flowers")
    assert repr(domain) == "Domain('flowers': 30 train + 10 test, 64 × 64 × 3, 5 classes)"
    assert domain.class_names == KINDS
    assert_colour(domain, 0, [0, 50, 100, 150, 200])
    assert domain.licence.startswith("CC BY 2.0")


@pytest.mark.parametrize(
    ("picture", "red"),
    [
        pytest.param(photograph(90, "L"), 90, id="grey"),
        pytest.param(photograph((0, 255, 255, 0), "CMYK"), 255, id="CMYK"),
        pytest.param(photograph(90 * 256, "I;16", "PNG"), 90, id="16 bits"),
        pytest.param(photograph((0, 0, 0, 0), "RGBA", "PNG"), 255, id="transparent"),
        pytest.param(photograph(0, "P", "GIF"), 0, id="palette"),
        pytest.param(photograph((90, 0, 0), size=(1, 300)), 90, id="narrow"),
    ],
)
def test_a_photograph_of_another_mode(put, packed, picture, red):
    tulips = {f"flower_photos/tulips/{i}_ab.jpg": picture for i in range(8)}
    put(FLOWERS, packed(FLOWERS, flowers() | tulips))
    assert_colour(load_domain("flowers"), 0, [0, 50, 100, 150, red])


@pytest.mark.parametrize(
    "members",
    [
        pytest.param({}, id="empty"),
        pytest.param({"0.jpg": photograph(1, "L")}, id="no folders"),
        pytest.param({f"a/{i}.jpg": photograph(i, "L") for i in range(9)}, id="one class"),
        pytest.param({**flowers(), "flower_photos/iris/1.jpg": photograph(1, "L")}, id="one iris"),
    ],
)
def test_an_archive_without_classes(put, packed, members):
    put(FLOWERS, packed(FLOWERS, members))
    with pytest.raises(DataError, match=r"photos\.tgz is damaged \(it holds .*\); fetch it again"):
        load_domain("flowers")


def test_no_photograph_is_on_both_sides(put, packed, rng, no_test_image_was_trained_on):
    members = {
        f"flower_photos/{kind}/{i}.jpg": photograph(tuple(rng.integers(256, size=3).tolist()))
        for kind in KINDS
        for i in range(8)
    }
    put(FLOWERS, packed(FLOWERS, members))
    no_test_image_was_trained_on(load_domain("flowers"))
