"""A grade says what was earned, and comes back from its record as it was."""

import json

import pytest

from tlcourse.grading import ExerciseGrade, SubmissionGrade


@pytest.fixture
def grade():
    exercises = (
        ExerciseGrade("04.1", 2, 2, "passed", "Right.", 0.5),
        ExerciseGrade("04.2", 1.5, 3, "wrong", "Seen: half of it.", 1.0),
    )
    return SubmissionGrade("ada", "04", exercises, seconds=4.0)


def test_points_are_summed(grade):
    assert (grade.score, grade.max) == (3.5, 5)


def test_a_record_is_json_and_comes_back(grade):
    record = json.loads(json.dumps(grade.to_record()))
    assert (record["score"], record["max"]) == (3.5, 5)
    assert SubmissionGrade.from_record(record) == grade


def test_what_cannot_be():
    with pytest.raises(ValueError, match=r"`verdict` must be one of .*; got 'good'"):
        ExerciseGrade("04.1", 2, 2, "good", "")
    with pytest.raises(ValueError, match=r"`points` must lie in \[0, 2\]; got 3"):
        ExerciseGrade("04.1", 3, 2, "passed", "")
