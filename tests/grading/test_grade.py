"""One submission from its file to its grades, without a sandbox: what runs here is ours."""

import json

import pytest

from tlcourse.errors import UnknownName
from tlcourse.exercises.right_answer import solution_source
from tlcourse.exercises.source import lesson_files
from tlcourse.grading.grade import _clean, grade_submission
from tlcourse.grading.judging.judge import Judge
from tlcourse.grading.sandbox.sandbox import Limits, find_sandbox

LIMITS = Limits(seconds=20, memory=10**9)


@pytest.fixture(scope="module")
def judge():
    with Judge(b"secret") as judge:
        yield judge


@pytest.fixture
def graded(tmp_path, judge):
    def graded(answers, *others, lesson="01", limits=LIMITS):
        cells = [{"cell_type": "code", "source": other, "metadata": {}} for other in others]
        for number, source in answers.items():
            marks = {"nbgrader": {"grade_id": f"ex-{lesson}-{number}"}}
            cells.append({"cell_type": "code", "source": source, "metadata": marks})
        path = tmp_path / "submission.ipynb"
        path.write_text(json.dumps({"cells": cells, "nbformat": 4}))
        return grade(path, judge, lesson=lesson, limits=limits)

    return graded


def grade(path, judge, *, lesson, limits=LIMITS):
    return grade_submission(
        path,
        student="ada",
        lesson=lesson,
        judge=judge,
        sandbox=find_sandbox("none"),
        limits=limits,
    )


def right(number):
    return solution_source(f"01.{number}")


def told(grade):
    """What the first three were told: they need no network to be trained."""
    return [(each.verdict, each.points) for each in grade.exercises[:3]]


def test_each_answer_has_its_own_verdict(graded):
    found = graded({1: "raise KeyError('a')", 2: right(2)}, "import numpy as np")
    assert told(found) == [("raised", 0), ("passed", 2), ("missing", 0)]
    assert (found.student, found.lesson, found.score, found.max) == ("ada", "01", 2, 14)
    assert "before your function was called" in found.exercises[0].message


def test_an_answer_may_earn_some_of_its_points(graded):
    times = "def time_to_accuracy(seconds, accuracies, goal):\n    return seconds[{}]"
    half = times.format("(accuracies >= goal).argmax()")
    assert told(graded({3: half}))[2] == ("wrong", 1)
    # After one that failed it is tried again, and never earns less.
    assert told(graded({2: "1 / 0", 3: half}))[1:] == [("raised", 0), ("wrong", 1)]
    assert told(graded({3: half + " * 2"}))[2] == ("wrong", 0)


def test_the_stub_is_not_attempted(graded):
    found = graded(
        {1: "def accuracy(logits, labels):\n    raise NotImplementedError()"}, lesson="00"
    )
    assert told(found) == [("not attempted", 0)]


def test_imports_and_definitions_of_other_cells_are_there(graded):
    answer = "def mean_and_halfwidth(accuracies):\n    return helper(accuracies)"
    helper = "import numpy as np\nnot_run = 1 / 0\n" + right(2).replace(
        "mean_and_halfwidth", "helper"
    )
    assert told(graded({2: answer}, "broken(", helper))[1] == ("passed", 2)


def test_a_later_answer_may_use_an_earlier_one(graded):
    last = right(3).replace("time_to_accuracy", "first_time")
    answers = {2: right(2) + "\n" + last, 3: "time_to_accuracy = lambda *a: first_time(*a)"}
    assert told(graded(answers))[1:] == [("passed", 2), ("passed", 2)]


def test_what_ends_the_kernel_ends_no_other_answer(graded):
    ends = "def draw_shots(labels, k, rng):\n    import os\n    os._exit(7)"
    found = graded({1: ends, 2: right(2), 3: right(3)})
    assert told(found) == [("stopped", 0), ("passed", 2), ("passed", 2)]
    assert "code 7" in found.exercises[0].message


def test_a_failed_answer_does_not_spoil_the_next(graded):
    spoils = "import numpy\nnumpy.mean = numpy.flatnonzero = None\ndraw_shots = print"
    assert told(graded({1: spoils, 2: right(2), 3: right(3)}))[1:] == 2 * [("passed", 2)]


def test_a_helper_that_ends_the_kernel_is_left_out(graded):
    helper = "class A:\n    import os\n    os._exit(1)"
    assert told(graded({2: right(2)}, helper))[1] == ("passed", 2)


def test_a_file_that_cannot_be_read(tmp_path, judge):
    found = grade(tmp_path / "nowhere.ipynb", judge, lesson="01")
    assert found.error == "It is not a regular file (a link, a folder or nothing)."
    assert told(found) == 3 * [("missing", 0)]


def test_a_lesson_that_does_not_exist(judge):
    with pytest.raises(UnknownName, match="'99'"):
        grade(lesson_files()["00"], judge, lesson="99")


def test_messages_can_be_written_to_any_file():
    assert _clean("a\nb\x1b[31m\ud800\u2028é\x00") == "a\nb [31m? é "
