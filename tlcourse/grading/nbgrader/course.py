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

# The course's name in nbgrader's configuration, exchange and gradebook.
COURSE_ID = "tlcourse"

_CONFIG, _ROSTER = "nbgrader_config.py", "students.csv"
_CONFIG_TEXT = f'''"""nbgrader's configuration for this course. Your changes here are kept."""

from pathlib import Path

from nbconvert.preprocessors import TagRemovePreprocessor
from nbgrader.converters import GenerateAssignment

folder = Path(__file__).resolve().parent

c = get_config()
c.CourseDirectory.course_id = "{COURSE_ID}"
c.CourseDirectory.root = str(folder)

# Where grades are stored: any URL that SQLAlchemy accepts, such as one of PostgreSQL.
c.CourseDirectory.db_url = f"sqlite:///{{folder / 'gradebook.db'}}"

# `nbgrader generate_assignment` leaves out what is for the teacher alone, as our release does.
c.GenerateAssignment.preprocessors = [
    TagRemovePreprocessor,
    *GenerateAssignment.preprocessors.default_args[0],
]
c.TagRemovePreprocessor.enabled = True
c.TagRemovePreprocessor.remove_cell_tags = {{"instructor"}}

# How you exchange notebooks with students is up to you: set c.Exchange.root for nbgrader's
# exchange, or hand out release/ and collect into submitted/STUDENT/LESSON/.
# Import the roster into the gradebook with: nbgrader db student import students.csv
'''


@dataclass(frozen=True)
class Release:
    """What `release` did.

    Attributes:
        folder: the course, an absolute Path.
        manifest: `Manifest` of everything released into it so far.
        written: new and changed files, relative to the folder, with forward slashes.
        kept: the instructor's existing files, left unchanged.
    """

    folder: Path
    manifest: Manifest
    written: tuple[str, ...]
    kept: tuple[str, ...]


def release(folder, *, lessons=None, students=()):
    """Make a folder an nbgrader course, or release more lessons into it.

    Each lesson is an assignment, named after its notebook without the extension, with one notebook
    of that name: `source/` and `answer_key/` contain it with solutions and outputs, `release/` the
    learners' copy. Once they exist, `nbgrader_config.py` and `students.csv` belong to the
    instructor and are never overwritten. Lessons of earlier releases stay.

    Files are written atomically, the manifest last: release again to complete an interrupted
    release.

    Args:
        folder: created if missing; else it must be empty or a course made by this function.
        lessons: list of ids such as ["01", "04"]; None means all.
        students: the roster of a new course: an iterable of ids (str), or of dicts with "id" and
            any of "first_name", "last_name", "email" and "lms_user_id".

    Returns:
        `Release`.

    Raises:
        BadArgument: if `folder` is a file or has other content, or a student's id is invalid.
        UnknownName: if a lesson does not exist.
        CourseError: if a notebook in it was edited by hand, or it cannot be written.
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
            f"`folder` must be a folder; {error.filename or folder} is a file or below one. Choose"
            " another one."
        ) from error
    except OSError as error:
        raise CourseError(
            f"the course {folder} cannot be written: {error.strerror or error}. Choose a folder"
            " that you may write to."
        ) from error
    return Release(folder, manifest, tuple(written), tuple(kept))


def _earlier_manifest(folder):
    """Return the manifest of the existing course, or None if there is none yet."""
    if not folder.exists():
        return None
    # Any folder may have hidden files (.git, .ipynb_checkpoints), and none is ours.
    names = {path.name for path in folder.iterdir() if not path.name.startswith(".")}
    if MANIFEST in names:
        return read_manifest(folder / MANIFEST)
    # The configuration is written first, so it identifies an interrupted release.
    if names and not (
        _CONFIG in names and (folder / _CONFIG).read_bytes() == _CONFIG_TEXT.encode()
    ):
        raise BadArgument(
            f"`folder` must be empty, or a course made by `tlcourse release`; {folder} contains"
            f" {', '.join(sorted(names)[:3])}{', ...' if len(names) > 3 else ''}. Choose another."
        )
    return None


def _notebooks(folder, lesson, before):
    """Yield (name, content) of each notebook of a lesson; refuse to overwrite edited ones."""
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
                f"{folder / name} was changed after its release; move it away and release again."
            )
        yield name, text


def _checksum_of(path):
    try:
        return checksum(nbformat.read(path, as_version=4))
    except (ValueError, KeyError, AttributeError):  # not a notebook, so never released
        return None


def _with_earlier(made, before):
    """Return the new manifest, including lessons released before and not now."""
    now = {lesson.id for lesson in made.lessons}
    earlier = [lesson for lesson in (before.lessons if before else ()) if lesson.id not in now]
    lessons = sorted([*earlier, *made.lessons], key=lambda lesson: lesson.id)
    return Manifest(made.version, tuple(lessons))
