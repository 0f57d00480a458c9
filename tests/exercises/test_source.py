"""The notebooks are found, and the solution cells in them."""

import json

import pytest

from tlcourse.errors import UnknownName
from tlcourse.exercises import source


def write_notebook(path, cells):
    path.write_text(json.dumps({"cells": cells, "metadata": {}}), encoding="utf-8")


def solution(grade_id, text, *, cell_type="code", is_solution=True):
    marks = {"grade_id": grade_id, "solution": is_solution}
    return {"cell_type": cell_type, "metadata": {"nbgrader": marks}, "source": text}


@pytest.fixture
def notebooks(tmp_path, monkeypatch):
    monkeypatch.setattr(source, "notebooks_dir", lambda: tmp_path)
    return tmp_path


def test_lesson_files_are_numbered_and_in_order(notebooks):
    for name in ("04_b.ipynb", "00_a.ipynb", "notes.ipynb", "01_x.txt", "1_c.ipynb"):
        (notebooks / name).write_text("{}")
    assert list(source.lesson_files()) == ["00", "04"]
    assert source.lesson_files()["04"] == notebooks / "04_b.ipynb"


def test_only_marked_code_cells_are_solutions(notebooks):
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": "text"},
        {"cell_type": "code", "metadata": {}, "source": "no"},
        solution("ex-01-1", ["a = 1\n", "b = 2"]),
        solution("ex-01-12", "c = 3"),
        solution("check-01-1", "no", is_solution=False),
        solution("ex-01-3", "no", cell_type="markdown"),
    ]
    write_notebook(notebooks / "01_x.ipynb", cells)
    found = source.lesson_exercises("01")
    assert {name: each.solution for name, each in found.items()} == {
        "01.1": "a = 1\nb = 2",
        "01.12": "c = 3",
    }


def test_a_changed_file_is_read_again(notebooks):
    import os

    path = notebooks / "01_x.ipynb"
    write_notebook(path, [solution("ex-01-1", "old")])
    assert source.lesson_exercises("01")["01.1"].solution == "old"
    write_notebook(path, [solution("ex-01-1", "new")])
    os.utime(path, ns=(1, 1))
    assert source.lesson_exercises("01")["01.1"].solution == "new"


def test_what_was_read_cannot_be_changed_by_a_caller(notebooks):
    write_notebook(notebooks / "01_x.ipynb", [solution("ex-01-1", "a")])
    source.lesson_exercises("01").clear()
    assert source.lesson_exercises("01")["01.1"].solution == "a"


def test_an_unknown_lesson_is_named_with_the_near_ones(notebooks):
    write_notebook(notebooks / "01_x.ipynb", [])
    with pytest.raises(UnknownName, match=r"`lesson_id` is '1'.*Did you mean '01'"):
        source.lesson_exercises("1")


def test_the_folder_lies_inside_the_package_once_installed(tmp_path, monkeypatch):
    monkeypatch.setattr(source, "_PACKAGE", tmp_path / "tlcourse")
    assert source.notebooks_dir() == tmp_path / "notebooks"
    inside = tmp_path / "tlcourse" / "_course" / "notebooks"
    inside.mkdir(parents=True)
    assert source.notebooks_dir() == inside


def test_the_heading_names_an_exercise_and_its_check_has_the_points(notebooks):
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": ["### Your turn 01.1: Draw k\n", "x"]},
        solution("ex-01-1", "a = 1"),
        solution("check-01-1", "tl.check()", is_solution=False),
        solution("ex-01-2", "b = 1"),
    ]
    cells[2]["metadata"]["nbgrader"]["points"] = 3
    write_notebook(notebooks / "01_x.ipynb", cells)
    assert source.exercise_cells("01.1") == source.ExerciseCells("Draw k", "a = 1", 3)
    assert source.exercise_cells("01.2") == source.ExerciseCells(None, "b = 1", None)
    with pytest.raises(UnknownName, match=r"no solution cell for exercise '01\.3'"):
        source.exercise_cells("01.3")
