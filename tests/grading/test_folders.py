"""What a killed grader leaves behind is removed, and nobody else's."""

import os
import sys
import tempfile

import pytest

from tlcourse.grading.folders import new_folder, remove_folder, remove_left_folders

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="submissions are graded on Linux")


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_what_a_process_left_is_removed(temporary):
    kept = new_folder()
    left, strange = temporary / "tlg-4194305-abc", temporary / "tlg-x"  # no process has this number
    for folder in (left, strange):
        folder.mkdir()
    (left / "file").write_text("x")
    (left / "link").symlink_to(strange)
    remove_left_folders()
    assert sorted(temporary.iterdir()) == sorted([kept, strange])


def test_a_link_is_not_followed(temporary):
    aim = temporary / "aim"
    aim.mkdir()
    (temporary / "tlg-4194305-abc").symlink_to(aim)
    remove_left_folders()
    assert aim.is_dir()


def test_a_folder_of_anything_goes(temporary):
    folder = new_folder()
    assert folder.name.startswith(f"tlg-{os.getpid()}-")
    (folder / "a" / "b").mkdir(parents=True)
    (folder / "a" / "b" / "c").write_text("x")
    (folder / "a").chmod(0o500)
    remove_folder(folder)
    assert not folder.exists()


def test_deep_folders_are_removed(tmp_path):
    keep = tmp_path / "keep"
    keep.mkdir()
    (keep / "file").write_text("x")
    folder = tmp_path / "gone"
    folder.mkdir()
    here = os.open(folder, os.O_RDONLY)
    for _ in range(1500):
        os.mkdir("d", dir_fd=here)
        os.symlink(keep, "link", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    (folder / "closed").mkdir(mode=0)
    remove_folder(folder)
    assert [path.name for path in tmp_path.iterdir()] == ["keep"]
    assert (keep / "file").read_text() == "x"
