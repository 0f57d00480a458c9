"""The learner's copy equals nbgrader's, on every lesson and on a notebook with every rule."""

import copy

import nbformat
import pytest
from nbformat.v4 import (
    new_code_cell,
    new_markdown_cell,
    new_notebook,
    new_output,
    new_raw_cell,
)

from tlcourse.exercises.source import lesson_files
from tlcourse.lessons.desk.views import NotebookFormatError, learner_copy

SOLUTION = (
    'def double(x):\n    """Return 2 x."""\n    ### BEGIN SOLUTION\n    return 2 * x\n'
    "    ### END SOLUTION"
)
CHECK = "tl.check('00.1', double)\n### BEGIN HIDDEN TESTS\nassert False\n### END HIDDEN TESTS"


def by_nbgrader(notebook):
    """Make the copy with nbgrader's own preprocessors."""
    from nbgrader import preprocessors  # here, so that its own warnings stay within this test

    made, resources = copy.deepcopy(notebook), {}
    for name in (
        "LockCells",
        "ClearSolutions",
        "ClearOutput",
        "CheckCellMetadata",
        "ComputeChecksums",
        "ClearHiddenTests",
    ):
        made, resources = getattr(preprocessors, name)().preprocess(made, resources)
    return made


def marks(grade_id, *, grade=False, solution=False, locked=False, points=None, task=False):
    nbgrader = {
        "schema_version": 3,
        "grade": grade,
        "grade_id": grade_id,
        "locked": locked,
        "solution": solution,
        "task": task,
    }
    if points is not None:
        nbgrader["points"] = points
    return {"nbgrader": nbgrader}


def every_rule():
    """Return a notebook in which each of the six preprocessors has something to do."""
    ran = {"execution_count": 7, "outputs": [new_output("stream", text="hello")]}
    cells = [
        new_markdown_cell("# A lesson"),
        new_raw_cell("raw"),
        new_code_cell(
            "x = 1", metadata={"collapsed": True, "scrolled": "auto", "tags": ["t"]}, **ran
        ),
        new_code_cell(SOLUTION, metadata=marks("ex-00-1", solution=True), **ran),
        new_code_cell(
            CHECK, metadata=marks("check-00-1", grade=True, locked=True, points=2), **ran
        ),
        new_code_cell("whole = 'solution'", metadata=marks("ex-00-2", solution=True)),
        new_code_cell(
            f"{SOLUTION}\n\n{SOLUTION}\nafter = 1\n", metadata=marks("ex-00-3", solution=True)
        ),
        new_code_cell(
            f"{SOLUTION}\n{CHECK}", metadata=marks("both", grade=True, solution=True, points=0.5)
        ),
        new_markdown_cell(
            "Say why.\n\n  ### BEGIN SOLUTION\n  Because é.\n  ### END SOLUTION",
            metadata=marks("why", grade=True, solution=True, points=3),
        ),
        new_markdown_cell("Because.", metadata=marks("all", grade=True, solution=True, points=1)),
        new_markdown_cell("In pairs.", metadata={"tags": ["instructor"]}),
        new_markdown_cell("Leave this.", metadata=marks("locked", locked=True)),
        new_code_cell("y = 2", metadata=marks("plain")),
    ]
    notebook = new_notebook(cells=cells, metadata={"celltoolbar": "x", "tlcourse": {"id": "00"}})
    nbformat.validate(notebook)
    return notebook


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(
    "path", [None, *lesson_files().values()], ids=lambda path: path.stem if path else "every rule"
)
def test_equals_nbgraders_copy(path):
    notebook = nbformat.read(path, as_version=4) if path else every_rule()
    ours, theirs = learner_copy(notebook), by_nbgrader(notebook)
    theirs.cells = [
        cell for cell in theirs.cells if "instructor" not in cell.metadata.get("tags", ())
    ]
    for number, (our_cell, their_cell) in enumerate(zip(ours.cells, theirs.cells, strict=True)):
        assert our_cell == their_cell, f"cell {number}"
    assert ours == theirs


@pytest.mark.parametrize("path", lesson_files().values(), ids=lambda path: path.stem)
def test_nothing_of_a_solution_is_left(path):
    text = nbformat.writes(learner_copy(nbformat.read(path, as_version=4)))
    for trace in ("BEGIN SOLUTION", "END SOLUTION", "HIDDEN TESTS", "assert verdict"):
        assert trace not in text


def test_the_solution_becomes_a_stub_at_its_indent_and_the_rest_stays():
    made = learner_copy(every_rule())
    assert made.cells[3].source == (
        'def double(x):\n    """Return 2 x."""\n    # YOUR CODE HERE\n'
        "    raise NotImplementedError()"
    )
    assert made.cells[4].source == "tl.check('00.1', double)"


def test_the_source_is_not_changed():
    notebook = every_rule()
    before = copy.deepcopy(notebook)
    learner_copy(notebook)
    assert notebook == before


def test_a_solution_cell_without_a_region_is_all_solution():
    assert "whole" not in learner_copy(every_rule()).cells[5].source


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        (new_code_cell(SOLUTION), "not a solution cell"),
        (new_code_cell(CHECK), "not a check cell"),
        (
            new_code_cell("### BEGIN SOLUTION\nx = 1", metadata=marks("a", solution=True)),
            "'a' has `BEGIN SOLUTION` and no `END SOLUTION`",
        ),
        (
            new_code_cell(
                "### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION",
                metadata=marks("a", solution=True),
            ),
            "twice",
        ),
        (
            new_code_cell(
                "### BEGIN HIDDEN TESTS", metadata=marks("a", grade=True, points=1, locked=True)
            ),
            "no `END HIDDEN TESTS`",
        ),
        (new_code_cell("x", metadata=marks("a", grade=True, locked=True)), "no `points`"),
        (new_code_cell("x", metadata=marks("", solution=True)), "no `grade_id`"),
    ],
)
def test_a_broken_source_is_refused_with_the_cell_named(cell, message):
    with pytest.raises(NotebookFormatError, match=message):
        learner_copy(new_notebook(cells=[cell]))


def test_an_id_used_twice_is_refused():
    cells = [new_code_cell("x", metadata=marks("same", solution=True)) for _ in range(2)]
    with pytest.raises(NotebookFormatError, match="'same' has the same `grade_id`"):
        learner_copy(new_notebook(cells=cells))
