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
    the kernel, the next go on in a new one. Nothing else of the notebook runs but its imports and
    the functions that its other cells define.

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
        self._kernel, self._done = None, []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._kernel is not None:
            self._kernel.end()

    def grade(self, exercise):
        """Returns the grade of one answer (`ExerciseGrade`)."""
        begin = time.perf_counter()
        try:
            status, message = self._tried(exercise)
        except Stopped as stopped:
            self._kernel = None
            status, message = (
                "stopped",
                (
                    f"Seen: {stopped}\n"
                    "It means: the answer was ended, and earns nothing.\n"
                    "Look at: loops that do not end, very large arrays, and code that ends Python."
                ),
            )
        points = exercise.points if status == "passed" else 0
        seconds = round(time.perf_counter() - begin, 3)
        return ExerciseGrade(exercise.id, points, exercise.points, status, message, seconds)

    def _tried(self, exercise):
        if self._kernel is None:
            self._start()
        source = self._submission.answers[exercise.id]
        raised = self._kernel.run(source)
        if raised is not None:
            return "raised", (
                f"Seen: {raised['type']}: {raised['said']}\n"
                "It means: the cell itself raised an error, before your function was called.\n"
                "Look at: restart the kernel and run your notebook from the top."
            )
        self._done.append(source)
        observe = f"{exercise.observe.__module__}:{exercise.observe.__name__}"
        reply = self._kernel.evaluate(
            "__import__('tlcourse.grading.inside', fromlist=['answers']).answers("
            f"{observe!r}, {answer_name(exercise.id)!r}, {self._judge.cases(exercise.id)!r})"
        )
        return self._judge.verdict(exercise.id, reply)

    def _start(self):
        """Starts a kernel, in the state that the answers before this one left."""
        used = self._submission.names_used()
        names = [name for name in LESSON_NAMES if name in used]
        modules = ["keras"] if {"keras", "layers", "ops", "tl"} & set(names) else []
        kernel = Kernel(self._sandbox, self._limits, modules=modules)
        self._kernel = kernel.__enter__()
        for source in ([_IMPORTS[name] for name in names], self._submission.helpers, self._done):
            for statement in source:
                self._kernel.run(statement)


def _missing(exercise):
    return ExerciseGrade(
        exercise.id, 0, exercise.points, "missing", "The notebook has no cell for this answer."
    )


def _since(begin):
    return round(time.perf_counter() - begin, 3)
