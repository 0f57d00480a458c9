"""Drawings are on the disk at once, and no file is ever overwritten that holds something else."""

import json
import os
import sys

import pytest

from tlcourse.errors import CourseError
from tlcourse.pad.album import Album

LINE = [[[0.1, 0.2], [0.3, 0.4]]]
DOT = [[[0.5, 0.5]]]


def test_there_is_none_yet(file):
    album = Album(file)
    assert album.read() == []
    assert album.told == []
    assert not file.exists()


def test_what_is_added_is_there_at_once_for_everyone(file):
    Album(file).add(7, LINE)
    Album(file).add(8, DOT)
    assert Album(file).read() == [(7, LINE), (8, DOT)]
    stored = json.loads(file.read_bytes())
    assert stored == {
        "format": 1,
        "drawings": [{"digit": 7, "strokes": LINE}, {"digit": 8, "strokes": DOT}],
    }
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_taking_out(file):
    album = Album(file)
    for digit, strokes in ((7, LINE), (8, DOT), (9, LINE)):
        album.add(digit, strokes)
    assert album.take_out(1) == DOT
    assert album.read() == [(7, LINE), (9, LINE)]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b"[" * 100_000,
        b'{"format": 2, "drawings": []}',
        b'{"format": 1}',
        b'{"format": 1, "drawings": [7]}',
        b'{"format": 1, "drawings": [{"digit": 7}]}',
        b'{"format": 1, "drawings": [{"digit": 10, "strokes": [[[0, 0]]]}]}',
        b'{"format": 1, "drawings": [{"digit": [], "strokes": [[[0, 0]]]}]}',
        b'{"format": 1, "drawings": [{"digit": 7, "strokes": [[[0, NaN]]]}]}',
    ],
)
def test_a_damaged_file_is_set_aside(file, content):
    file.write_bytes(content)
    album = Album(file)
    assert album.read() == []
    (told,) = album.told
    assert told == (
        "my_digits.json is damaged or no file of drawings: it is now my_digits.damaged.json, and "
        "the pad begins anew."
    )
    assert file.with_name("my_digits.damaged.json").read_bytes() == content
    album.add(7, LINE)
    assert Album(file).read() == [(7, LINE)]


def test_damage_again_replaces_nothing(file):
    for number in range(3):
        file.write_text(f"damaged {number}")
        Album(file).read()
    kept = {path.name: path.read_text() for path in file.parent.iterdir()}
    assert kept == {
        "my_digits.damaged.json": "damaged 0",
        "my_digits.damaged-2.json": "damaged 1",
        "my_digits.damaged-3.json": "damaged 2",
    }


def test_what_cannot_be_read_or_written(tmp_path):
    with pytest.raises(CourseError, match=r"cannot be read: .* name another `file`"):
        Album(tmp_path).read()  # a folder
    with pytest.raises(CourseError, match=r"cannot be written: .* name another `file`"):
        Album(tmp_path / "missing" / "my_digits.json").add(7, LINE)


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="needs a folder that may not be written"
)
def test_a_damaged_file_that_cannot_be_renamed(file):
    file.write_text("damaged")
    file.parent.chmod(0o500)
    try:
        with pytest.raises(CourseError, match="is damaged and cannot be renamed"):
            Album(file).read()
    finally:
        file.parent.chmod(0o700)
    assert file.read_text() == "damaged"
