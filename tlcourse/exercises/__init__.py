"""Exercises: what they ask of an answer, and how an answer is checked, hinted at and solved.

`by_lesson` holds the exercises, one file a lesson; the questions, the right answers, titles and
points stand in the lesson's notebook. `judging` says how any answer is judged. Both are hidden from
answers that nobody has reason to trust, which run beside `observers` and `trial`.
"""

from tlcourse.exercises.catalog import find, for_lesson, lesson_ids
from tlcourse.exercises.check import check
from tlcourse.exercises.exercise import Diagnosis, Exercise, Mistake
from tlcourse.exercises.hints import hint, solution
from tlcourse.exercises.right_answer import LESSON_NAMES, answer_name, right_answer, solution_source
from tlcourse.exercises.show import show
from tlcourse.exercises.source import cell_ids, lesson_exercises, lesson_files, notebooks_dir
from tlcourse.exercises.trial import raised, try_answer
from tlcourse.exercises.verdict import STATUSES, Verdict

__all__ = [
    "LESSON_NAMES",
    "STATUSES",
    "Diagnosis",
    "Exercise",
    "Mistake",
    "Verdict",
    "answer_name",
    "cell_ids",
    "check",
    "find",
    "for_lesson",
    "hint",
    "lesson_exercises",
    "lesson_files",
    "lesson_ids",
    "notebooks_dir",
    "raised",
    "right_answer",
    "show",
    "solution",
    "solution_source",
    "try_answer",
]
