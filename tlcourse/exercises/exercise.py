"""What an exercise is, apart from its question and its right answer.

Those two stand in the lesson's notebook. Here is what is needed to judge any answer: inputs to try
it on, a way to turn what it does into plain data, and a comparison that explains a difference.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tlcourse.exercises.plain import plain

__all__ = ["Diagnosis", "Exercise", "Mistake", "call"]


@dataclass(frozen=True)
class Diagnosis:
    """Why an answer is not right yet, in three short sentences for its writer.

    Attributes:
        seen: what came, and what was asked for, with the values.
        means: what that says about the answer.
        look: what to look at next.
        credit: share of the points that an answer earns all the same, if no other input shows it
            to be worse.
    """

    seen: str
    means: str
    look: str
    credit: float = 0.0


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that people really give, as code: an answer that behaves like it is explained.

    Attributes:
        answer: the wrong answer; it takes what the right one takes.
        means: what the mistake is.
        look: what to look at next.
    """

    answer: Callable
    means: str
    look: str


def call(answer, case):
    """Call `answer` on copies of the case's inputs and return its result as plain data.

    Args:
        answer: callable that takes the case's parts in order.
        case: tuple of plain data; it is never changed, whatever `answer` does to its arguments.

    Returns:
        The result as plain data (see `plain`).

    Example:
        >>> call(lambda a, b: (a, a + b), (1, 2))
        [1, 3]
    """
    return plain(answer(*copy.deepcopy(case)))


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """How answers to one question are tried and judged.

    Attributes:
        id: lesson and number, such as "01.1".
        title: a few words.
        points: what a right answer earns.
        inputs: the names of a case's parts, in order; "" for a part that messages need not show.
        cases: (numpy Generator) -> list of tuples of plain data, the inputs to try. Put cases on
            which the usual mistakes differ first, edge cases last.
        compare: (expected, got) -> Diagnosis, or None when `got` is right. Both are plain data
            that `observe` returned; only `expected` can be believed.
        hints: two or three, from a nudge to nearly the answer.
        mistakes: wrong answers that people really give.
        observe: (answer, case) -> plain data that shows what the answer does.
    """

    id: str
    title: str
    points: int
    inputs: tuple[str, ...]
    cases: Callable[[Any], list[tuple]]
    compare: Callable[[Any, Any], Diagnosis | None]
    hints: tuple[str, ...]
    mistakes: tuple[Mistake, ...] = ()
    observe: Callable[[Callable, tuple], Any] = call
