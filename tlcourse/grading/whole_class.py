"""Grade a folder of submissions: grades, feedback, tables, report, gradebook."""

import contextlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from tlcourse.errors import CourseError
from tlcourse.grading.batch import grade_all
from tlcourse.grading.grades import SubmissionGrade
from tlcourse.grading.layout import find_submissions
from tlcourse.grading.local_jobs import LocalJobs
from tlcourse.grading.nbgrader import changed_since, course_of, read_manifest, write_autograded
from tlcourse.grading.sandbox import find_sandbox

__all__ = ["Graded", "grade_class", "read_secret"]

_LEAST_SECRET = 16  # bytes


@dataclass(frozen=True)
class Graded:
    """The outcome of grading a class.

    Attributes:
        grades: list of `SubmissionGrade`, by student and lesson.
        out: Path of the output folder.
        remarks: list of str, one line each: what the teacher should know.
    """

    grades: list[SubmissionGrade]
    out: Path
    remarks: list[str]


def grade_class(
    submissions,
    out,
    *,
    limits,
    gradebook=None,
    jobs=1,
    scheduler=None,
    sandbox="auto",
    secret=None,
    solutions=False,
    on_begin=lambda n: None,
    on_done=lambda grade, new: None,
):
    """Grade all submissions in a folder, and write everything that follows from it.

    Args:
        submissions: str or path of the folder, see `find_submissions`.
        out: output folder, created if missing: `grades/` (a record per submission, written as it
            arrives), `feedback/` (a page per student), `grades.csv`, tables for Canvas and Moodle,
            `report.html`, and `secret`, unless one is given.
        limits: `Limits` of each submission.
        gradebook: URL of nbgrader's database, to write the grades to; None writes none. If
            `submissions` is the folder `submitted` of an nbgrader course, what formgrader shows
            is written to `autograded` beside it.
        jobs: int, number of submissions graded at a time.
        scheduler: address of a Dask scheduler whose workers grade; "local" starts a cluster on
            this machine; None uses no Dask.
        sandbox: str, see `find_sandbox`.
        secret: file with at least 16 bytes from which inputs are drawn; None keeps one in `out`.
        solutions: bool, show right answers in the feedback.
        on_begin: called with the number of submissions.
        on_done: see `grade_all`.

    Returns:
        `Graded`.

    Raises:
        NoSubmissions: if there is nothing to grade.
        NoSandbox: if no safe sandbox is available.
        CourseError: if the scheduler, the secret or the gradebook cannot be used; grades given
            until then stay in `out`.
        OSError: if `out` cannot be written.
    """
    # Report everything that can be wrong before hours of work begin.
    chosen = find_sandbox(sandbox) if scheduler is None else None
    handed, left_out = find_submissions(submissions)
    out = Path(out).expanduser().absolute()
    out.mkdir(parents=True, exist_ok=True)
    key = read_secret(Path(secret) if secret else out / "secret", make=secret is None)
    lessons = sorted({each.lesson for each in handed})
    with contextlib.ExitStack() as stack:
        if chosen is not None:
            workers = LocalJobs(jobs, key, chosen, limits)
        else:
            from tlcourse.grading.cluster import Cluster

            workers = Cluster(scheduler, jobs, key, sandbox, limits)
        stack.enter_context(workers)
        book = None
        if gradebook is not None:
            book = stack.enter_context(contextlib.closing(_open(gradebook, lessons)))
        remarks = [f"not graded, named after no lesson or twice: {path}" for path in left_out]
        remarks += _changes(Path(submissions))
        on_begin(len(handed))
        grades = grade_all(handed, out, workers=workers, on_done=on_done)
        _write(out, grades, solutions)
        if book is not None:
            for grade in grades:
                book.write(grade)
            course = course_of(submissions)
            if course is not None:
                write_autograded(course, handed, grades)
    remarks += [
        f"{grade.student}, lesson {grade.lesson}: {grade.error}" for grade in grades if grade.error
    ]
    return Graded(grades, out, remarks)


def read_secret(path, *, make=False):
    """Return the bytes in a file that the inputs of exercises are drawn from.

    Args:
        path: str or path of the file.
        make: bool, create the file if it is missing, readable by its owner only.

    Returns:
        Bytes, the secret.

    Raises:
        CourseError: if the file is missing, or has fewer than 16 bytes.
    """
    path = Path(path).expanduser()
    if make and not path.exists():
        # Not overwritten if another process has just created one.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32) + "\n")
    try:
        secret = path.read_bytes().strip()
    except OSError as error:
        raise CourseError(f"the secret {str(path)!r} cannot be read ({error.strerror}).") from error
    if len(secret) < _LEAST_SECRET:
        raise CourseError(
            f"the secret {str(path)!r} has {len(secret)} bytes; it needs at least {_LEAST_SECRET},"
            " such as a line of random letters."
        )
    return secret


def _open(url, lessons):
    from tlcourse.grading.nbgrader import Gradebook

    book = Gradebook(url)
    book.add_release(lessons)
    return book


def _changes(submissions):
    """Yield what has changed since the release that a folder or the one above it tells of."""
    for folder in (submissions, submissions.parent):
        if (folder / "manifest.json").is_file():
            yield from changed_since(read_manifest(folder / "manifest.json"))
            return


def _write(out, grades, solutions):
    from tlcourse.grading.reports import write_class_report, write_feedback, write_tables

    write_feedback(out / "feedback", grades, solutions=solutions)
    write_tables(out, grades)
    write_class_report(out / "report.html", grades)
