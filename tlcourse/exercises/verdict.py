"""Verdicts: passed, not attempted, wrong or raised, and why."""

import html
import re
from dataclasses import dataclass

from tlcourse.exercises.show import show

__all__ = ["STATUSES", "Verdict"]

# An icon and a word say what the colour says too: some of us do not see the colour.
# The colours are Okabe and Ito's; text takes the theme's own colour, so both themes work.
STATUSES = {
    "passed": ("✓", "Passed", "#009E73"),
    "not attempted": ("○", "Not attempted yet", "#7F7F7F"),
    "wrong": ("✗", "Not right yet", "#D55E00"),
    "raised": ("!", "Your code raised an error", "#CC79A7"),
}


@dataclass(frozen=True)
class Verdict:
    """The result of checking one answer.

    Attributes:
        exercise_id: such as "01.2".
        status: "passed", "not attempted", "wrong" or "raised".
        points: points earned; some of them where an exercise gives partial credit.
        max_points: points to earn; 0 for a quiz question.
        message: a few lines for the learner; a line may begin with a label, "Seen: ...".
    """

    exercise_id: str
    status: str
    points: float
    max_points: int
    message: str

    @property
    def passed(self):
        """Tell whether the answer is right."""
        return self.status == "passed"

    def __str__(self):
        icon, word, _ = STATUSES[self.status]
        return f"{icon} {word} · {self._about()}\n{self.message}"

    def _about(self):
        if not self.max_points:
            return f"question {self.exercise_id}"
        unit = "point" if self.max_points == 1 else "points"
        return f"exercise {self.exercise_id} · {self.points:g} of {self.max_points} {unit}"

    def _repr_html_(self):
        icon, word, colour = STATUSES[self.status]
        lines = "".join(
            f'<div style="margin-top:.35em">{_line_html(line)}</div>'
            for line in self.message.split("\n")
        )
        return (
            f'<div role="status" style="border-left:.4em solid {colour};padding:.5em .9em;'
            f'margin:.3em 0;max-width:46em;line-height:1.45;background:{colour}1A">'
            f'<div><span aria-hidden="true" style="display:inline-block;width:1.5em;'
            f"height:1.5em;line-height:1.5em;margin-right:.5em;border-radius:50%;"
            f'text-align:center;font-weight:bold;color:#fff;background:{colour}">{icon}</span>'
            f"<strong>{word}</strong>"
            f'<span style="opacity:.75"> · {self._about()}</span>'
            f"</div>{lines}</div>"
        )

    def display(self):
        """Show the verdict: a box in a notebook, lines of text elsewhere."""
        show(str(self), {"text/html": self._repr_html_()})

    def _ipython_display_(self):
        """Do nothing: `check` has shown the verdict, and a cell that ends in it shows it once."""


def _line_html(line):
    """Make one line HTML: a label at its start is bold, `code` is code."""
    safe = html.escape(line, quote=False)
    safe = re.sub(r"`([^`]+)`", r"<code>\1</code>", safe)
    return re.sub(r"^(Seen|It means|Look at|Tried on|Your line):", r"<strong>\1:</strong>", safe)
