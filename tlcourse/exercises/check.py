"""Check an answer where it was written, and say what is wrong and why."""

import contextlib
import random
import warnings
import zlib
from dataclasses import replace

import numpy as np

from tlcourse.exercises.catalog import find
from tlcourse.exercises.describe import describe_case
from tlcourse.exercises.exercise import Diagnosis
from tlcourse.exercises.own_line import own_line
from tlcourse.exercises.plain import NotPlain
from tlcourse.exercises.right_answer import right_answer
from tlcourse.exercises.verdict import Verdict

__all__ = ["check"]


def check(exercise_id, answer, *, seed=None):
    """Check your answer to an exercise, and show the verdict.

    Args:
        exercise_id: such as "01.1".
        answer: your function itself, without parentheses.
        seed: whole number; the check draws its inputs from it. The default is fixed, so that the
            same answer gets the same verdict.

    Returns:
        Verdict. It has been shown already.

    Raises:
        UnknownName: if there is no such exercise.
    """
    exercise = find(exercise_id)
    if seed is None:
        seed = zlib.crc32(exercise.id.encode())
    if callable(answer):
        with _on_its_own(seed):
            status, message = _judge(exercise, answer, seed)
    else:
        status, message = _not_a_function(exercise, answer)
    points = exercise.points if status == "passed" else 0
    verdict = Verdict(exercise.id, status, points, exercise.points, message)
    verdict.display()
    return verdict


def _judge(exercise, answer, seed):
    solve = right_answer(exercise.id)
    seen = []
    for case in exercise.cases(np.random.default_rng(seed)):
        expected = exercise.observe(solve, case)
        try:
            got = exercise.observe(answer, case)
        except NotPlain as problem:
            return _wrong(exercise, case, _not_data(problem))
        except (Exception, SystemExit) as error:
            return _raised(exercise, case, error, answer)
        seen.append((case, got))
        diagnosis = exercise.compare(expected, got)
        if diagnosis is not None:
            return _wrong(exercise, case, _explained(exercise, diagnosis, seen))
    return "passed", "Your answer is right on every input that the check tried."


def _explained(exercise, diagnosis, seen):
    """Put a known mistake's words into the diagnosis if the answer did the same all along."""
    for mistake in exercise.mistakes:
        if all(_behaves_like(exercise, mistake, case, got) for case, got in seen):
            return replace(diagnosis, means=mistake.means, look=mistake.look)
    return diagnosis


def _behaves_like(exercise, mistake, case, got):
    try:
        made = exercise.observe(mistake.answer, case)
    except Exception:  # a wrong answer may fail on some inputs; then it is not this one
        return False
    return exercise.compare(made, got) is None


def _wrong(exercise, case, diagnosis):
    return "wrong", (
        f"Seen: {diagnosis.seen}\n"
        f"It means: {diagnosis.means}\n"
        f"Look at: {diagnosis.look}\n"
        f"Tried on: {describe_case(exercise.inputs, case)}"
    )


def _raised(exercise, case, error, answer):
    line = own_line(error)
    if isinstance(error, NotImplementedError) and line is not None and line.is_last:
        return "not attempted", (
            "Put your code in the place of `raise NotImplementedError()`, run that cell, then "
            f'this one. `tl.hint("{exercise.id}")` gives a first hint.'
        )
    said = str(error).strip().split("\n")[0]
    message = f"Seen: {type(error).__name__}: {said}".rstrip(": ")
    if line is not None:
        message += f"\nYour line: `{line.text}` (line {line.number} of its cell)"
    else:
        name = getattr(answer, "__name__", "your function")
        message += f"\nIt means: the error came when the check called `{name}`, not inside it."
    return "raised", f"{message}\nTried on: {describe_case(exercise.inputs, case)}"


def _not_data(problem):
    if str(problem) == "returned None.":
        return Diagnosis(
            "Your function returned None: is there a `return`?",
            "The result was worked out, perhaps, but not handed back.",
            "Every way through the function must end in a `return` with the result.",
        )
    return Diagnosis(
        f"Your function {problem}",
        "The check can compare numbers, arrays and lists of them.",
        "Compare what you return with `Returns` in the question.",
    )


def _not_a_function(exercise, answer):
    return "wrong", (
        f"Seen: the second argument is a `{type(answer).__name__}`, not a function.\n"
        "It means: the check calls your function itself, on inputs of its own.\n"
        f'Look at: write its name without parentheses: `tl.check("{exercise.id}", my_function)`.'
    )


@contextlib.contextmanager
def _on_its_own(seed):
    """Leave no trace in the notebook's randomness, and take nothing from it.

    The same answer gets the same verdict, and the cells after a check draw the same numbers
    whether or not it ran. Warnings are no verdict: what they warn of is seen in the values.
    """
    states = random.getstate(), np.random.get_state()
    random.seed(seed)
    np.random.seed(seed % 2**32)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])
