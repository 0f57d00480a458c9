"""The right answer to an exercise: what its solution cell defines.

It is written once, in the lesson's notebook, where people read it; nothing here repeats it.
"""

import ast
import functools
import importlib

from tlcourse.errors import UnknownName, near
from tlcourse.exercises.source import solution_cells

__all__ = ["LESSON_NAMES", "answer_name", "right_answer", "solution_source"]

# What the first cells of every lesson import, so what a solution cell may use.
LESSON_NAMES = {
    "keras": "keras",
    "layers": "keras.layers",
    "np": "numpy",
    "ops": "keras.ops",
    "plt": "matplotlib.pyplot",
    "tl": "tlcourse",
}


def solution_source(exercise_id):
    """Return the source of an exercise's solution cell, without the solution markers.

    Args:
        exercise_id: such as "01.2".

    Returns:
        str.

    Raises:
        UnknownName: if the lesson's notebook has no solution cell for it.
    """
    cells = solution_cells(exercise_id.partition(".")[0])
    if exercise_id not in cells:
        raise UnknownName(
            f"The notebook has no solution cell for exercise {exercise_id!r}."
            f"{near(exercise_id, cells)}"
        )
    marks = ("BEGIN SOLUTION", "END SOLUTION")
    lines = cells[exercise_id].split("\n")
    return "\n".join(line for line in lines if not any(mark in line for mark in marks))


def answer_name(exercise_id):
    """Return the name of the function that an answer must define.

    Args:
        exercise_id: such as "01.2".

    Returns:
        str.

    Raises:
        UnknownName: if the lesson's notebook has no solution cell for it.
    """
    return _last_function(ast.parse(solution_source(exercise_id)))


def right_answer(exercise_id):
    """Return the function that an exercise's solution cell defines (its last, if it has helpers).

    The cell runs as it would in its lesson, after the lesson's first cell; only the modules that
    it names are imported.

    Args:
        exercise_id: such as "01.2".

    Returns:
        Function.

    Raises:
        UnknownName: if the lesson's notebook has no solution cell for it.
    """
    return _define(exercise_id, solution_source(exercise_id))


@functools.lru_cache(maxsize=64)
def _define(exercise_id, source):
    tree = ast.parse(source)
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    namespace = {
        name: importlib.import_module(module)
        for name, module in LESSON_NAMES.items()
        if name in used
    }
    exec(compile(tree, f"<solution of {exercise_id}>", "exec"), namespace)
    return namespace[_last_function(tree)]


def _last_function(tree):
    return [node.name for node in tree.body if isinstance(node, ast.FunctionDef)][-1]
