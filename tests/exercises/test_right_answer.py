"""The right answer is run as the lesson would run it."""

import importlib
import sys

import numpy as np
import pytest

from tlcourse.errors import UnknownName
from tlcourse.exercises import source as source_module
from tlcourse.exercises.source import ExerciseCells

room = importlib.import_module("tlcourse.exercises.right_answer")  # the face hides the file

CELL = '''import math


def _half(x):
    return x / 2


def answer(x):
    """Say it."""
    ### BEGIN SOLUTION
    return np.sqrt(_half(x)) * math.pi
    ### END SOLUTION'''


@pytest.fixture
def cell(monkeypatch):
    """Put one source in place of the lesson's solution cells."""

    def put(source):
        cells = {"55.1": ExerciseCells("Title", source, 1)}
        monkeypatch.setattr(source_module, "lesson_exercises", lambda lesson_id: cells)

    return put


def test_the_last_function_is_the_answer_and_the_lessons_imports_are_there(cell):
    cell(CELL)
    answer = room.right_answer("55.1")
    assert answer.__name__ == "answer"
    assert answer(8) == pytest.approx(2 * np.pi)


def test_the_source_is_shown_without_its_markers(cell):
    cell(CELL)
    shown = room.solution_source("55.1")
    assert "SOLUTION" not in shown
    assert shown.endswith("    return np.sqrt(_half(x)) * math.pi")


def test_a_changed_cell_is_run_anew(cell):
    cell("def f():\n    return 1")
    assert room.right_answer("55.1")() == 1
    cell("def f():\n    return 2")
    assert room.right_answer("55.1")() == 2


def test_modules_that_the_cell_does_not_name_are_not_imported(cell, monkeypatch):
    imported = []
    monkeypatch.setattr(
        room.importlib, "import_module", lambda name: imported.append(name) or sys.modules[name]
    )
    cell("def f(x):\n    return np.abs(x)")
    room.right_answer("55.1")
    assert imported == ["numpy"]


def test_an_exercise_without_a_solution_cell_is_named(cell):
    cell(CELL)
    with pytest.raises(UnknownName, match=r"no solution cell for exercise '55\.2'.*'55\.1'"):
        room.right_answer("55.2")


def test_edits_make_a_wrong_answer_of_the_right_one(cell):
    cell("def f(x):\n    return x + 1")
    assert room.right_answer("55.1", (("+ 1", "+ 2"), ("return x", "return 10 * x")))(3) == 32
    with pytest.raises(
        ValueError, match=r"'\+ 3' must stand once .*of 55.1; it stands there 0 times"
    ):
        room.right_answer("55.1", (("+ 3", ""),))
    with pytest.raises(ValueError, match=r"'x' must stand once .*; it stands there 2 times"):
        room.right_answer("55.1", (("x", "y"),))


def test_the_names_of_what_an_answer_takes(cell):
    cell("def f(a, b=2, *, c=3):\n    return a")
    assert room.argument_names("55.1") == ("a", "b")
