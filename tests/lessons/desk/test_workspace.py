"""The learner's work is never lost."""

import sys

import nbformat
import pytest

from tlcourse.errors import BadArgument, CourseError
from tlcourse.lessons.desk.workspace import make_workspace


@pytest.fixture(autouse=True)
def _two_lessons(course):
    course("90", "First", "x = 1")
    course("91", "Second", "y = 2")


def test_a_new_workspace(tmp_path):
    made = make_workspace(tmp_path / "deep" / "work")
    assert made.folder == tmp_path / "deep" / "work"
    assert made.written == ("90_first.ipynb", "91_second.ipynb")
    assert made.kept == ()
    assert sorted(path.name for path in made.folder.iterdir()) == list(made.written)
    nbformat.validate(nbformat.read(made.folder / "90_first.ipynb", as_version=4))


def test_existing_work_is_kept_byte_for_byte(tmp_path):
    work = tmp_path / "90_first.ipynb"
    work.write_bytes(b"my own \xff\r\n notes, no notebook at all")
    made = make_workspace(tmp_path)
    assert work.read_bytes() == b"my own \xff\r\n notes, no notebook at all"
    assert made.written == ("91_second.ipynb",)
    assert made.kept == ("90_first.ipynb",)


def test_fresh_copies_go_beside_it(tmp_path):
    make_workspace(tmp_path)
    work = tmp_path / "90_first.ipynb"
    work.write_text("mine")
    made = make_workspace(tmp_path, fresh=True)
    assert made.written == ("90_first.new.ipynb", "91_second.new.ipynb")
    (tmp_path / "90_first.new.ipynb").write_text("mine too")
    assert "90_first.new-2.ipynb" in make_workspace(tmp_path, fresh=True).written
    assert "90_first.new-3.ipynb" in make_workspace(tmp_path, fresh=True).written
    assert work.read_text() == "mine"
    assert (tmp_path / "90_first.new.ipynb").read_text() == "mine too"


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
def test_a_link_that_points_nowhere_is_kept(tmp_path):
    (tmp_path / "90_first.ipynb").symlink_to(tmp_path / "disk-not-mounted.ipynb")
    made = make_workspace(tmp_path)
    assert made.kept == ("90_first.ipynb",)
    assert not (tmp_path / "disk-not-mounted.ipynb").exists()


@pytest.mark.parametrize("below", ["", "below"])
def test_a_file_is_no_workspace(tmp_path, below):
    (tmp_path / "file").write_text("x")
    with pytest.raises(BadArgument, match="the workspace must be a folder"):
        make_workspace(tmp_path / "file" / below)
    assert (tmp_path / "file").read_text() == "x"


def test_a_full_disk(tmp_path, monkeypatch):
    def full(path, write):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tlcourse.lessons.desk.workspace.write_atomically", full)
    with pytest.raises(CourseError, match="cannot be written: No space left on device") as caught:
        make_workspace(tmp_path / "work")
    assert not isinstance(caught.value, ValueError)
