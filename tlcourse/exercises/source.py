"""Find the lessons' notebooks, and the solution cells in them."""

import functools
import json
import re
from dataclasses import dataclass
from pathlib import Path

from tlcourse.errors import UnknownName, near

__all__ = ["cell_ids", "exercise_cells", "lesson_exercises", "lesson_files", "notebooks_dir"]

_PACKAGE = Path(__file__).resolve().parents[1]
_LESSON_FILE = re.compile(r"(\d\d)_\w+\.ipynb")
_CELL_ID = re.compile(r"(ex|check)-(\d\d)-(\d+)")
_HEADING = re.compile(r"#+ Your turn (\d\d\.\d+): *(.+)")


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


@dataclass(frozen=True)
class ExerciseCells:
    """What a notebook says of one exercise.

    Attributes:
        title: str, from the heading `### Your turn NN.K: title`.
        solution: str, the cell of the right answer, with the solution markers still in it.
        points: what the check's cell earns (number), None where there is no such cell.
    """

    title: str | None
    solution: str
    points: float | None


def lesson_exercises(lesson_id):
    """Read the exercises of a lesson's notebook.

    Args:
        lesson_id: such as "01".

    Returns:
        Dict, exercise id to `ExerciseCells`, in order.

    Raises:
        UnknownName: if there is no such lesson.
    """
    files = lesson_files()
    if lesson_id not in files:
        raise UnknownName(
            f"`lesson_id` is {lesson_id!r}; there is no such lesson.{near(lesson_id, files)}"
        )
    path = files[lesson_id]
    return dict(_read_cells(path, path.stat().st_mtime_ns))


def exercise_cells(exercise_id):
    """Read what the notebook says of one exercise.

    Args:
        exercise_id: such as "01.2".

    Returns:
        `ExerciseCells`.

    Raises:
        UnknownName: if the lesson's notebook has no solution cell for it.
    """
    cells = lesson_exercises(exercise_id.partition(".")[0])
    if exercise_id not in cells:
        raise UnknownName(
            f"The notebook has no solution cell for exercise {exercise_id!r}."
            f"{near(exercise_id, cells)}"
        )
    return cells[exercise_id]


@functools.lru_cache(maxsize=32)
def _read_cells(path, _changed):
    """Read the file once per version of it: a notebook with its figures is large."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    titles, solutions, points = {}, {}, {}
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        marks = cell["metadata"].get("nbgrader", {})
        heading = _HEADING.match(source) if cell["cell_type"] == "markdown" else None
        marked = _CELL_ID.fullmatch(marks.get("grade_id", ""))
        if heading:
            titles[heading[1]] = heading[2]
        elif marked and cell["cell_type"] == "code":
            exercise_id = f"{marked[2]}.{marked[3]}"
            if marked[1] == "ex" and marks.get("solution"):
                solutions[exercise_id] = source
            elif marked[1] == "check":
                points[exercise_id] = marks.get("points")
    return {
        exercise_id: ExerciseCells(titles.get(exercise_id), source, points.get(exercise_id))
        for exercise_id, source in solutions.items()
    }


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
