"""Hints, one at a time, and the solution."""

from tlcourse.arguments import verb
from tlcourse.exercises.catalog import find
from tlcourse.exercises.right_answer import solution_source
from tlcourse.exercises.show import show

__all__ = ["hint", "solution"]

_shown = {}  # exercise id -> number of hints shown since the kernel started


@verb
def hint(exercise_id):
    """Show the next hint for an exercise; each call goes one step further.

    Args:
        exercise_id: such as "01.1".

    Raises:
        UnknownName: if there is no such exercise.
    """
    hints = find(exercise_id).hints
    place = min(_shown.get(exercise_id, 0) + 1, len(hints))
    _shown[exercise_id] = place
    text = f"Hint {place} of {len(hints)} for {exercise_id}: {hints[place - 1]}"
    if place == len(hints):
        text += f' (This is the last hint; `tl.solution("{exercise_id}")` shows a solution.)'
    show(text, {"text/markdown": text.replace(":", ":**", 1).replace("Hint", "**Hint", 1)})


@verb
def solution(exercise_id):
    """Show a right answer to an exercise.

    Args:
        exercise_id: such as "01.1".

    Raises:
        UnknownName: if there is no such exercise.
    """
    source = solution_source(find(exercise_id).id)
    show(source, {"text/markdown": f"```python\n{source}\n```"})
