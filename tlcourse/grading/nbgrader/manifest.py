"""Release manifest: detects lessons changed since release.

A notebook's checksum covers what its author wrote: cells, ids, points, marks. What a run leaves
behind (outputs, counters, the interpreter's version) does not count, so running a lesson again
changes nothing.
"""

import copy
import hashlib
import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path

import nbformat

from tlcourse import __version__
from tlcourse.errors import BadArgument, CourseError
from tlcourse.exercises import lesson_files
from tlcourse.lessons import find_lesson
from tlcourse.lessons.desk import learner_copy

__all__ = [
    "MANIFEST",
    "Manifest",
    "ManifestError",
    "ReleasedLesson",
    "changed_since",
    "make_manifest",
    "read_manifest",
]

# File name, in the folder of a release.
MANIFEST = "manifest.json"

_FORMAT = 1
_NOTEBOOK = re.compile(r"\d\d_\w+\.ipynb")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_LEFT_BY_A_RUN = ("collapsed", "execution", "scrolled")


class ManifestError(CourseError):
    """The manifest is missing, broken or of a newer format."""


@dataclass(frozen=True)
class ReleasedLesson:
    """One lesson at its release.

    Attributes:
        id: two digits, such as "04".
        notebook: file name, such as "04_feature_extraction.ipynb".
        source_sha256: checksum of the source notebook, 64 hexadecimal digits.
        learner_sha256: checksum of the learners' copy, in the same form.
        exercises: (id, points) of each exercise, in the lesson's order.
    """

    id: str
    notebook: str
    source_sha256: str
    learner_sha256: str
    exercises: tuple[tuple[str, float], ...]

    @property
    def name(self):
        """The assignment and notebook name in nbgrader: the file name without extension."""
        return Path(self.notebook).stem


@dataclass(frozen=True)
class Manifest:
    """The content of a release.

    Attributes:
        version: str, version of tlcourse that made the release.
        lessons: tuple of `ReleasedLesson`, ordered by id.
    """

    version: str
    lessons: tuple[ReleasedLesson, ...]

    def to_json(self):
        """Return plain data for JSON (dict), with the number of its format."""
        lessons = [
            {
                **asdict(lesson),
                "exercises": [{"id": name, "points": points} for name, points in lesson.exercises],
            }
            for lesson in self.lessons
        ]
        return {"format": _FORMAT, "version": self.version, "lessons": lessons}


def make_manifest(lesson_ids):
    """Describe lessons in their current state.

    Args:
        lesson_ids: iterable of str, such as ["01", "04"]; order and duplicates do not matter.

    Returns:
        `Manifest`.

    Raises:
        UnknownName: if a lesson does not exist.
        BadArgument: if `lesson_ids` is a single str, or empty.
        CourseError: if a notebook is not a lesson, or has invalid nbgrader marks.

    Example:
        >>> made = make_manifest(["00"])
        >>> made.lessons[0].name, made.lessons[0].exercises
        ('00_start_here', (('00.1', 1),))
    """
    if isinstance(lesson_ids, str):
        raise BadArgument(f"the lesson ids must be a list of str; got the str {lesson_ids!r}.")
    found = {lesson.id: lesson for lesson in map(find_lesson, lesson_ids)}
    if not found:
        raise BadArgument("the lesson ids must name at least one lesson; got none.")
    return Manifest(__version__, tuple(_describe(found[name]) for name in sorted(found)))


def read_manifest(path):
    """Read the manifest written by a release.

    Args:
        path: str or path of the file.

    Returns:
        `Manifest`.

    Raises:
        ManifestError: if it is missing, not a manifest, or needs a newer tlcourse.
    """
    path = Path(path)
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ManifestError(
            f"there is no manifest at {path}; make one with `tlcourse release {path.parent}`."
        ) from error
    except OSError as error:
        raise ManifestError(
            f"the manifest {path} cannot be read: {error.strerror or error}."
        ) from error
    except ValueError as error:  # not JSON, or not UTF-8
        raise _broken(path, error) from error
    if (
        isinstance(record, dict)
        and type(record.get("format")) is int
        and record["format"] > _FORMAT
    ):
        raise ManifestError(
            f"the manifest {path} has format {record['format']}; tlcourse {__version__} reads"
            f" format {_FORMAT}. Install tlcourse {record.get('version', 'of that release')}."
        )
    try:
        return _from_record(record)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise _broken(path, error) from error


