"""Files are whole or untouched, whatever interrupts the writing."""

import os
import stat
import sys

import pytest

from tlcourse.atomic import write_atomically

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def test_writes_the_bytes_and_nothing_else(tmp_path):
    write_atomically(tmp_path / "a.bin", lambda file: file.write(b"\x00\x01"))
    assert (tmp_path / "a.bin").read_bytes() == b"\x00\x01"
    assert names_in(tmp_path) == ["a.bin"]


def test_replaces_an_existing_file(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("a much longer old text")
    write_atomically(str(path), lambda file: file.write(b"new"))
    assert path.read_text() == "new"


@pytest.mark.parametrize("error", [ValueError, OSError, KeyboardInterrupt, SystemExit])
def test_interrupted_writing_leaves_the_old_file_and_no_temporary(tmp_path, error):
    path = tmp_path / "a.txt"
    path.write_text("old")

    def write(file):
        file.write(b"half of the n")
        raise error("stop")

    with pytest.raises(error, match="stop"):
        write_atomically(path, write)
    assert path.read_text() == "old"
    assert names_in(tmp_path) == ["a.txt"]


def test_the_old_file_stands_until_all_is_written(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    seen = []

    def write(file):
        file.write(b"new")
        file.flush()
        seen.append(path.read_text())

    write_atomically(path, write)
    assert seen == ["old"]


def test_failing_replace_removes_the_temporary(tmp_path):
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="folder"):
        write_atomically(tmp_path / "folder", lambda file: file.write(b"x"))
    assert names_in(tmp_path) == ["folder"]


def test_missing_folder_is_the_callers_to_make(tmp_path):
    with pytest.raises(FileNotFoundError):
        write_atomically(tmp_path / "no" / "a.txt", lambda file: file.write(b"x"))


def test_a_name_at_the_length_limit(tmp_path):
    path = tmp_path / ("n" * 255)
    write_atomically(path, lambda file: file.write(b"x"))
    assert path.read_bytes() == b"x"


@posix_only
def test_a_new_file_follows_the_umask(tmp_path):
    before = os.umask(0o027)
    try:
        write_atomically(tmp_path / "a.txt", lambda file: file.write(b"x"))
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a.txt").stat().st_mode) == 0o640


@posix_only
def test_an_existing_file_keeps_its_permissions(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    path.chmod(0o604)
    write_atomically(path, lambda file: file.write(b"new"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o604


@posix_only
def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "real.txt").write_text("old")
    (tmp_path / "link.txt").symlink_to("real.txt")
    write_atomically(tmp_path / "link.txt", lambda file: file.write(b"new"))
    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "real.txt").read_text() == "new"
