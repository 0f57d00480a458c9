"""Quiz questions: their words are in the notebook, and each choice has its own explanation."""

import json
import re

import pytest

from tlcourse.exercises import check
from tlcourse.exercises.catalog import lesson_ids, questions_for_lesson
from tlcourse.exercises.quiz import Question, judge_choice
from tlcourse.exercises.source import lesson_files

QUESTIONS = [each for lesson_id in lesson_ids() for each in questions_for_lesson(lesson_id)]
every_question = pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
ONE = Question("00.q9", right="b", why={"a": "Not this.", "b": "This."})


def sources(question):
    path = lesson_files()[question.id.partition(".")[0]]
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells]


@pytest.mark.parametrize("lesson_id", lesson_ids())
def test_a_lesson_asks_two_or_three(lesson_id):
    assert 2 <= len(questions_for_lesson(lesson_id)) <= 3


@every_question
def test_its_choices_are_those_of_the_notebook(question):
    heading = f"### Question {question.id}\n"
    (asked,) = [each for each in sources(question) if each.startswith(heading)]
    assert re.findall(r"^- \*\*(\w)\)\*\*", asked, re.MULTILINE) == list(question.why)
    assert question.right in question.why
    assert len(set(question.why.values())) == len(question.why) >= 3


@every_question
def test_the_notebook_leaves_it_open(question):
    assert f'tl.check("{question.id}", None)' in sources(question)


@every_question
def test_each_choice_is_told_why(question, capsys):
    for letter, why in question.why.items():
        verdict = check(question.id, letter)
        assert verdict.passed == (letter == question.right)
        assert verdict.message == why
        assert f"question {question.id}" in capsys.readouterr().out


def test_it_gates_nothing():
    for choice in ("a", "b", None):
        verdict = judge_choice(ONE, choice)
        assert (verdict.points, verdict.max_points) == (0, 0)
    assert judge_choice(ONE, None).status == "not attempted"
    assert judge_choice(ONE, " B ").passed


@pytest.mark.parametrize("choice", ["c", "", 2, ["b"]])
def test_what_is_no_choice_is_told_in_one_line(choice):
    with pytest.raises(ValueError, match=r"question 00\.q9 must be one of a, b, in quotes; got"):
        judge_choice(ONE, choice)
