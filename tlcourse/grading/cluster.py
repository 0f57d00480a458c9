"""Grade on the workers of a Dask cluster.

A worker receives the notebook itself, so machines need no shared folder, and returns plain data.
Only this process writes grades, once each, whichever worker produced them and however often it was
tried. The teacher must trust the workers: they hold the secret from which inputs are drawn.
"""

import contextlib
import functools

from tlcourse.errors import CourseError
from tlcourse.grading.answers import UnreadableSubmission, read_content
from tlcourse.grading.course_fingerprint import course_fingerprint
from tlcourse.grading.folders import new_folder, remove_folder, remove_left_folders
from tlcourse.grading.grades import SubmissionGrade
from tlcourse.grading.judging import Judges
from tlcourse.grading.layout import SubmissionFile
from tlcourse.grading.local_jobs import grade_or_error, not_graded
from tlcourse.grading.sandbox import find_sandbox

__all__ = ["Cluster"]

_CONNECT_SECONDS = 10
_MOST_JUDGES = 4


class Cluster:
    """The workers of a Dask scheduler. A context manager.

    Grades depend on its `secret`, `limits` and `sandbox_name` (str, the workers' sandbox).

    Args:
        scheduler: str, its address, such as "tcp://10.0.0.1:8786"; or "local" to start a cluster
            on this machine.
        jobs: int, number of workers of a local cluster.
        secret: bytes, from which the inputs are drawn.
        sandbox: str, kind of sandbox, see `find_sandbox`; each worker finds its own.
        limits: `Limits`.

    Raises:
        CourseError: if Dask is not installed, the scheduler cannot be reached or has no worker,
            or a worker has a different course or no sandbox.
    """

    def __init__(self, scheduler, jobs, secret, sandbox, limits):
        self.secret, self.limits, self._kind = secret, limits, sandbox
        self._work, self._open = _grade, contextlib.ExitStack()
        try:
            self._client = self._open.enter_context(_client(scheduler, jobs, self._open))
            self.sandbox_name = _checked(self._client, scheduler, sandbox)
        except BaseException:
            self._open.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with self._open:
            self._client.run(_end_judges, self.secret)

    def grade(self, handed):
        """Yield `(SubmissionFile, SubmissionGrade)` for each, as they come.

        When a worker is lost, another one starts its submissions anew; a submission that loses
        several workers gets an `error`.

        Args:
            handed: list of `SubmissionFile`.
        """
        from distributed import as_completed

        running = {}
        for each in handed:
            try:
                content = read_content(each.path)
            except UnreadableSubmission:  # no worker needed
                yield each, grade_or_error(each, None, None, self.limits)
                continue
            task = self._client.submit(
                self._work,
                course_fingerprint(),
                content,
                each.student,
                each.lesson,
                self.secret,
                self._kind,
                self.limits,
                pure=False,
            )
            running[task] = each
        for task in as_completed(running, loop=self._client.loop):
            each = running[task]
            if task.cancelled():
                yield each, not_graded(each, "the cluster was lost.")
            elif (problem := task.exception()) is not None:
                told = str(problem) if isinstance(problem, CourseError) else repr(problem)
                yield each, not_graded(each, told)
            else:
                yield each, SubmissionGrade.from_record(task.result())


def _client(scheduler, jobs, stack):
    try:
        import distributed
    except ImportError as error:
        raise CourseError(
            "`scheduler` needs Dask, which is not installed here. "
            "Run: pip install 'tlcourse[instructor]'"
        ) from error
    if scheduler == "local":
        address = stack.enter_context(
            distributed.LocalCluster(
                n_workers=jobs,
                threads_per_worker=1,
                dashboard_address="127.0.0.1:0",
                host="127.0.0.1",
            )
        )
    else:
        address = scheduler
    try:
        return distributed.Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise CourseError(
            f"the scheduler {scheduler!r} cannot be reached; expected an address such as "
            "'tcp://10.0.0.1:8786' of one started with `dask scheduler`, or 'local'."
        ) from error


def _checked(client, scheduler, kind):
    """Return the name of the workers' sandbox, or raise if a grade would not be what it is here.

    Checking this first avoids failing after hours of work.
    """
    found = client.run(_state, kind)
    if not found:
        raise CourseError(
            f"the scheduler {scheduler!r} has no worker; start some with `dask worker ADDRESS`."
        )
    for worker, state in sorted(found.items()):
        if state["course"] != course_fingerprint():
            raise CourseError(
                f"the worker {worker} has a different course ({state['course']}) than this machine "
                f"({course_fingerprint()}); install the same version on both."
            )
        if state["problem"] is not None:
            raise CourseError(f"the worker {worker} cannot grade: {state['problem']}")
    return " and ".join(sorted({state["sandbox"] for state in found.values()}))


def _state(kind):
    """Return a worker's course, its sandbox, and why it has none (dict)."""
    remove_left_folders()
    name = problem = None
    try:
        name = _sandbox(kind).name
    except CourseError as error:
        problem = str(error)
    return {"course": course_fingerprint(), "sandbox": name, "problem": problem}


@functools.cache
def _sandbox(kind):
    return find_sandbox(kind)


_judges = {}  # this worker's judges, by secret


def _grade(course, content, student, lesson, secret, sandbox, limits):
    """Grade one submission on a worker (the record of a `SubmissionGrade`)."""
    if course != course_fingerprint():  # this worker came later than `_checked`
        raise CourseError(f"a worker has a different course ({course_fingerprint()}).")
    judges = _judges.setdefault(secret, Judges(secret, _MOST_JUDGES))
    folder = new_folder()
    try:
        path = folder / f"{lesson}.ipynb"
        path.write_bytes(content)
        handed = SubmissionFile(student, lesson, path)
        return grade_or_error(handed, judges, _sandbox(sandbox), limits).to_record()
    finally:
        remove_folder(folder)


def _end_judges(secret):
    """End a worker's judges of this secret; another run's may be at work."""
    if secret in _judges:
        _judges.pop(secret).end()
