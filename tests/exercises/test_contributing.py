"""The exercise that CONTRIBUTING.md shows whole is one."""

import re

import nbformat
import numpy as np

from tlcourse.exercises import source
from tlcourse.exercises.trial import try_answer

SOLUTION = """def mean(x):
    ### BEGIN SOLUTION
    return np.sum(x) / len(x)
    ### END SOLUTION"""


def cell(kind, text, **marks):
    return kind(text, metadata={"nbgrader": marks} if marks else {})


def test_the_exercise_that_is_shown(pytestconfig, tmp_path, monkeypatch):
    code = nbformat.v4.new_code_cell
    cells = [
        cell(nbformat.v4.new_markdown_cell, "### Your turn 05.1: Sum\n\nWrite `mean(x)`."),
        cell(code, SOLUTION, grade_id="ex-05-1", solution=True),
        cell(code, 'tl.check("05.1", mean)', grade_id="check-05-1", points=2),
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "05_mean.ipynb")
    monkeypatch.setattr(source, "notebooks_dir", lambda: tmp_path)
    page = (pytestconfig.rootpath / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"```python\n(.*?Exercise\(.*?)```", page, re.DOTALL)
    namespace = {}
    exec(shown, namespace)
    (exercise,) = namespace["EXERCISES"]
    assert (exercise.title, exercise.points, exercise.inputs) == ("Sum", 2, ("x",))
    cases = exercise.cases(np.random.default_rng(0))
    right = [np.sum(x) / len(x) for (x,) in cases]
    for mistake in exercise.mistakes:
        wrong = try_answer(exercise.observe, mistake.answer("05.1"), cases)
        assert all(
            exercise.compare(float(expected), outcome["value"]) is not None
            for expected, outcome in zip(right, wrong, strict=True)
        )
