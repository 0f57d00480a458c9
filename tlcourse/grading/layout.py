"""Find submissions: a folder per student, a notebook per lesson."""

import re
from dataclasses import dataclass
from pathlib import Path

from tlcourse.errors import CourseError
from tlcourse.exercises import lesson_ids

__all__ = ["NoSubmissions", "SubmissionFile", "find_submissions", "lesson_of"]

_NAME = re.compile(r"(\d\d)(?:[_\W].*)?\.ipynb", re.DOTALL)
_EXPECTED = "SUBMISSIONS/<student>/<lesson>.ipynb, such as ada/04_feature_extraction.ipynb"


class NoSubmissions(CourseError, ValueError):  # noqa: N818 (it reads better)
    """No submissions in the folder; the message says what was expected and what was found."""


@dataclass(frozen=True, order=True)
class SubmissionFile:
    """A notebook handed in by a student.

    Attributes:
        student: name of the student's folder.
        lesson: id, such as "04".
        path: Path of the notebook.
    """

    student: str
    lesson: str
    path: Path


def lesson_of(path):
    """Return the lesson that a notebook is called after ("04_mine.ipynb": "04"), or None.

    Args:
        path: str or path of the notebook.
    """
    name = _NAME.fullmatch(Path(path).name)
    return name[1] if name and name[1] in lesson_ids() else None


def find_submissions(folder, *, lessons=None):
    """Find the notebooks that were handed in.

    They may lie one folder deeper in the student's folder, as nbgrader's exchange collects them.
    Jupyter's checkpoints are ignored.

    Args:
        folder: str or path, containing one folder per student.
        lessons: list of ids to look for; None means all.

    Returns:
        `(handed, left_out)`: list of `SubmissionFile`, by student and lesson; and list of paths of
        notebooks whose name matches no lesson, or a lesson that the student already has.

    Raises:
        NoSubmissions: if the folder does not exist or contains no submission.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise NoSubmissions(f"Expected {_EXPECTED}; found no folder {str(folder)!r}.")
    handed, left_out = {}, []
    for student in sorted(path for path in folder.iterdir() if path.is_dir()):
        if student.is_symlink() or student.name.startswith("."):
            continue
        for path in sorted(_notebooks(student)):
            lesson = lesson_of(path)
            if lesson is None or (student.name, lesson) in handed:
                left_out.append(path)
            else:
                handed[student.name, lesson] = SubmissionFile(student.name, lesson, path)
    found = sorted(each for each in handed.values() if lessons is None or each.lesson in lessons)
    if not found:
        raise NoSubmissions(f"Expected {_EXPECTED}; found {_told(folder)} in {str(folder)!r}.")
    return found, left_out


def _notebooks(student):
    """Yield what ends in .ipynb in a student's folder and those right below it."""
    for path in student.iterdir():
        if path.suffix == ".ipynb":
            yield path
        elif path.is_dir() and not path.is_symlink() and not path.name.startswith("."):
            yield from (inner for inner in path.iterdir() if inner.suffix == ".ipynb")


def _told(folder):
    names = sorted(path.name + "/" * path.is_dir() for path in folder.iterdir())
    return ", ".join(names[:5]) + (" ..." if len(names) > 5 else "") or "nothing"
