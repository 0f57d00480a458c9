"""Of a notebook only the text of its answers is believed."""

import json
import os
import sys

import pytest

from tlcourse.exercises.source import lesson_files
from tlcourse.grading.answers.submission_file import (
    MAX_BYTES,
    UnreadableSubmission,
    read_submission,
)


def cell(source, grade_id=None, **marks):
    found = {"nbgrader": {"grade_id": grade_id, "solution": True, **marks}} if grade_id else {}
    return {"cell_type": "code", "source": source, "metadata": found, "outputs": []}


@pytest.fixture
def write(tmp_path):
    def write(*cells, text=None):
        path = tmp_path / "04.ipynb"
        path.write_text(text if text is not None else json.dumps({"cells": [*cells]}))
        return path

    return write


def test_answers_by_their_id(write):
    path = write(
        cell("import scipy"),
        cell("def extract(): pass", "ex-04-1", points=100),
        cell(["def f():\n", "    return 1"], "ex-04-3"),
    )
    found = read_submission(path, "04")
    assert found.answers == {"04.1": "def extract(): pass", "04.3": "def f():\n    return 1"}
    assert found.helpers == ("import scipy",)


def test_of_other_cells_only_imports_and_definitions_count(write):
    path = write(
        cell("x = 1\nfrom a import b\ndef f():\n    return 2\nprint(x)"),
        cell("this is no Python"),
        cell("%matplotlib inline"),
        cell("assert False", "check-04-1", solution=False),
        cell("def extract(): pass", "ex-04-1"),
    )
    assert read_submission(path, "04").helpers == ("from a import b", "def f():\n    return 2")


def test_the_first_of_two_cells_counts(write):
    path = write(cell("first = 1", "ex-04-1"), cell("second = 1", "ex-04-1"))
    assert read_submission(path, "04").answers == {"04.1": "first = 1"}


def test_our_own_notebooks_can_be_read():
    for lesson, path in lesson_files().items():
        found = read_submission(path, lesson)
        assert found.answers
        assert all("BEGIN SOLUTION" in source for source in found.answers.values())


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "not valid JSON"),
        ('{"cells": [', "not valid JSON"),
        ("[" * 200_000, "not valid JSON"),
        ("[]", "no list of cells"),
        ('{"cells": {"a": 1}}', "no list of cells"),
        ('{"worksheets": []}', "no list of cells"),
        ('{"cells": [1, null, {"cell_type": "code"}]}', "no answers of lesson 04"),
        ('{"cells": []}', "no answers of lesson 04"),
    ],
    ids=["empty", "cut", "deep", "list", "dict", "format 3", "odd cells", "no cells"],
)
def test_no_notebook(write, text, why):
    with pytest.raises(UnreadableSubmission, match=why):
        read_submission(write(text=text), "04")


def test_other_marks_do_not_matter(write):
    path = write(cell("x", "ex-04-1", solution=False, points=-5, locked=True))
    assert read_submission(path, "04").answers == {"04.1": "x"}


def test_odd_marks_are_no_answer(write):
    odd = [cell("x", ["ex-04-1"]), cell("x", 5)]
    odd.append({"cell_type": "code", "source": "x", "metadata": {"nbgrader": "ex-04-1"}})
    odd.append({"cell_type": "markdown", **{k: v for k, v in odd[0].items() if k != "cell_type"}})
    with pytest.raises(UnreadableSubmission, match="no answers of lesson 04:"):
        read_submission(write(*odd), "04")


def test_a_notebook_of_another_lesson(write):
    with pytest.raises(UnreadableSubmission, match="it has answers of lesson 01"):
        read_submission(write(cell("x", "ex-01-1")), "04")


def test_a_large_file_is_not_read(write):
    path = write(cell("x", "ex-04-1"))
    os.truncate(path, MAX_BYTES + 1)
    with pytest.raises(UnreadableSubmission, match=r"has 20 MB; the limit is 20"):
        read_submission(path, "04")


def test_a_huge_cell_is_no_answer(write):
    with pytest.raises(UnreadableSubmission, match="no answer"):
        read_submission(write(cell("#" * 300_000, "ex-04-1")), "04")


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_link_is_not_followed(write, tmp_path):
    link = tmp_path / "link.ipynb"
    link.symlink_to(write(cell("x", "ex-04-1")))
    for path in (link, tmp_path, tmp_path / "nothing"):
        with pytest.raises(UnreadableSubmission, match="not a regular file"):
            read_submission(path, "04")
