"""Score tables for spreadsheets, Canvas and Moodle."""

import csv
import io
import re
from pathlib import Path

from tlcourse.atomic import write_atomically

__all__ = ["write_tables"]

# A spreadsheet runs such a cell as a formula; the wide forms are East Asian.
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")


def write_tables(folder, grades, roster=None):
    """Write `grades.csv`, `canvas.csv` and `moodle.csv` into a folder.

    - `grades.csv` has a row per student and lesson: student, lesson, the points of each exercise,
      score, max, error.
    - `canvas.csv` is for Canvas' gradebook import: Student, ID, SIS Login ID and Section, then a
      column per lesson. Its second row contains the points possible. Canvas finds students by
      "SIS Login ID"; it creates a new assignment for a column whose title it does not know.
    - `moodle.csv` is for Moodle's grade import: Username, then a column per lesson. First create
      the grade items, each with its maximum, and map the columns onto them. Moodle rejects the
      whole file if one user is unknown.

    Students' names (the names of their folders) must therefore match those in the gradebook.
    A lesson that a student has not handed in has empty cells. A name or error that a spreadsheet
    would run as a formula is preceded by an apostrophe.

    Args:
        folder: str or path; created if missing.
        grades: iterable of `SubmissionGrade`, at most one per student and lesson.
        roster: list of str, all students of the class, or None; students who handed something in
            but are not on it come last.

    Returns:
        List of the three Paths.

    Raises:
        ValueError: if two grades are for the same student and lesson.
        TypeError: if `roster` is a single str.
        OSError: if the folder cannot be written.

    Reference:
        Canvas guides, "How do I import grades in the Gradebook?"; MoodleDocs, "Grade import".
    """
    if isinstance(roster, str):
        raise TypeError(f"`roster` must be a list of names, not one name; got {roster!r}.")
    handed_in = {}
    for grade in grades:
        key = grade.student, grade.lesson
        if key in handed_in:
            raise ValueError(
                f"`grades` must hold one grade per student and lesson; got two for "
                f"{grade.student!r} and lesson {grade.lesson!r}."
            )
        handed_in[key] = grade
    students = list(dict.fromkeys([*(roster or ()), *sorted({name for name, _ in handed_in})]))
    most = {}  # maximum points of each lesson, in order
    for lesson in sorted({lesson for _, lesson in handed_in}):
        most[lesson] = max(grade.max for grade in handed_in.values() if grade.lesson == lesson)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    tables = {
        "grades.csv": _all(students, most, handed_in),
        "canvas.csv": _canvas(students, most, handed_in),
        "moodle.csv": _moodle(students, most, handed_in),
    }
    return [_write(folder / name, rows) for name, rows in tables.items()]


def _all(students, most, handed_in):
    exercises = sorted({each.id for grade in handed_in.values() for each in grade.exercises})
    yield ["student", "lesson", *exercises, "score", "max", "error"]
    for student in students:
        for lesson in most or {"": ""}:
            grade = handed_in.get((student, lesson))
            points = {each.id: each.points for each in grade.exercises} if grade else {}
            error = grade.error if grade and grade.error else ""
            earned = [points.get(name, "") for name in exercises]
            yield [student, lesson, *earned, _score(grade), most.get(lesson, ""), error]


def _canvas(students, most, handed_in):
    # A title must not end in a number in brackets: Canvas would read it as an assignment's id.
    yield ["Student", "ID", "SIS Login ID", "Section", *map(_title, most)]
    yield ["Points Possible", "", "", "", *most.values()]
    for student in students:
        # A student of that name would set the points possible.
        shown = "" if "Points Possible" in student else student
        yield [shown, "", student, "", *_scores(student, most, handed_in)]


def _moodle(students, most, handed_in):
    yield ["Username", *map(_title, most)]
    for student in students:
        yield [student, *_scores(student, most, handed_in)]


def _title(lesson):
    return f"Lesson {lesson}"


def _scores(student, most, handed_in):
    return [_score(handed_in.get((student, lesson))) for lesson in most]


def _score(grade):
    return "" if grade is None else grade.score


def _write(path, rows):
    text = io.StringIO(newline="")
    csv.writer(text).writerows([_cell(content) for content in row] for row in rows)
    coded = text.getvalue().encode("utf-8", "backslashreplace")
    write_atomically(path, lambda file: file.write(coded))
    return path


def _cell(content):
    if isinstance(content, str):
        return f"'{content}" if _FORMULA.match(content) else content
    return f"{content:.2f}".rstrip("0").rstrip(".")