def changed_since(manifest):
    """Report which lessons differ from their release.

    Args:
        manifest: `Manifest`.

    Returns:
        List of str, one sentence per change, in the lessons' order; empty if nothing changed.
    """
    sentences = []
    for old in manifest.lessons:
        if old.id not in lesson_files():
            sentences.append(f"Lesson {old.id} is gone; it was {old.notebook}.")
            continue
        try:
            new = _describe(find_lesson(old.id))
        except CourseError as error:
            sentences.append(f"Lesson {old.id} cannot be read: {' '.join(str(error).split())}")
            continue
        if new.notebook != old.notebook:
            sentences.append(f"Lesson {old.id} is {new.notebook} now; it was {old.notebook}.")
        if new.source_sha256 != old.source_sha256:
            sentences.append(
                f"Lesson {old.id}: {new.notebook} has changed since; grading uses the current one."
            )
        sentences += _changed_points(old, new)
    return sentences


def checksum(notebook):
    """Return the SHA-256 of what a notebook's author wrote, as 64 hexadecimal digits.

    Args:
        notebook: NotebookNode, nbformat 4.

    Returns:
        Str, 64 hexadecimal digits.
    """
    cells = []
    for cell in notebook.cells:
        cell = dict(cell)
        for key in ("outputs", "execution_count"):
            cell.pop(key, None)
        metadata = cell["metadata"].items()
        cell["metadata"] = {key: value for key, value in metadata if key not in _LEFT_BY_A_RUN}
        cells.append(cell)
    about = {key: value for key, value in notebook.metadata.items() if key != "language_info"}
    text = json.dumps([about, cells], sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def released_copy(notebook):
    """Return the learners' copy, with each check signed as in an nbgrader release.

    nbgrader signs a check again after removing its hidden test; otherwise `nbgrader validate`
    tells learners that the test was changed.

    Args:
        notebook: the source notebook, NotebookNode.

    Returns:
        NotebookNode.
    """
    made, shown = learner_copy(notebook), copy.deepcopy(notebook)
    kept = {cell.id for cell in made.cells}
    shown.cells = [cell for cell in shown.cells if cell.id in kept]
    for cell, made_cell in zip(shown.cells, made.cells, strict=True):
        if not cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = made_cell.source
    return learner_copy(shown)


def _describe(lesson):
    source = nbformat.read(lesson.path, as_version=4)
    return ReleasedLesson(
        id=lesson.id,
        notebook=lesson.path.name,
        source_sha256=checksum(source),
        learner_sha256=checksum(released_copy(source)),
        exercises=lesson.exercises,
    )


def _changed_points(old, new):
    before, now = dict(old.exercises), dict(new.exercises)
    for name in sorted({*before, *now}):
        if name not in now:
            yield f"Exercise {name} is gone; it had {before[name]:g} points."
        elif name not in before:
            yield f"Exercise {name} is new, with {now[name]:g} points."
        elif now[name] != before[name]:
            yield f"Exercise {name} has {now[name]:g} points now; it had {before[name]:g}."


def _from_record(record):
    lessons = []
    for about in record["lessons"]:
        exercises = tuple((one["id"], one["points"]) for one in about["exercises"])
        lesson = ReleasedLesson(**{**about, "exercises": exercises})
        if not _NOTEBOOK.fullmatch(lesson.notebook) or lesson.notebook[:2] != lesson.id:
            raise ValueError(f"not a lesson's notebook: {lesson.notebook!r}")
        for digits in (lesson.source_sha256, lesson.learner_sha256):
            if not _SHA256.fullmatch(digits):
                raise ValueError(f"not a checksum: {digits!r}")
        for name, points in exercises:
            if not isinstance(name, str) or isinstance(points, bool) or not points >= 0:
                raise ValueError(f"not an exercise: {name!r} with {points!r} points")
        lessons.append(lesson)
    if record["format"] != _FORMAT or not isinstance(record["version"], str):
        raise ValueError(f"format {record['format']!r}, version {record['version']!r}")
    return Manifest(record["version"], tuple(sorted(lessons, key=lambda lesson: lesson.id)))


def _broken(path, error):
    why = " ".join(f"{type(error).__name__}: {error}".split())
    return ManifestError(
        f"{path} is not a manifest of a release ({why}); move it away and release again."
    )
