"""Hints come one by one; the solution is shown when asked for."""

import pytest

from tlcourse.errors import UnknownName
from tlcourse.exercises import hint, solution
from tlcourse.exercises import hints as room
from tlcourse.exercises.catalog import find


@pytest.fixture(autouse=True)
def _fresh(monkeypatch):
    monkeypatch.setattr(room, "_shown", {})


def test_each_call_gives_the_next_hint_and_the_last_says_so(capsys):
    hints = find("01.1").hints
    for place, text in enumerate(hints, start=1):
        hint("01.1")
        said = capsys.readouterr().out
        assert said.startswith(f"Hint {place} of {len(hints)} for 01.1: {text}")
        assert ("last hint" in said) == (place == len(hints))
    hint("01.1")
    assert capsys.readouterr().out == said
    assert '`tl.solution("01.1")`' in said


def test_exercises_count_their_hints_apart(capsys):
    hint("01.1")
    hint("01.2")
    assert "Hint 1 of 3 for 01.2" in capsys.readouterr().out


def test_the_solution_is_shown_without_markers(capsys):
    solution("00.1")
    said = capsys.readouterr().out
    assert said.startswith("def accuracy(logits, labels):")
    assert "SOLUTION" not in said


def test_an_unknown_exercise():
    for ask in (hint, solution):
        with pytest.raises(UnknownName, match="no such exercise"):
            ask("01.9")
