"""Drawn digits and letters: repeatable, quick, even, readable, faces held out."""

import hashlib
import os
import subprocess
import sys
import time

import numpy as np
import pytest

from tlcourse.domains import load_domain
from tlcourse.domains.arrays import to_unit
from tlcourse.domains.images.faces import FACES, HELD_OUT_FACES
from tlcourse.domains.images.glyphs import DIGITS, glyphs, letters, render, render_and_tell


@pytest.fixture(scope="module")
def digits():
    return glyphs()


def content(domain):
    parts = (domain.x_train, domain.labels_train, domain.x_test, domain.labels_test)
    return hashlib.sha256(b"".join(part.tobytes() for part in parts)).hexdigest()


@pytest.mark.parametrize("maker", ["glyphs.glyphs", "glyphs.letters", "textures.glyphs_textured"])
def test_another_process_draws_the_same_bytes(maker, tmp_path, monkeypatch):
    module, function = maker.split(".")
    code = (
        f"from tlcourse.domains.images.{module} import {function} as make\n"
        "import hashlib; d = make(n=300, seed=5); digest = hashlib.sha256()\n"
        "for part in (d.x_train, d.labels_train, d.x_test, d.labels_test):\n"
        "    digest.update(part.tobytes())\n"
        "print(digest.hexdigest())"
    )
    answers = [
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": run, "TLCOURSE_CACHE": str(tmp_path / run)},
        ).stdout
        for run in ("1", "2")
    ]
    assert answers[0] == answers[1]
    assert len(answers[0]) == 65


def test_another_seed_draws_other_images():
    assert content(glyphs(n=300)) != content(glyphs(n=300, seed=1))
    assert content(letters(n=300)) != content(letters(n=300, seed=1))


def test_eight_thousand_take_at_most_five_seconds_of_one_core(tmp_path, monkeypatch):
    monkeypatch.setenv("TLCOURSE_CACHE", str(tmp_path))
    start = time.process_time()
    domain = glyphs()
    seconds = time.process_time() - start
    assert len(domain.x_train) + len(domain.x_test) == 8000
    assert seconds <= 5, seconds


def test_shape_range_and_size(digits):
    assert repr(digits) == "Domain('glyphs': 6000 train + 2000 test, 28 × 28 × 1, 10 classes)"
    assert digits.x_train.min() == 0
    assert 0.95 < digits.x_train.max() <= 1
    assert digits.class_names == tuple(DIGITS)


def test_digits_are_even_in_train_and_test(digits):
    np.testing.assert_array_equal(np.bincount(digits.labels_train), [600] * 10)
    np.testing.assert_array_equal(np.bincount(digits.labels_test), [200] * 10)


def test_letters_are_as_even_as_can_be():
    domain = letters()
    for labels in (domain.labels_train, domain.labels_test):
        counts = np.bincount(labels, minlength=26)
        assert counts.max() - counts.min() <= 1


def test_labels_are_shuffled_within_each_round():
    labels = render(DIGITS, FACES, 200)[1].reshape(20, 10)
    assert len(np.unique(labels, axis=0)) == 20


def test_no_image_is_in_both_train_and_test(digits):
    train = {image.tobytes() for image in digits.x_train}
    assert len(train) == 6000
    assert not any(image.tobytes() in train for image in digits.x_test)


def test_every_image_holds_a_character_and_few_reach_the_edge(digits):
    x = np.concatenate([digits.x_train, digits.x_test])
    assert x.mean(axis=(1, 2, 3)).min() > 0.02
    rim = np.ones((28, 28), bool)
    rim[1:-1, 1:-1] = False
    touching = (x[:, rim] > 0.5).any(axis=(1, 2)).mean()
    assert touching < 0.15, touching


