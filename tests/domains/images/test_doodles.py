"""The drawings that ship: whole, split once and for all, animals apart, inked as others are."""

import gzip
import hashlib
import json
import shutil
import sys
import time

import numpy as np
import pytest

from tlcourse.domains import DataError, data_folder, domain_names, load_domain, load_pair
from tlcourse.domains.images import doodles as _make_doodles

doodles = sys.modules[_make_doodles.__module__]
FILE = "doodles.ndjson.gz"


@pytest.fixture(scope="module")
def things():
    return load_domain("doodles")


@pytest.fixture(scope="module")
def animals():
    return load_domain("doodles-animals")


@pytest.fixture(scope="module")
def words():
    lines = gzip.decompress((data_folder() / FILE).read_bytes()).splitlines()
    return [json.loads(line)["word"] for line in lines]


@pytest.fixture
def broken_copy(tmp_path, monkeypatch):
    """A copy of the file to break, and an empty cache."""
    shutil.copy(data_folder() / FILE, tmp_path / FILE)
    monkeypatch.setattr(doodles, "data_folder", lambda: tmp_path)
    monkeypatch.setenv("TLCOURSE_CACHE", str(tmp_path / "cache"))
    return tmp_path / FILE


def content(domain):
    parts = (domain.x_train, domain.labels_train, domain.x_test, domain.labels_test)
    return hashlib.sha256(b"".join(part.tobytes() for part in parts)).hexdigest()


def test_size_shape_and_range(things, animals):
    assert repr(things) == "Domain('doodles': 5840 train + 1460 test, 28 × 28 × 1, 292 classes)"
    assert repr(animals) == (
        "Domain('doodles-animals': 150 train + 100 test, 28 × 28 × 1, 10 classes)"
    )
    for domain in (things, animals):
        x = np.concatenate([domain.x_train, domain.x_test])
        assert x.dtype == np.float32
        assert x.min() == 0
        assert x.max() == 1
        assert domain.licence == "CC BY 4.0"
        assert domain.source.startswith("The Quick, Draw! Dataset, made available by Google, Inc.")


def test_the_split_is_even_over_the_classes_and_mixed(things, animals):
    for domain, n_train, n_test in ((things, 20, 5), (animals, 15, 10)):
        assert set(np.bincount(domain.labels_train)) == {n_train}
        assert set(np.bincount(domain.labels_test)) == {n_test}
        assert len(set(domain.labels_train[:10])) > 5


def test_no_drawing_is_in_both_train_and_test(things, animals, no_test_image_was_trained_on):
    for domain in (things, animals):
        no_test_image_was_trained_on(domain)


def test_there_is_no_animal_among_the_things(things, animals, words):
    assert animals.class_names == doodles.CHOSEN_ANIMALS
    assert {"cat", "dog"} <= set(animals.class_names)
    assert len(doodles.OTHER_ANIMALS) == 42
    left_out = {*doodles.CHOSEN_ANIMALS, *doodles.OTHER_ANIMALS}
    assert not left_out & set(things.class_names)
    # Each word is a thing, a chosen animal or another one: a name mistyped would be none of them.
    assert left_out | set(things.class_names) == set(words)
    for word in ("bear", "mosquito", "sea turtle", "dragon", "teddy-bear"):
        assert word in left_out


def test_a_label_names_what_was_to_be_drawn(things, animals, words):
    drawn = doodles._drawn()
    assert drawn["words"].tolist() == words
    of = {image.tobytes(): str(word) for image, word in zip(*drawn.values(), strict=True)}
    for domain in (animals, things):
        images = (domain.x_train * 255).round().astype("uint8")
        named = [domain.class_names[label] for label in domain.labels_train]
        found = [of[image.tobytes()] for image in images]
        assert named == found


def test_the_split_never_changes(things, animals):
    """Another split would change what every number measured on it means."""
    beginnings = [
        [domain.class_names[label] for label in domain.labels_test[:4]]
        for domain in (things, animals)
    ]
    assert beginnings == [
        ["stethoscope", "hot air balloon", "teapot", "carrot"],
        ["dog", "butterfly", "snail", "fish"],
    ]


def test_drawn_again_it_is_the_same(tmp_path, monkeypatch, things, animals):
    monkeypatch.setenv("TLCOURSE_CACHE", str(tmp_path))
    begin = time.process_time()
    again = load_domain("doodles")
    seconds = time.process_time() - begin
    assert content(again) == content(things)
    assert content(load_domain("doodles-animals")) == content(animals)
    assert len(list(tmp_path.glob("doodles-*.npz"))) == 1  # both domains share the drawings
    assert seconds <= 10, seconds


def test_a_drawing_fills_the_image_but_for_two_pixels_and_lies_in_its_middle():
    edges = ([0, 255], [0, 0]), ([255, 255], [0, 255]), ([0, 255], [255, 255]), ([0, 0], [0, 255])
    image = doodles._rendered(edges)
    np.testing.assert_array_equal(image, image[::-1])
    np.testing.assert_array_equal(image, image[:, ::-1])
    rows = np.flatnonzero(image.max(axis=1) > 0)
    assert (rows[0], rows[-1]) == (2, 25)
    wide = doodles._rendered([[[0, 200], [10, 10]]])  # a flat stroke: no height to scale by
    rows, columns = (np.flatnonzero(wide.max(axis=axis) > 0) for axis in (1, 0))
    assert rows.tolist() == [13, 14]
    assert (columns[0], columns[-1]) == (2, 25)


def test_the_higher_end_of_a_stroke_stays_above():
    image = doodles._rendered([[[0, 100], [0, 0]], [[50, 50], [0, 100]]])  # the letter T
    assert image[3].mean() > 3 * image[20].mean()
    assert image[20, 13:15].max() > 180


@pytest.mark.parametrize("size", [1.0, 0.2])
def test_a_line_is_one_and_a_half_pixels_wide_however_large_the_drawing_was(size):
    image = doodles._rendered([[[0, 255 * size], [0, 0]]])
    assert image[:, 10].sum() / 255 == pytest.approx(1.5, abs=0.3)


def test_its_ink_is_as_bright_and_as_much_as_other_domains_have(things):
    assert things.x_train.max(axis=(1, 2, 3)).min() > 0.9  # no drawing fades
    assert 0.1 < things.x_train.mean() < load_domain("glyphs").x_train.mean()


def test_a_damaged_file_is_one_line(broken_copy):
    broken_copy.write_bytes(broken_copy.read_bytes()[:-1000])
    for name in ("doodles", "doodles-animals"):
        with pytest.raises(
            DataError, match=r"doodles\.ndjson\.gz is damaged .* install the course again\.$"
        ) as error:
            load_domain(name)
        assert "\n" not in str(error.value)


def test_a_file_that_is_not_there_is_one_line(broken_copy):
    broken_copy.unlink()
    with pytest.raises(
        DataError, match=r"doodles\.ndjson\.gz cannot be read \(No such file.*install the course"
    ):
        load_domain("doodles")


def test_things_and_animals_are_a_pair(animals):
    assert {"doodles", "doodles-animals"} <= set(domain_names())
    pair = load_pair("doodles->doodles-animals")
    assert not pair.same_classes
    np.testing.assert_array_equal(pair.target.x_test, animals.x_test)
