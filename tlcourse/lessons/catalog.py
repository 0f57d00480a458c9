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
        title: str, the lesson's title.
        minutes: time a learner needs.
        path: Path of the source notebook.
        exercises: (id, points) of each exercise.
        formulas: formulas that the lesson teaches, in LaTeX.
        papers: cited papers, with the year.
    """

    id: str
    title: str
    minutes: int
    path: Path
    exercises: tuple[tuple[str, int], ...] = ()
    formulas: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()

    def to_json(self) -> dict:
        """Return the lesson's entry in `tlcourse list --json`."""
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
        CourseError: if there are none, or a notebook has no valid metadata.
    """
    files = lesson_files()
    if not files:
        raise CourseError("no lessons are installed; reinstall the course.")
    return [_read(name, path) for name, path in sorted(files.items())]


@verb
def find_lesson(name: str) -> Lesson:
    """Find a lesson by its id.

    Args:
        name: id such as "01"; the leading zero may be omitted.

    Returns:
        `Lesson`.

    Raises:
        UnknownName: if there is no such lesson; names similar ids.
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
            f"{path} is not a lesson ({type(error).__name__}: {error}); its metadata must have"
            " `tlcourse` with id, title and minutes."
        ) from error
    exercises = tuple((each, cells.points) for each, cells in lesson_exercises(name).items())
    return Lesson(path=path, exercises=exercises, **fields)
