"""Release a course in nbgrader's layout."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

import nbformat

from tlcourse.atomic import write_atomically
from tlcourse.errors import BadArgument, CourseError
from tlcourse.exercises import lesson_files
from tlcourse.grading.nbgrader.manifest import (
    MANIFEST,
    Manifest,
    checksum,
    make_manifest,
    read_manifest,
    released_copy,
)
from tlcourse.grading.nbgrader.roster import roster_text

__all__ = ["COURSE_ID", "Release", "release"]

# The course's name in nbgrader's settings, exchange and gradebook.
COURSE_ID = "tlcourse"

_CONFIG, _ROSTER = "nbgrader_config.py", "students.csv"
_CONFIG_TEXT = f'''"""nbgrader's settings for this course. What you change here is kept."""

from pathlib import Path

folder = Path(__file__).resolve().parent

c = get_config()
c.CourseDirectory.course_id = "{COURSE_ID}"
c.CourseDirectory.root = str(folder)

# Where the grades are. Any URL that SQLAlchemy takes will do, such as one of PostgreSQL.
c.CourseDirectory.db_url = f"sqlite:///{{folder / 'gradebook.db'}}"

# How notebooks reach the students and come back is yours to choose: set c.Exchange.root for
# nbgrader's exchange, or hand out release/ and collect into submitted/STUDENT/LESSON/.
# The roster goes into the gradebook with: nbgrader db student import students.csv
'''


@dataclass(frozen=True)
class Release:
    """What `release` did.

    Attributes:
        folder: the course, an absolute path.
        manifest: `Manifest` of all that has been released into it.
        written: files that are new or other than before, relative to the folder, with slashes.
        kept: the instructor's files that were there and were left alone.
    """

    folder: Path
    manifest: Manifest
    written: tuple[str, ...]
    kept: tuple[str, ...]


def release(folder, *, lessons=None, students=()):
    """Make a folder a course of nbgrader, or release more lessons into it.

    Each lesson is an assignment, called as its notebook without the ending, with one notebook of
    that name: `source/` and `answer_key/` hold it with its solutions and outputs, `release/` the
    copy for learners. `nbgrader_config.py` and `students.csv` are the instructor's once they are
    there, and are never written again. Lessons of earlier releases stay.

    Each file is written whole or not at all, the manifest last: a release that was interrupted is
    finished by releasing again.

    Args:
        folder: made when missing; else it must be empty or a course that this function made.
        lessons: list of ids such as ["01", "04"]; None means all.
        students: the roster, for a new one: an iterable of ids (str), or of dicts with "id" and
            any of "first_name", "last_name", "email" and "lms_user_id".

    Returns:
        `Release`.

    Raises:
        BadArgument: if `folder` is a file or holds something else, or a student's id cannot be.
        UnknownName: if there is no such lesson.
        CourseError: if a notebook in it was changed by hand, or it cannot be written.
    """
    folder = Path(folder).expanduser().absolute()
    roster = roster_text(students)
    made = make_manifest(lesson_files() if lessons is None else lessons)
    written, kept = [], []

    def put(name, content):
        path = folder / name
        if path.is_file() and path.read_bytes() == content:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, lambda file: file.write(content))
        written.append(name)

    try:
        before = _earlier_manifest(folder)
        notebooks = [
            (name, content)
            for lesson in made.lessons
            for name, content in _notebooks(folder, lesson, before)
        ]
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in ((_CONFIG, _CONFIG_TEXT), (_ROSTER, roster)):
            if os.path.lexists(folder / name):
                kept.append(name)
            else:
                put(name, text.encode())
        for name, content in notebooks:
            put(name, content)
        manifest = _with_earlier(made, before)
        put(MANIFEST, (json.dumps(manifest.to_json(), indent=2) + "\n").encode())
    except (FileExistsError, NotADirectoryError) as error:
        raise BadArgument(
            f"`folder` must be a folder; {error.filename or folder} is a file or below one. Name"
            " another one."
        ) from error
    except OSError as error:
        raise CourseError(
            f"the course {folder} cannot be written: {error.strerror or error}. Name a folder of"
            " your own."
        ) from error
    return Release(folder, manifest, tuple(written), tuple(kept))


def _earlier_manifest(folder):
    """The manifest of the course that is there; None where there is none yet."""
    if not folder.exists():
        return None
    # Hidden files (.git, .ipynb_checkpoints) may be in any folder, and none is ours.
    names = {path.name for path in folder.iterdir() if not path.name.startswith(".")}
    if MANIFEST in names:
        return read_manifest(folder / MANIFEST)
    # The settings are written first: they show a release that was interrupted.
    if names and not (
        _CONFIG in names and (folder / _CONFIG).read_bytes() == _CONFIG_TEXT.encode()
    ):
        raise BadArgument(
            f"`folder` must be empty, or a course made by `tlcourse release`; {folder} holds"
            f" {', '.join(sorted(names)[:3])}{', ...' if len(names) > 3 else ''}. Name another one."
        )
    return None


def _notebooks(folder, lesson, before):
    """(name, content) of each of the lesson's notebooks; refuses to lose an instructor's change."""
    content = lesson_files()[lesson.id].read_bytes()
    copy = released_copy(nbformat.reads(content.decode(), as_version=4))
    old = {one.id: one for one in before.lessons}.get(lesson.id, lesson) if before else lesson
    sources = {lesson.source_sha256, old.source_sha256}
    for step, text, released in (
        ("source", content, sources),
        (
            "release",
            (nbformat.writes(copy) + "\n").encode(),
            {lesson.learner_sha256, old.learner_sha256},
        ),
        ("answer_key", content, sources),
    ):
        name = f"{step}/{lesson.name}/{lesson.notebook}"
        if (folder / name).is_file() and _checksum_of(folder / name) not in released:
            raise CourseError(
                f"{folder / name} was changed after its release; move it away, then release again."
            )
        yield name, text


def _checksum_of(path):
    try:
        return checksum(nbformat.read(path, as_version=4))
    except (ValueError, KeyError, AttributeError):  # no notebook: nobody released that
        return None


def _with_earlier(made, before):
    """The new manifest, with the lessons that were released before and are not now."""
    now = {lesson.id for lesson in made.lessons}
    earlier = [lesson for lesson in (before.lessons if before else ()) if lesson.id not in now]
    lessons = sorted([*earlier, *made.lessons], key=lambda lesson: lesson.id)
    return Manifest(made.version, tuple(lessons))
