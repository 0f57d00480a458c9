"""The lesson catalogue, read from the notebooks."""

import json
from dataclasses import dataclass
from pathlib import Path

from tlcourse.arguments import verb
from tlcourse.errors import CourseError, UnknownName, near
from tlcourse.exercises import lesson_exercises, lesson_files


@dataclass(frozen=True)
class Lesson:
    """One lesson.

    Attributes:
        id: two digits, "01".
        title: what it is called.
        minutes: how long a learner needs.
        path: its source notebook.
        exercises: (id, points) of each exercise.
        formulas: the formulas it rests on, in LaTeX.
        papers: what it cites, with the year.
    """

    id: str
    title: str
    minutes: int
    path: Path
    exercises: tuple[tuple[str, int], ...] = ()
    formulas: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()

    def to_json(self) -> dict:
        """What `tlcourse list --json` says of the lesson."""
        return {
            "id": self.id,
            "title": self.title,
            "minutes": self.minutes,
            "exercises": [{"id": name, "points": points} for name, points in self.exercises],
            "formulas": list(self.formulas),
            "papers": list(self.papers),
        }


def lessons() -> list[Lesson]:
    """List all lessons, in the order of their ids.

    Returns:
        List of `Lesson`.

    Raises:
        CourseError: when there are none, or a notebook does not say what it is.
    """
    files = lesson_files()
    if not files:
        raise CourseError("no lessons are installed; install the course again.")
    return [_read(name, path) for name, path in sorted(files.items())]


@verb
def find_lesson(name: str) -> Lesson:
    """Find a lesson by its id.

    Args:
        name: "01", say; the zero in front may be left out.

    Returns:
        `Lesson`.

    Raises:
        UnknownName: with the near ids.
    """
    files = lesson_files()
    key = str(name).zfill(2)
    if key not in files:
        raise UnknownName(f"unknown lesson {str(name)!r}.{near(key, files)}")
    return _read(key, files[key])


def _read(name, path):
    try:
        about = json.loads(path.read_text(encoding="utf-8"))["metadata"]["tlcourse"]
        fields = {
            "id": about["id"],
            "title": about["title"],
            "minutes": about["minutes"],
            "formulas": tuple(about.get("formulas", ())),
            "papers": tuple(about.get("papers", ())),
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CourseError(
            f"{path} is no lesson ({type(error).__name__}: {error}); its metadata must hold"
            " `tlcourse` with id, title and minutes."
        ) from error
    exercises = tuple((each, cells.points) for each, cells in lesson_exercises(name).items())
    return Lesson(path=path, exercises=exercises, **fields)
