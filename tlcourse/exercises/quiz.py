"""Quiz questions: a choice gets its explanation at once, and nothing depends on it."""

from dataclasses import dataclass

from tlcourse.errors import BadArgument
from tlcourse.exercises.verdict import Verdict

__all__ = ["Question", "judge_choice"]


@dataclass(frozen=True)
class Question:
    """One quiz question; its words and its choices stand in the lesson's notebook.

    Attributes:
        id: lesson and number, such as "01.q1".
        right: str, the letter of the right choice.
        why: dict, letter to what a learner who chose it is told: why it is right, or what the
            mistake behind it is.
    """

    id: str
    right: str
    why: dict[str, str]


def judge_choice(question, choice):
    """Say what a choice means.

    Args:
        question: `Question`.
        choice: str, one of its letters; None when it is not answered yet.

    Returns:
        `Verdict`, worth no points.

    Raises:
        BadArgument: (a ValueError) for what is none of the letters.
    """
    letters = ", ".join(question.why)
    if choice is None:
        told = f"Choose one of {letters}, and write it in place of `None`, in quotes."
        return Verdict(question.id, "not attempted", 0, 0, told)
    # The choices are printed as a), b), c).
    letter = choice.strip().lower().rstrip(").") if isinstance(choice, str) else choice
    if not isinstance(letter, str) or letter not in question.why:
        raise BadArgument(
            f"the answer to question {question.id} must be one of {letters}, in quotes; "
            f"got {choice!r}."
        )
    status = "passed" if letter == question.right else "wrong"
    return Verdict(question.id, status, 0, 0, question.why[letter])
