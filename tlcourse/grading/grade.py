"""Grade one submission: its answers run in a sandbox, and are judged outside of it."""

import time

from tlcourse.exercises.catalog import for_lesson
from tlcourse.exercises.right_answer import LESSON_NAMES, answer_name
from tlcourse.grading.grades import ExerciseGrade, SubmissionGrade
from tlcourse.grading.kernel import Kernel, Stopped
from tlcourse.grading.submission import UnreadableSubmission, read_submission

__all__ = ["grade_submission"]

_IMPORTS = {  # how the lessons' first cells import what `LESSON_NAMES` names
    name: f"import {module} as {name}" for name, module in LESSON_NAMES.items()
}


def grade_submission(path, *, student, lesson, judge, sandbox, limits):
    """Grades a student's notebook of one lesson.

    Its answers run after the imports of the lesson, in their order, in one kernel; when one ends
    the kernel, the next go on in a new one. One that is not right there is tried once more without
    the others. Nothing else of the notebook runs but its imports and the functions that its other
    cells define.

    Args:
        path: of the notebook.
        student: str.
        lesson: id, such as "04".
        judge: `Judge`.
        sandbox: what `find_sandbox` returned.
        limits: `Limits`.

    Returns:
        `SubmissionGrade`; a file that cannot be read has an `error` and no points.

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
        grades = tuple(
            answers.grade(exercise) if exercise.id in submission.answers else _missing(exercise)
            for exercise in exercises
        )
    return SubmissionGrade(student, lesson, grades, _since(begin))


class _Answers:
    """The answers of one submission, in a kernel that is started when it is needed."""

    def __init__(self, submission, judge, sandbox, limits):
        self._submission, self._judge = submission, judge
        self._sandbox, self._limits = sandbox, limits
        self._kernel, self._done, self._helpers = None, [], submission.helpers
        self._is_first = True

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._end()

    def grade(self, exercise):
        """Returns the grade of one answer (`ExerciseGrade`)."""
        begin = time.perf_counter()
        status, message = self._status(exercise, self._done[:])
        if not self._is_first and status not in ("passed", "not attempted"):
            # The cells before it may have changed what it needs: it has another try without them.
            self._end()
            again, told = self._status(exercise, [])
            self._end()
            if again == "passed":
                status, message = again, told
        self._is_first = False
        points = exercise.points if status == "passed" else 0
        seconds = round(time.perf_counter() - begin, 3)
        return ExerciseGrade(exercise.id, points, exercise.points, status, _clean(message), seconds)

    def _status(self, exercise, others):
        try:
            return self._tried(exercise, others)
        except Stopped as stopped:
            self._kernel = None
            return "stopped", (
                f"Seen: {stopped}\n"
                "It means: the answer was ended, and earns nothing.\n"
                "Look at: loops that do not end, very large arrays, and code that ends Python."
            )

    def _tried(self, exercise, others):
        if self._kernel is None:
            self._start(others)
        source = self._submission.answers[exercise.id]
        raised = self._kernel.run(source)
        if raised is not None:
            return "raised", (
                f"Seen: {raised['type']}: {raised['said']}\n"
                "It means: the cell itself raised an error, before your function was called.\n"
                "Look at: restart the kernel and run your notebook from the top."
            )
        if source not in self._done:
            self._done.append(source)
        observe = f"{exercise.observe.__module__}:{exercise.observe.__name__}"
        reply = self._kernel.evaluate(
            "__import__('tlcourse.grading.inside', fromlist=['answers']).answers("
            f"{observe!r}, {answer_name(exercise.id)!r}, {self._judge.cases(exercise.id)!r})"
        )
        return self._judge.verdict(exercise.id, reply)

    def _start(self, others):
        """Starts a kernel, in the state that the answers before this one left.

        Helpers that end it, or take longer than one answer may, are left out from then on.
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
        self._run(others)

    def _run(self, sources):
        """Runs sources that have been looked at already, in the time of one answer."""
        deadline = time.monotonic() + self._limits.seconds
        for source in sources:
            self._kernel.run(source, seconds=max(0.01, deadline - time.monotonic()))

    def _end(self):
        if self._kernel is not None:
            self._kernel.end()
        self._kernel = None


def _clean(message):
    """Returns text that every file can hold: no control characters, no halves of characters."""
    whole = message.encode("utf-8", "replace").decode()
    return "".join(char if char.isprintable() or char == "\n" else " " for char in whole)


def _missing(exercise):
    return ExerciseGrade(
        exercise.id, 0, exercise.points, "missing", "The notebook has no cell for this answer."
    )


def _since(begin):
    return round(time.perf_counter() - begin, 3)
