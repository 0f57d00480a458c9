"""Check an answer in the notebook, to an exercise or a quiz question, and explain it."""

import contextlib
import random
import warnings
import zlib

import numpy as np

from tlcourse.arguments import verb
from tlcourse.exercises.catalog import find, find_question
from tlcourse.exercises.quiz import judge_choice
from tlcourse.exercises.trial import try_answer
from tlcourse.exercises.verdict import Verdict

__all__ = ["check"]


@verb
def check(exercise_id, answer, *, seed=None):
    """Check your answer to an exercise, and show the verdict.

    Args:
        exercise_id: such as "01.1"; or a quiz question, such as "01.q1".
        answer: your function itself, without parentheses; or the letter of your choice, such as
            "b", and None as long as you have not chosen.
        seed: whole number; the check draws its inputs from it. The default is fixed, so that the
            same answer gets the same verdict.

    Returns:
        Verdict. It has been shown already.

    Raises:
        UnknownName: if there is no such exercise or question.
        BadArgument: (a ValueError) for a letter that is none of the question's.
    """
    question = find_question(exercise_id)
    if question is not None:
        verdict = judge_choice(question, answer)
        verdict.display()
        return verdict
    exercise = find(exercise_id)
    if seed is None:
        seed = zlib.crc32(exercise.id.encode())
    if callable(answer):
        with _on_its_own(seed):
            status, message, credit = _judge(exercise, answer, seed)
    else:
        status, message, credit = "wrong", _not_a_function(exercise, answer), 0.0
    points = credit * exercise.points
    verdict = Verdict(exercise.id, status, points, exercise.points, message)
    verdict.display()
    return verdict


def _judge(exercise, answer, seed):
    from tlcourse.exercises.judging import judge  # which is not there in a sandbox

    cases = exercise.cases(np.random.default_rng(seed))
    expected = (exercise.expected(case) for case in cases)
    return judge(exercise, cases, expected, try_answer(exercise.observe, answer, cases))


def _not_a_function(exercise, answer):
    return (
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
