"""Read a submitted notebook, believing none of it.

Only the source of answer cells counts, found by `grade_id`, with the imports and definitions that
other cells provide. Points, checks, marks, the kernel and all outputs come from the course itself.
"""

import ast
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from tlcourse.errors import CourseError
from tlcourse.exercises import cell_ids, for_lesson

__all__ = ["MAX_BYTES", "Submission", "UnreadableSubmission", "read_content", "read_submission"]

MAX_BYTES = 20_000_000  # a notebook with all its figures has one or two million
_MAX_SOURCE = 200_000  # characters of one cell
_MAX_HELPERS = 1_000_000  # characters of all other cells together; above that none of them counts
_DEFINITIONS = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)


class UnreadableSubmission(CourseError, ValueError):  # noqa: N818 (it reads better)
    """The file cannot be graded; the message says why and what to do, in one line."""


@dataclass(frozen=True)
class Submission:
    """A student's answers as source code.

    Attributes:
        lesson: id, such as "04".
        answers: dict, exercise id to the source of its cell, for the cells that are present.
        helpers: tuple of single statements (source): the imports and definitions of the
            notebook's other cells, in order.
    """

    lesson: str
    answers: dict[str, str]
    helpers: tuple[str, ...] = ()

    def digest(self):
        """Return a checksum of all that counts of it (str)."""
        whole = json.dumps([self.lesson, sorted(self.answers.items()), self.helpers])
        return hashlib.sha256(whole.encode()).hexdigest()

    def names_used(self):
        """Return the names that answers and helpers mention (set of str)."""
        found = set()
        for source in (*self.answers.values(), *self.helpers):
            tree = _tree(source)
            found |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        return found


def read_submission(path, lesson):
    """Read the answers out of a student's notebook.

    Args:
        path: str or path of the file.
        lesson: id of the expected lesson.

    Returns:
        `Submission`. If a grade_id occurs twice, its first cell counts.

    Raises:
        UnreadableSubmission: if the file is a link, too large, not a notebook, or contains no
            answer of this lesson.
        UnknownName: if there is no such lesson.
    """
    ids = {cell_ids(e.id)[1]: e.id for e in for_lesson(lesson)}
    cells = list(_cells(_document(read_content(path))))
    answers, others, strangers = {}, [], set()
    for source, marks in cells:
        grade_id = marks.get("grade_id")
        exercise_id = ids.get(grade_id) if isinstance(grade_id, str) else None
        if exercise_id is not None:
            answers.setdefault(exercise_id, source)
        elif grade_id is None:
            others.append(source)
        elif isinstance(grade_id, str) and grade_id.startswith("ex-"):
            strangers.add(grade_id[3:5])
    if not answers:
        belongs = f"; it has answers of lesson {min(strangers)}" if strangers else ""
        raise UnreadableSubmission(
            f"The notebook has no answers of lesson {lesson}{belongs}: hand in the notebook of "
            "that lesson, with its original cells."
        )
    if sum(map(len, others)) > _MAX_HELPERS:
        others = []
    helpers = tuple(statement for source in others for statement in _definitions(source))
    return Submission(lesson, answers, helpers)


def read_content(path):
    """Return the bytes of a submission's file.

    Args:
        path: Path of the file.

    Raises:
        UnreadableSubmission: if it is not a regular file, too large, or unreadable.
    """
    path = Path(path)
    try:
        if path.is_symlink() or not path.is_file():
            raise UnreadableSubmission("It is not a regular file (a link, a folder or nothing).")
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)  # the file may grow while it is read
    except OSError as error:
        raise UnreadableSubmission(f"The file cannot be read ({error.strerror}).") from error
    if len(content) > MAX_BYTES:
        raise UnreadableSubmission(
            f"The file has {path.stat().st_size / 1e6:.0f} MB; the limit is {MAX_BYTES / 1e6:.0f}. "
            "Clear the outputs and save it again."
        )
    return content


def _document(content):
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise UnreadableSubmission("The file is not a notebook: it is not valid JSON.") from error


def _cells(document):
    """Yield the source and nbgrader's marks of each code cell."""
    cells = document.get("cells") if isinstance(document, dict) else None
    if not isinstance(cells, list):
        raise UnreadableSubmission(
            "The file is not a notebook of format 4: it has no list of cells."
        )
    for cell in cells:
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        source, metadata = cell.get("source"), cell.get("metadata")
        if isinstance(source, list) and all(isinstance(line, str) for line in source):
            source = "".join(source)
        marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
        if isinstance(source, str) and len(source) <= _MAX_SOURCE:
            # A lone surrogate is not a character and cannot be sent.
            source = source.encode("utf-8", "replace").decode()
            yield source, marks if isinstance(marks, dict) else {}


def _definitions(source):
    """Yield the imports, functions and classes of a cell; one that is no Python has none."""
    for statement in _tree(source).body:
        if isinstance(statement, _DEFINITIONS):
            try:
                yield ast.unparse(statement)
            except RecursionError:  # deeper than any real code
                continue


def _tree(source):
    """Return the syntax tree of a source; one that is no Python is empty."""
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module(body=[], type_ignores=[])
