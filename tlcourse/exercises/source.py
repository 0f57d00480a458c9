"""Find the lessons' notebooks, and the solution cells in them."""

import functools
import json
import re
from pathlib import Path

from tlcourse.errors import UnknownName, near

__all__ = ["cell_ids", "lesson_files", "notebooks_dir", "solution_cells"]

_PACKAGE = Path(__file__).resolve().parents[1]
_LESSON_FILE = re.compile(r"(\d\d)_\w+\.ipynb")
_SOLUTION_ID = re.compile(r"ex-(\d\d)-(\d+)")


def notebooks_dir():
    """Find the folder of the source notebooks.

    In an installed course they lie inside the package; in a checkout beside it.

    Returns:
        `Path`.
    """
    installed = _PACKAGE / "_course" / "notebooks"
    return installed if installed.is_dir() else _PACKAGE.parent / "notebooks"


def lesson_files():
    """Find each lesson's source notebook.

    Returns:
        Dict, lesson id such as "01" to `Path`, in order.
    """
    found = {}
    for path in sorted(notebooks_dir().glob("*.ipynb")):
        name = _LESSON_FILE.fullmatch(path.name)
        if name:
            found[name[1]] = path
    return found


def solution_cells(lesson_id):
    """Return the right answers of a lesson, as they stand in its notebook.

    Args:
        lesson_id: such as "01".

    Returns:
        {exercise id: source of its solution cell}, with the solution markers still in it.

    Raises:
        UnknownName: if there is no such lesson.
    """
    files = lesson_files()
    if lesson_id not in files:
        raise UnknownName(
            f"`lesson_id` is {lesson_id!r}; there is no such lesson.{near(lesson_id, files)}"
        )
    path = files[lesson_id]
    return dict(_read_solution_cells(path, path.stat().st_mtime_ns))


@functools.lru_cache(maxsize=32)
def _read_solution_cells(path, _changed):
    """Read the file once per version of it: a notebook with its figures is large."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cells = {}
    for cell in notebook["cells"]:
        marks = cell["metadata"].get("nbgrader", {})
        grade_id = _SOLUTION_ID.fullmatch(marks.get("grade_id", ""))
        if cell["cell_type"] == "code" and marks.get("solution") and grade_id:
            cells[f"{grade_id[1]}.{grade_id[2]}"] = "".join(cell["source"])
    return cells


def cell_ids(exercise_id):
    """Name an exercise's cells in the notebooks.

    Args:
        exercise_id: such as "01.2".

    Returns:
        Pair of `grade_id`s (str): of the check, and of the answer.

    Example:
        >>> cell_ids("01.2")
        ('check-01-2', 'ex-01-2')
    """
    number = exercise_id.replace(".", "-")
    return f"check-{number}", f"ex-{number}"
