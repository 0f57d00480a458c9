"""Exercises: what they ask of an answer, and how an answer is checked, hinted at and solved.

One file per lesson (`lesson_01.py`) holds its exercises; the questions and the right answers stand
in the lesson's notebook.
"""

from tlcourse.exercises.catalog import find, for_lesson
from tlcourse.exercises.check import check
from tlcourse.exercises.exercise import Diagnosis, Exercise, Mistake
from tlcourse.exercises.help import hint, solution
from tlcourse.exercises.verdict import Verdict

__all__ = [
    "Diagnosis",
    "Exercise",
    "Mistake",
    "Verdict",
    "check",
    "find",
    "for_lesson",
    "hint",
    "solution",
]
