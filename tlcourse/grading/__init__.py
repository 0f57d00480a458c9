"""Grading: submissions that nobody has reason to trust, run apart and judged from outside."""

from tlcourse.grading.grades import VERDICTS, ExerciseGrade, SubmissionGrade

__all__ = ["VERDICTS", "ExerciseGrade", "SubmissionGrade"]
