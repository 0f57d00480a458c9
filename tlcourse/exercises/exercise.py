"""The Exercise record: all of an exercise but its question and answer.

Those two stand in the lesson's notebook. Here is what is needed to judge any answer: inputs to try
it on, a way to turn what it does into plain data, and a comparison that explains a difference.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tlcourse.exercises.plain import plain
from tlcourse.exercises.right_answer import argument_names, right_answer
from tlcourse.exercises.source import exercise_cells

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
    """A wrong answer that people really give: an answer that behaves like it is explained.

    Attributes:
        means: what the mistake is.
        look: what to look at next.
        change: dict, text of the notebook's solution to what stands there instead, each text found
            exactly once; so the wrong answer cannot drift from the right one. Where no such edit
            expresses the mistake, a function that takes what the right answer takes.
    """

    means: str
    look: str
    change: dict[str, str] | Callable

    def answer(self, exercise_id):
        """Make the wrong answer.

        Args:
            exercise_id: such as "01.2".

        Returns:
            Function.

        Raises:
            ValueError: if a text of `change` is not found exactly once in the solution.
        """
        if callable(self.change):
            return self.change
        return right_answer(exercise_id, tuple(self.change.items()))


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


@dataclass(frozen=True)
class Exercise:
    """How answers to one question are tried and judged; the question itself is in the notebook.

    Attributes:
        id: lesson and number, such as "01.1".
        cases: (numpy Generator) -> list of tuples of plain data, the inputs to try. Put cases on
            which the usual mistakes differ first, edge cases last.
        compare: (expected, got) -> Diagnosis, or None when `got` is right. Both are plain data
            that `observe` returned; only `expected` can be believed.
        hints: two or three, from a nudge to nearly the answer.
        mistakes: wrong answers that people really give.
        observe: (answer, case) -> plain data that shows what the answer does. It runs beside the
            answer, and so stands in `observers`.
        known: (case) -> plain data, what `compare` needs as `expected`, where it is known without
            trying the right answer, which trains a network; by default that is tried.
        unshown: arguments whose part of a case messages need not show.
    """

    id: str
    cases: Callable[[Any], list[tuple]] = field(kw_only=True)
    compare: Callable[[Any, Any], Diagnosis | None] = field(kw_only=True)
    hints: tuple[str, ...] = field(kw_only=True)
    mistakes: tuple[Mistake, ...] = field(default=(), kw_only=True)
    observe: Callable[[Callable, tuple], Any] = field(default=call, kw_only=True)
    known: Callable[[tuple], Any] | None = field(default=None, kw_only=True)
    unshown: tuple[str, ...] = field(default=(), kw_only=True)

    @property
    def title(self):
        """The words of the heading that asks the question (str)."""
        return exercise_cells(self.id).title

    @property
    def points(self):
        """What a right answer earns (number), as the check's cell says."""
        return exercise_cells(self.id).points

    def expected(self, case):
        """Return what `compare` needs to know of a case (plain data)."""
        if self.known is not None:
            return self.known(case)
        return self.observe(right_answer(self.id), case)

    @property
    def inputs(self):
        """The names of a case's parts, in order (tuple of str); "" for one that is unshown."""
        names = argument_names(self.id)
        return tuple("" if name in self.unshown else name for name in names)
