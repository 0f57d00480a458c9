"""Exercises are found by id, and an unknown id is answered with the near ones."""

import subprocess
import sys

import pytest

from tlcourse.errors import UnknownName
from tlcourse.exercises.catalog import find, for_lesson, lesson_ids


def test_lessons_have_their_exercises():
    assert {"00", "01", "04"} <= set(lesson_ids())
    assert [exercise.id for exercise in for_lesson("01")] == [
        f"01.{number}" for number in range(1, 7)
    ]
    assert [exercise.points for exercise in for_lesson("04")] == [2, 3, 2, 3]


def test_every_id_begins_with_its_lesson_and_finds_its_exercise():
    for lesson_id in lesson_ids():
        for place, exercise in enumerate(for_lesson(lesson_id), start=1):
            assert exercise.id == f"{lesson_id}.{place}"
            assert find(exercise.id) is exercise


@pytest.mark.parametrize(
    ("exercise_id", "message"),
    [
        ("01.9", r"'01\.9'; there is no such exercise\. Did you mean '01\.\d'"),
        ("1.1", r"Did you mean '01\.1'"),
        (1.1, r"`exercise_id` is 1\.1; there is no such exercise\. Did you mean '01\.1'"),
        (None, "`exercise_id` is None"),
    ],
)
def test_an_unknown_exercise(exercise_id, message):
    with pytest.raises(UnknownName, match=message):
        find(exercise_id)


def test_an_unknown_lesson():
    with pytest.raises(UnknownName, match=r"`lesson_id` is '1'.*Did you mean '01'"):
        for_lesson("1")


def test_listing_exercises_does_not_import_keras():
    code = (
        "import sys\n"
        "from tlcourse.exercises.catalog import for_lesson, lesson_ids\n"
        "print(sum(len(for_lesson(i)) for i in lesson_ids()), 'keras' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout.split()[0]) >= 7
    assert done.stdout.split()[1] == "False"
