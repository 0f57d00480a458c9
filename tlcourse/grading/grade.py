"""Grade one submission."""

import time

from tlcourse.exercises import LESSON_NAMES, answer_name, for_lesson
from tlcourse.grading.answers import Kernel, Stopped, UnreadableSubmission, read_submission
from tlcourse.grading.grades import ExerciseGrade, SubmissionGrade

__all__ = ["grade_submission"]

_FAILED = ("wrong", "raised", "stopped")
_IMPORTS = {  # how the first cells of lessons import `LESSON_NAMES`
    name: f"import {module} as {name}" for name, module in LESSON_NAMES.items()
}


def grade_submission(path, *, student, lesson, judge, sandbox, limits):
    """Grade a student's notebook of one lesson.

    The answers run in lesson order in one kernel, after the lesson's imports. If one ends the
    kernel, the next ones run in a new kernel. An answer that fails after another one failed is
    retried without the others, which may have spoiled the kernel. Of the rest of the notebook,
    only imports and the functions defined in other cells run.

    Args:
        path: str or path of the notebook.
        student: str, name of the student.
        lesson: id, such as "04".
        judge: `Judge` or `Judges`.
        sandbox: a sandbox from `find_sandbox`.
        limits: `Limits`.

    Returns:
        `SubmissionGrade`; with an `error` and no points if the file cannot be read.

    Raises:
        UnknownName: if there is no such lesson.
        JudgeFailed: if an exercise cannot be judged at all.
    """
    begin = time.perf_counter()
    exercises = for_lesson(lesson)
    try:
        submission = read_submission(path, lesson)
    except UnreadableSubmission as problem:
        grades = tuple(_missing(exercise) for exercise in exercises)
        return SubmissionGrade(student, lesson, grades, _since(begin), str(problem))
    answers = _Answers(submission, judge, sandbox, limits)
    with answers:
        given = answers.grades([e for e in exercises if e.id in submission.answers])
    grades = tuple(given.get(exercise.id) or _missing(exercise) for exercise in exercises)
    return SubmissionGrade(student, lesson, grades, _since(begin))


class _Answers:
    """The answers of one submission, in a kernel that starts on demand."""

    def __init__(self, submission, judge, sandbox, limits):
        self._submission, self._judge = submission, judge
        self._sandbox, self._limits = sandbox, limits
        self._kernel, self._done, self._helpers = None, [], submission.helpers

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._end()

    def grades(self, exercises):
        """Return the grades of answers (dict of exercise id to `ExerciseGrade`)."""
        found, doubtful = {}, []
        for exercise in exercises:
            found[exercise.id] = self._grade(exercise)
            if found[exercise.id].verdict in _FAILED:
                doubtful.append(exercise)
        for exercise in doubtful[1:]:
            self._end()
            self._done = []
            again = self._grade(exercise)
            if again.points > found[exercise.id].points:
                found[exercise.id] = again
        return found

    def _grade(self, exercise):
        begin = time.perf_counter()
        try:
            status, message, credit = self._tried(exercise)
        except Stopped as stopped:
            self._kernel = None
            status, credit = "stopped", 0.0
            message = (
                f"Seen: {stopped}\n"
                "It means: the answer was stopped and earns nothing.\n"
                "Look at: endless loops, very large arrays, and code that exits Python."
            )
        else:
            self._done.append(self._submission.answers[exercise.id])
        points = credit * exercise.points
        seconds = round(time.perf_counter() - begin, 3)
        return ExerciseGrade(exercise.id, points, exercise.points, status, _clean(message), seconds)

    def _tried(self, exercise):
        if self._kernel is None:
            self._start()
        source = self._submission.answers[exercise.id]
        raised = self._kernel.run(source)
        if raised is not None:
            told = (
                f"Seen: {raised['type']}: {raised['said']}\n"
                "It means: the cell itself raised an error, before your function was called.\n"
                "Look at: restart the kernel and run your notebook from the top."
            )
            return "raised", told, 0.0
        digest = self._submission.digest()
        observe = f"{exercise.observe.__module__}:{exercise.observe.__name__}"
        cases = self._judge.cases(exercise.id, digest)
        reply = self._kernel.evaluate(
            "__import__('tlcourse.grading.answers.sandboxed_kernel', fromlist=['answers']).answers("
            f"{observe!r}, {answer_name(exercise.id)!r}, {cases!r})"
        )
        return self._judge.verdict(exercise.id, digest, reply)

    def _start(self):
        """Start a kernel, in the state that the answers before this one left.

        Helpers that end the kernel, or exceed the time of one answer, are skipped from then on.
        """
        used = self._submission.names_used()
        names = [name for name in LESSON_NAMES if name in used]
        modules = ["keras"] if {"keras", "layers", "ops", "tl"} & set(names) else []
        imports = [_IMPORTS[name] for name in names]
        for helpers in (self._helpers, ()):
            kernel = Kernel(self._sandbox, self._limits, modules=modules)
            self._kernel = kernel.__enter__()
            try:
                self._run([*imports, *helpers])
            except Stopped:
                if not helpers:
                    raise
                self._helpers = ()
            else:
                break
        self._run(self._done)

    def _run(self, sources):
        """Run sources that have been looked at already, in the time of one answer."""
        deadline = time.monotonic() + self._limits.seconds
        for source in sources:
            self._kernel.run(source, seconds=max(0.01, deadline - time.monotonic()))

    def _end(self):
        if self._kernel is not None:
            self._kernel.end()
        self._kernel = None


def _clean(message):
    """Return text that every file can hold: no control characters, no halves of characters."""
    whole = message.encode("utf-8", "replace").decode()
    return "".join(char if char.isprintable() or char == "\n" else " " for char in whole)


def _missing(exercise):
    return ExerciseGrade(
        exercise.id, 0, exercise.points, "missing", "The notebook has no cell for this answer."
    )


def _since(begin):
    return round(time.perf_counter() - begin, 3)
