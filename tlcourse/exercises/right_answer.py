"""The right answer to an exercise, taken from its solution cell.

It is written once, in the lesson's notebook, where people read it; nothing here repeats it.
"""

import ast
import functools
import importlib

from tlcourse.exercises.source import exercise_cells

__all__ = ["LESSON_NAMES", "answer_name", "argument_names", "right_answer", "solution_source"]

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
    marks = ("BEGIN SOLUTION", "END SOLUTION")
    lines = exercise_cells(exercise_id).solution.split("\n")
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
    return _last_function(ast.parse(solution_source(exercise_id))).name


def argument_names(exercise_id):
    """Return the names of what an answer takes, in order.

    Args:
        exercise_id: such as "01.2".

    Returns:
        Tuple of str.

    Raises:
        UnknownName: if the lesson's notebook has no solution cell for it.
    """
    arguments = _last_function(ast.parse(solution_source(exercise_id))).args
    return tuple(each.arg for each in (*arguments.posonlyargs, *arguments.args))


def right_answer(exercise_id, edits=()):
    """Return the function that an exercise's solution cell defines (its last, if it has helpers).

    The cell runs as it would in its lesson, after the lesson's first cell; only the modules that
    it names are imported.

    Args:
        exercise_id: such as "01.2".
        edits: pairs of texts: in the solution the first becomes the second, which makes a wrong
            answer of the right one.

    Returns:
        Function.

    Raises:
        UnknownName: if the lesson's notebook has no solution cell for it.
        ValueError: if a text to edit is not found exactly once.
    """
    source = solution_source(exercise_id)
    for before, after in edits:
        if source.count(before) != 1:
            raise ValueError(
                f"`edits`: {before!r} must stand once in the solution of {exercise_id}; "
                f"it stands there {source.count(before)} times."
            )
        source = source.replace(before, after)
    return _define(exercise_id, source)


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
    return namespace[_last_function(tree).name]


def _last_function(tree):
    return [node for node in tree.body if isinstance(node, ast.FunctionDef)][-1]
