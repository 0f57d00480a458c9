"""Judging: compare an answer with the right one, and explain the difference."""

from tlcourse.exercises.judging.comparison import compare_values, named
from tlcourse.exercises.judging.judgement import judge
from tlcourse.exercises.judging.models import judge_model
from tlcourse.exercises.judging.trained_models import judge_trained, judge_tuned

__all__ = ["compare_values", "judge", "judge_model", "judge_trained", "judge_tuned", "named"]
