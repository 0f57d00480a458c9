"""The lessons describe themselves."""

import json

import pytest

from tlcourse.errors import CourseError, UnknownName
from tlcourse.exercises import for_lesson
from tlcourse.exercises.source import lesson_files
from tlcourse.lessons import find_lesson, lessons


def test_lessons_in_order(course):
    course("99", "Last")
    path = course("90", "First")
    assert [lesson.id for lesson in lessons()] == ["90", "99"]
    first = lessons()[0]
    assert (first.title, first.minutes, first.path) == ("First", 5, path)
    assert first.to_json() == {
        "id": "90",
        "title": "First",
        "minutes": 5,
        "exercises": [],
        "formulas": ["a = b"],
        "papers": [],
    }


def test_exercises_come_from_the_notebook():
    found = find_lesson("01").to_json()["exercises"]
    assert found == [
        {"id": exercise.id, "points": exercise.points} for exercise in for_lesson("01")
    ]
    assert [each["id"] for each in found] == [f"01.{number}" for number in range(1, 7)]


def test_the_zero_may_be_left_out(course):
    course("00", "Start here")
    assert find_lesson("0").id == "00"


def test_unknown_lesson(course):
    course("90", "First")
    with pytest.raises(UnknownName, match=r"unknown lesson '9O'\. Allowed: '90'"):
        find_lesson("9O")


def test_no_lessons(course):
    with pytest.raises(CourseError, match="no lessons are installed"):
        lessons()


@pytest.mark.parametrize("text", ["", "[]", '{"metadata": {}}', '{"metadata": {"tlcourse": 1}}'])
def test_a_notebook_that_is_no_lesson(course, text):
    (course.folder / "91_broken.ipynb").write_text(text)
    with pytest.raises(CourseError, match=r"91_broken.ipynb is not a lesson"):
        lessons()


def test_the_real_lessons_say_all_of_it():
    files = lesson_files()
    if not files:
        pytest.skip("the lessons are not written yet")
    found = [lesson.to_json() for lesson in lessons()]
    assert [lesson["id"] for lesson in found] == list(files)
    for lesson in found:
        assert lesson["title"]
        assert lesson["minutes"] > 0
        assert lesson["exercises"]
    json.dumps(found)
