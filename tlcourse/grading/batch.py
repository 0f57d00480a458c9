"""Grade a class: results are written as they come, and a run that was interrupted goes on."""

import contextlib
import hashlib
import json
import threading
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict
from pathlib import Path

from tlcourse import __version__
from tlcourse.atomic import write_atomically
from tlcourse.errors import CourseError
from tlcourse.exercises.catalog import for_lesson
from tlcourse.exercises.right_answer import solution_source
from tlcourse.grading.file_names import file_names
from tlcourse.grading.grade import grade_submission
from tlcourse.grading.grades import SubmissionGrade
from tlcourse.grading.judge import Judge
from tlcourse.grading.submission import MAX_BYTES

__all__ = ["grade_all"]

_FORMAT = 1


def grade_all(handed, out, *, secret, sandbox, limits, jobs=1, on_done=lambda grade, new: None):
    """Grades submissions, several at a time.

    A grade that is already in `out` stays when it is of this very file, secret, course and limits;
    so an interrupted run goes on where it was, and the same run again changes nothing.

    Args:
        handed: list of `Handed`.
        out: folder; grades go to `out`/grades/<student>/<lesson>.json, one at a time and whole.
        secret: bytes that the inputs are drawn from.
        sandbox: what `find_sandbox` returned.
        limits: `Limits`.
        jobs: how many at a time, at least 1.
        on_done: called with each `SubmissionGrade` and whether it is new (bool), in any order.

    Returns:
        List of `SubmissionGrade`, in the order of `handed`. One that the grader itself failed on
        has an `error`, and is tried again by the next run.

    Raises:
        ValueError: if `jobs` is no number of jobs.
    """
    if isinstance(jobs, bool) or not isinstance(jobs, int) or jobs < 1:
        raise ValueError(f"`jobs` must be a whole number, at least 1; got {jobs!r}.")
    names = file_names({each.student for each in handed}, "")
    settings = _settings(secret, sandbox, limits)
    found, due = {}, []
    for each in handed:
        file = Path(out, "grades", names[each.student], f"{each.lesson}.json")
        key = _key(each, settings)
        kept = _kept(file, key)
        if kept is None:
            due.append((each, file, key))
        else:
            found[each] = kept
            on_done(kept, False)
    local = _Judges(secret)

    def work(each, file, key):
        try:
            grade = grade_submission(
                each.path,
                student=each.student,
                lesson=each.lesson,
                judge=local.judge(),
                sandbox=sandbox,
                limits=limits,
            )
        except Exception as problem:  # one submission must never stop the others
            told = str(problem) if isinstance(problem, CourseError) else repr(problem)
            error = f"It could not be graded: {told}"
            return SubmissionGrade(each.student, each.lesson, (), error=error)
        if key is not None:
            _keep(file, key, grade)
        return grade

    pool = ThreadPoolExecutor(jobs)
    try:
        running = {pool.submit(work, *one): one[0] for one in due}
        for done in as_completed(running):
            found[running[done]] = done.result()
            on_done(done.result(), True)
    finally:
        pool.shutdown(cancel_futures=True)
        local.end()
    return [found[each] for each in handed]


class _Judges:
    """One judge for each thread."""

    def __init__(self, secret):
        self._secret, self._local, self._all = secret, threading.local(), contextlib.ExitStack()

    def judge(self):
        """Returns the judge of this thread."""
        if not hasattr(self._local, "judge"):
            self._local.judge = self._all.enter_context(Judge(self._secret))
        return self._local.judge

    def end(self):
        """Ends all of them."""
        self._all.close()


def _settings(secret, sandbox, limits):
    """Returns all that grades depend on but the submission, as text."""
    known = {
        "format": _FORMAT,
        "version": __version__,
        "secret": hashlib.sha256(secret).hexdigest(),
        "sandbox": sandbox.name,
        "limits": asdict(limits),
    }
    return json.dumps(known, sort_keys=True)


def _key(handed, settings):
    """Returns a checksum of a submission and all that its grade depends on; None for no file."""
    path = handed.path
    if path.is_symlink() or not path.is_file() or path.stat().st_size > MAX_BYTES:
        return None
    answers = "".join(solution_source(each.id) for each in for_lesson(handed.lesson))
    whole = hashlib.sha256(path.read_bytes())
    whole.update(f"{settings}\0{handed.lesson}\0{answers}".encode())
    return whole.hexdigest()


def _kept(path, key):
    """Returns the grade in a file, or None when it is of something else or broken."""
    try:
        record = json.loads(path.read_bytes())
        if record["key"] == key:
            return SubmissionGrade.from_record(record["grade"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return None


def _keep(path, key, grade):
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"key": key, "grade": grade.to_record()}, indent=2)
    write_atomically(path, lambda file: file.write(text.encode()))