def test_a_label_names_what_is_drawn(digits):
    """The mean of a class's training images finds the class of most test images."""
    means = np.stack([digits.x_train[digits.labels_train == k].mean(0) for k in range(10)])
    distances = ((digits.x_test[:, None] - means) ** 2).sum(axis=(2, 3, 4))
    assert (distances.argmin(1) == digits.labels_test).mean() > 0.5


def test_letters_are_tested_in_faces_that_training_never_saw():
    domain = letters(n=416)
    train, test = set(domain.groups_train), set(domain.groups_test)
    assert test == set(HELD_OUT_FACES)
    assert train | test == set(FACES)
    assert not train & test


@pytest.mark.parametrize("size", [28, 32])
def test_a_face_draws_only_its_own_shapes(size):
    """Same places, another face: the pictures differ, so `faces` is what is drawn from."""
    one = render("A", ("cmr10",), 20, size=size)[0]
    other = render("A", ("DejaVuSans-Bold",), 20, size=size)[0]
    assert one.shape == (20, size, size, 1)
    assert other.mean() > 1.2 * one.mean()


def test_to_unit_spans_0_to_1():
    scaled = to_unit(np.array([0, 51, 255], "uint8"))
    assert scaled.dtype == "float32"
    np.testing.assert_allclose(scaled, [0, 0.2, 1], rtol=1e-6)


def test_the_catalogue_gives_these(digits):
    assert content(load_domain("glyphs")) == content(digits)


def test_faces_can_be_chosen_and_are_groups():
    few = letters(n=60, faces=("cmr10", "DejaVuSans"))
    assert set(few.groups_train) | set(few.groups_test) == {"cmr10", "DejaVuSans"}
    assert len(few.x_train) == 45
    held_out = letters(n=60)
    assert set(held_out.groups_test) <= set(HELD_OUT_FACES)
    assert not set(held_out.groups_train) & set(HELD_OUT_FACES)
    drawn = render_and_tell(DIGITS, FACES, 40, seed=3)
    domain = glyphs(n=40, seed=3)
    expected = [FACES[face] for face in drawn["faces"]]
    assert [*domain.groups_train, *domain.groups_test] == expected


@pytest.mark.parametrize(
    ("faces", "said"),
    [
        (("Arial",), "no font 'Arial'"),
        (("DejaVu Sand",), "no font 'DejaVu Sand'. Did you mean 'DejaVu Sans'"),
        ((["cmr10"],), r"no font \['cmr10'\]"),
        ((), r"a list of one or more names of fonts; got \(\)"),
        (3, "a list of one or more names of fonts; got 3"),
        (("cmr10",) * 2, "'cmr10' comes twice"),
        (("Computer Modern", "cmr10"), "'cmr10' comes twice"),
    ],
)
def test_faces_that_cannot_be(faces, said):
    with pytest.raises(ValueError, match=said):
        glyphs(n=40, faces=faces)


def test_a_family_is_all_its_faces():
    source, target = (
        load_domain("letters", n=200, faces=faces) for faces in ("DejaVu Sans", ("STIX", "cmr10"))
    )
    sans = {"DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-Oblique", "DejaVuSans-BoldOblique"}
    assert set(source.groups_train) | set(source.groups_test) == sans
    assert {*target.groups_train} == {"cmr10", *(face for face in FACES if face[:4] == "STIX")}


@pytest.mark.parametrize("name", ["glyphs", "letters"])
def test_numbers_of_a_drawing(name):
    assert len(load_domain(name, n=np.int64(8), seed=np.int64(1)).x_train) == 6
    for settings in ({"n": 3}, {"n": "8"}, {"n": 8.0}, {"n": 8, "seed": -1}):
        with pytest.raises(ValueError, match="must be a whole number, "):
            load_domain(name, **settings)


def test_a_domain_is_loaded_with_settings():
    assert load_domain("letters", n=60, faces="cmr10").groups_train[0] == "cmr10"
    with pytest.raises(ValueError, match="`faces` is no setting of 'handwritten'; it has none"):
        load_domain("handwritten", faces="cmr10")
