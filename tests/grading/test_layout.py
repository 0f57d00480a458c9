"""Submissions are found where they should lie; what else there is is said."""

import sys

import pytest

from tlcourse.grading.layout import NoSubmissions, SubmissionFile, find_submissions, lesson_of


@pytest.fixture
def put(tmp_path):
    def put(*names):
        for name in names:
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("{}")
        return tmp_path

    return put


def test_by_student_and_lesson(put):
    folder = put("bob/04.ipynb", "ada/04_feature_extraction.ipynb", "ada/01.ipynb", "ada/notes.txt")
    found, left_out = find_submissions(folder)
    assert found == [
        SubmissionFile("ada", "01", folder / "ada" / "01.ipynb"),
        SubmissionFile("ada", "04", folder / "ada" / "04_feature_extraction.ipynb"),
        SubmissionFile("bob", "04", folder / "bob" / "04.ipynb"),
    ]
    assert left_out == []
    assert [each.student for each in find_submissions(folder, lessons=["01"])[0]] == ["ada"]


def test_as_nbgrader_collects_them(put):
    folder = put("ada/04_feature_extraction/04_feature_extraction.ipynb")
    assert [each.lesson for each in find_submissions(folder)[0]] == ["04"]


def test_what_is_left_out(put):
    folder = put(
        "ada/04.ipynb",
        "ada/04_again.ipynb",
        "ada/homework.ipynb",
        "ada/99.ipynb",
        "ada/.ipynb_checkpoints/01-checkpoint.ipynb",
        ".hidden/01.ipynb",
    )
    found, left_out = find_submissions(folder)
    assert [each.path.name for each in found] == ["04.ipynb"]
    assert {path.name for path in left_out} == {"04_again.ipynb", "homework.ipynb", "99.ipynb"}


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_linked_folder_is_no_student(put, tmp_path):
    folder = put("in/ada/04.ipynb") / "in"
    (folder / "bob").symlink_to(folder / "ada")
    assert [each.student for each in find_submissions(folder)[0]] == ["ada"]


def test_no_submissions(put, tmp_path):
    with pytest.raises(
        NoSubmissions, match=r"Expected SUBMISSIONS/.*; found no folder '.*nowhere'"
    ):
        find_submissions(tmp_path / "nowhere")
    with pytest.raises(NoSubmissions, match=r"Expected .*; found nothing in '.*'\."):
        find_submissions(tmp_path)
    with pytest.raises(NoSubmissions, match=r"found 04\.ipynb, b/ in '.*'\."):
        find_submissions(put("04.ipynb", "b/a.txt"))


@pytest.mark.parametrize(
    ("name", "lesson"),
    [("04.ipynb", "04"), ("04 (1).ipynb", "04"), ("04-x.ipynb", "04"), ("040.ipynb", None),
     ("4.ipynb", None), ("99_x.ipynb", None), ("04\n.ipynb", "04"), ("04.IPYNB", None)],
)  # fmt: skip
def test_the_lesson_in_a_name(name, lesson):
    assert lesson_of(name) == lesson
