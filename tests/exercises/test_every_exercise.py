"""What must hold for each exercise of the course."""

import nbformat
import numpy as np
import pytest

from tlcourse.exercises import Mistake, check, for_lesson
from tlcourse.exercises.catalog import lesson_ids
from tlcourse.exercises.plain import plain
from tlcourse.exercises.right_answer import right_answer
from tlcourse.exercises.source import lesson_exercises, lesson_files
from tlcourse.lessons.desk.views import learner_copy

EXERCISES = [exercise for lesson_id in lesson_ids() for exercise in for_lesson(lesson_id)]
TRAINS = {"01.4", "01.5", "01.6", "04.1", "04.2", "04.4"}  # whose answers take seconds
every_exercise = pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)


@every_exercise
def test_is_complete(exercise):
    assert 2 <= len(exercise.hints) <= 3
    assert exercise.points >= 1
    assert exercise.title


@every_exercise
def test_cases_are_plain_data_drawn_from_the_seed(exercise):
    first, again, other = (plain(exercise.cases(np.random.default_rng(seed))) for seed in (1, 1, 2))
    assert repr(first) == repr(again) != repr(other)
    for case in exercise.cases(np.random.default_rng(1)):
        assert len(case) == len(exercise.inputs)


@every_exercise
def test_the_right_answer_passes_on_any_seed(exercise):
    solve = right_answer(exercise.id)
    for seed in range(2 if exercise.id in TRAINS else 20):
        assert check(exercise.id, solve, seed=seed).passed, seed


@every_exercise
def test_each_known_mistake_is_recognised_on_any_seed(exercise):
    for mistake in exercise.mistakes:
        for seed in [None] if exercise.id == "04.1" else [None, *range(10)]:
            verdict = check(exercise.id, mistake.answer(exercise.id), seed=seed)
            assert verdict.status == "wrong"
            assert mistake.means in verdict.message, seed


@every_exercise
def test_each_edit_applies_exactly_once(exercise):
    for mistake in exercise.mistakes:
        assert mistake.answer(exercise.id) is not right_answer(exercise.id)


@pytest.mark.parametrize("before", ["no such text", "a"])
def test_an_edit_that_applies_never_or_twice_is_an_error(before):
    mistake = Mistake("", "", {before: "x"})
    with pytest.raises(ValueError, match=r"must stand once in the solution of 01\.2; it stands"):
        mistake.answer("01.2")


@every_exercise
def test_the_learners_stub_is_not_attempted(exercise):
    notebook = nbformat.read(lesson_files()[exercise.id[:2]], as_version=4)
    grade_id = f"ex-{exercise.id.replace('.', '-')}"
    cells = {
        cell.metadata.get("nbgrader", {}).get("grade_id"): cell.source
        for cell in learner_copy(notebook).cells
    }
    namespace = {}
    exec(cells[grade_id], namespace)
    stub = namespace[right_answer(exercise.id).__name__]
    assert check(exercise.id, stub).status == "not attempted"


@every_exercise
def test_an_answer_that_raises_and_one_that_returns_nothing(exercise):
    def raises(*inputs):
        return inputs[99]

    verdict = check(exercise.id, raises)
    assert verdict.status == "raised"
    assert "IndexError" in verdict.message
    assert "`return inputs[99]`" in verdict.message

    verdict = check(exercise.id, lambda *inputs: None)
    assert verdict.status == "wrong"
    assert "returned None: is there a `return`?" in verdict.message


@every_exercise
@pytest.mark.parametrize(
    "junk", ["text", [], {}, -1, np.zeros((0, 2)), [[1], [1, 2]], np.full(3, np.nan)], ids=repr
)
def test_junk_is_wrong_and_breaks_nothing(exercise, junk):
    assert check(exercise.id, lambda *inputs: junk).status == "wrong"


def test_every_lessons_solution_cells_have_an_exercise():
    for lesson_id in lesson_files():
        assert set(lesson_exercises(lesson_id)) == {
            exercise.id for exercise in EXERCISES if exercise.id.startswith(lesson_id)
        }
