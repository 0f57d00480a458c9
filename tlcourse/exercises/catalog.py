"""Find an exercise or a quiz question by its id."""

import importlib
import pkgutil
import re

from tlcourse.errors import UnknownName, near

__all__ = ["find", "find_question", "for_lesson", "lesson_ids", "questions_for_lesson"]

_LESSON_MODULE = re.compile(r"lesson_(\d\d)")


def lesson_ids():
    """Name the lessons that have exercises.

    Returns:
        List of ids, such as "01", in order.
    """
    room = importlib.import_module("tlcourse.exercises.by_lesson")
    names = (
        _LESSON_MODULE.fullmatch(module.name) for module in pkgutil.iter_modules(room.__path__)
    )
    return sorted(name[1] for name in names if name)


def for_lesson(lesson_id):
    """Return the exercises of one lesson.

    Args:
        lesson_id: such as "01".

    Returns:
        Tuple of Exercise, in the order of the lesson.

    Raises:
        UnknownName: if no lesson of that id has exercises.
    """
    if lesson_id not in lesson_ids():
        raise UnknownName(
            f"`lesson_id` is {lesson_id!r}; no such lesson has exercises."
            f"{near(lesson_id, lesson_ids())}"
        )
    return _module(f"lesson_{lesson_id}").EXERCISES


def questions_for_lesson(lesson_id):
    """Return the quiz questions of one lesson.

    Args:
        lesson_id: such as "01".

    Returns:
        Tuple of `Question`, in the order of the lesson; empty where there is no such lesson.
    """
    return _module(f"questions_{lesson_id}").QUESTIONS if lesson_id in lesson_ids() else ()


def _module(name):
    return importlib.import_module(f"tlcourse.exercises.by_lesson.{name}")


def find_question(question_id):
    """Return the quiz question with this id, or None.

    Args:
        question_id: such as "01.q1"; anything.

    Returns:
        `Question`, or None where there is none of that id.
    """
    lesson_id = question_id.partition(".")[0] if isinstance(question_id, str) else None
    found = (each for each in questions_for_lesson(lesson_id) if each.id == question_id)
    return next(found, None)


def find(exercise_id):
    """Return the exercise with this id.

    Args:
        exercise_id: such as "01.2".

    Returns:
        `Exercise`.

    Raises:
        UnknownName: if there is none; the message holds the ids that are near.

    Example:
        >>> find("00.1").points
        1
    """
    lesson_id = exercise_id.partition(".")[0] if isinstance(exercise_id, str) else None
    lessons = [lesson_id] if lesson_id in lesson_ids() else lesson_ids()
    exercises = {exercise.id: exercise for lesson in lessons for exercise in for_lesson(lesson)}
    if exercise_id not in exercises:
        raise UnknownName(
            f"`exercise_id` is {exercise_id!r}; there is no such exercise."
            f"{near(exercise_id, exercises)}"
        )
    return exercises[exercise_id]
