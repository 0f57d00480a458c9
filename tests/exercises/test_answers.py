"""Each answer in the folder beside this file is told what it should be.

An answer is a bare function, called by its verdict, its exercise and what is special about it:
`wrong_01_2_swapped` answers 01.2. The docstring of one that is not right is the part of the message
that must be there, and the points where there are some: `Text (1 point)`. `SLIPS` are wrong answers
that are edits of the notebook's solution.
"""

import importlib.util
import re
from pathlib import Path

import pytest

from tlcourse.exercises import Mistake, check

HERE = Path(__file__).parent
NAME = re.compile(r"(right|wrong|raised)_(\d\d)_(\d+)_\w+")
TRAINS = {"01.4", "01.5", "01.6", "04.1", "04.2", "04.4"}  # whose answers take seconds
POINTS = re.compile(r" \(([\d.]+) points?\)$")


def answers():
    """Every answer: what it is called, its verdict, its exercise, the function, what it is told."""
    for path in sorted(HERE.glob("by_lesson/lesson_*.py")):
        spec = importlib.util.spec_from_file_location(path.stem, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        for name, answer in vars(module).items():
            told = NAME.fullmatch(name)
            if told:
                yield name, told[1], f"{told[2]}.{told[3]}", answer, answer.__doc__
        for exercise_id, slips in getattr(module, "SLIPS", {}).items():
            for change, message in slips:
                answer = Mistake("", "", change).answer(exercise_id)
                yield f"{exercise_id}-{message}", "wrong", exercise_id, answer, message


ANSWERS = {}
for _name, *_rest in answers():
    assert _name not in ANSWERS, f"Two answers are called {_name}: one of them would not be tried."
    ANSWERS[_name] = _rest
RIGHT = [each[1:3] for each in ANSWERS.values() if each[0] == "right"]


@pytest.mark.parametrize(("status", "exercise_id", "answer", "told"), ANSWERS.values(), ids=ANSWERS)
def test_what_an_answer_is_told(status, exercise_id, answer, told):
    verdict = check(exercise_id, answer)
    if status == "right":
        assert verdict.passed, verdict
        return
    points = POINTS.search(told)
    assert verdict.status == status
    assert POINTS.sub("", told) in verdict.message
    assert verdict.points == (float(points[1]) if points else 0)


@pytest.mark.parametrize(("exercise_id", "answer"), RIGHT)
def test_what_is_right_is_right_on_any_inputs(exercise_id, answer):
    seeds = range(1 if exercise_id in TRAINS else 10)
    assert all(check(exercise_id, answer, seed=seed).passed for seed in seeds)
