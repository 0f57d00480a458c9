"""Exercises: what they ask of an answer, and how an answer is checked, hinted at and solved.

One file per lesson (`lesson_01.py`) holds its exercises; the questions and the right answers stand
in the lesson's notebook.
"""

from tlcourse.exercises.catalog import find, for_lesson, lesson_ids
from tlcourse.exercises.check import check
from tlcourse.exercises.exercise import Diagnosis, Exercise, Mistake
from tlcourse.exercises.help import hint, solution
from tlcourse.exercises.judgement import judge
from tlcourse.exercises.right_answer import LESSON_NAMES, answer_name, right_answer, solution_source
from tlcourse.exercises.show import show
from tlcourse.exercises.source import cell_ids, lesson_files, notebooks_dir
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
    "judge",
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
