"""Grade several submissions at once on this machine."""

import threading
from concurrent.futures import ThreadPoolExecutor, as_completed

from tlcourse.errors import CourseError
from tlcourse.grading.folders import remove_left_folders
from tlcourse.grading.grade import grade_submission
from tlcourse.grading.grades import SubmissionGrade
from tlcourse.grading.judging import Judges

__all__ = ["LocalJobs"]


class LocalJobs:
    """Grade in threads of this process. A context manager.

    Grades depend on its `secret`, `limits` and `sandbox_name` (str).

    Args:
        jobs: int >= 1, number of submissions graded at a time.
        secret: bytes, from which the inputs are drawn.
        sandbox: a sandbox from `find_sandbox`.
        limits: `Limits`.

    Raises:
        ValueError: if `jobs` is not an int >= 1.
    """

    def __init__(self, jobs, secret, sandbox, limits):
        if isinstance(jobs, bool) or not isinstance(jobs, int) or jobs < 1:
            raise ValueError(f"`jobs` must be a whole number, at least 1; got {jobs!r}.")
        self.secret, self.limits, self.sandbox_name = secret, limits, sandbox.name
        self._sandbox = _Endable(sandbox)
        self._pool, self._judges = ThreadPoolExecutor(jobs), Judges(secret, jobs)
        remove_left_folders()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # After an interruption nobody needs what is still running.
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._sandbox.end_all()
        self._judges.end()
        self._pool.shutdown()
        self._judges.end()  # a judge may have been started in the meantime

    def grade(self, handed):
        """Yield `(SubmissionFile, SubmissionGrade)` for each, as they come.

        Args:
            handed: list of `SubmissionFile`.
        """
        running = {
            self._pool.submit(grade_or_error, each, self._judges, self._sandbox, self.limits): each
            for each in handed
        }
        for done in as_completed(running):
            yield running[done], done.result()


def grade_or_error(each, judge, sandbox, limits):
    """Grade a submission; one that the grader itself fails on has an `error`.

    Args:
        each: `SubmissionFile`.
        judge: `Judge` or `Judges`.
        sandbox: a sandbox from `find_sandbox`.
        limits: `Limits`.

    Returns:
        `SubmissionGrade`.
    """
    try:
        return grade_submission(
            each.path,
            student=each.student,
            lesson=each.lesson,
            judge=judge,
            sandbox=sandbox,
            limits=limits,
        )
    except Exception as problem:  # one submission must never stop the others
        told = str(problem) if isinstance(problem, CourseError) else repr(problem)
        return not_graded(each, told)


def not_graded(each, why):
    """Return the `SubmissionGrade` of a `SubmissionFile` that the grader failed on."""
    return SubmissionGrade(each.student, each.lesson, (), error=f"It could not be graded: {why}")


class _Endable:
    """A sandbox that can end all its programs at once; after that it starts none."""

    def __init__(self, sandbox):
        self._sandbox, self._running, self._lock = sandbox, set(), threading.Lock()
        self._ended = False
        self.name, self.own_limits = sandbox.name, sandbox.own_limits

    def start(self, program, **settings):
        with self._lock:
            if self._ended:
                raise CourseError("the grading was interrupted.")
            process = self._sandbox.start(program, **settings)
            self._running.add(process)
        return process

    def end(self, process):
        self._sandbox.end(process)
        self._running.discard(process)

    def end_all(self):
        with self._lock:
            self._ended = True
        for process in list(self._running):
            self._sandbox.end(process)
