"""Claims: measure, show and assert a statement in one step."""

import html
import re
from collections.abc import Callable

from tlcourse.arguments import verb
from tlcourse.errors import BadArgument, CourseError, nearest
from tlcourse.exercises import show
from tlcourse.lessons.measured import Shown, has_nan, plain

_MATHS = re.compile(r"\$[^$]*\$")
_PLACEHOLDER = re.compile(r"(?<!\{)\{([A-Za-z]\w*)(?=[}\[.:!])")
MIME_TYPE = "application/vnd.tlcourse.claim+json"


class ClaimFailed(CourseError, AssertionError):  # noqa: N818 (it reads better)
    """A lesson's claim did not hold in this run."""


@verb
def claim(sentence: str, value, holds: bool | Callable[[object], bool]) -> None:
    """State a finding with its measured value; raise if it does not hold.

    Sentence, value and verdict are shown together, and the runner collects them
    from the notebook's outputs. A value that contains NaN never holds.

    Args:
        sentence: str, the finding in words. It may contain `{value}`, with a format
            (`{value:.1%}`) or a part (`{value[probe]:.2f}`); otherwise the
            value is appended in brackets.
        value: the measured value: a number; a sequence of numbers, one per seed
            (shown as mean and range); an object with `mean`, `low` and `high`;
            a dict of these; or a string.
        holds: bool, or a function of `value` that returns one.

    Raises:
        ClaimFailed: if the claim does not hold.
        BadArgument: if `sentence` cannot be formatted, `value` has another type,
            or `holds` is neither true nor false.

    Example:
        >>> claim("The probe is right on {value:.0%} of the digits", 0.875, lambda v: v > 0.5)
        ✓ holds: The probe is right on 88% of the digits
    """
    try:
        as_json, no_number = plain(value), has_nan(value)
    except (TypeError, ValueError):
        raise BadArgument(
            "`value` must be a number, a sequence of numbers, an interval, a dict of these or a"
            f" string; got {type(value).__name__} {value!r}."
        ) from None
    text = _fill(sentence, value)
    held = _truth(holds(value) if callable(holds) else holds) and not no_number
    _show(text, as_json, held)
    if not held:
        raise ClaimFailed(f"this claim does not hold in this run: {text}")


def _fill(sentence, value):
    if not isinstance(sentence, str) or not sentence.strip():
        raise BadArgument(f"`sentence` must be a sentence; got {sentence!r}.")
    shown = Shown(value)
    # LaTeX has braces too, between its dollars; there, only what is nearly {value} is meant so.
    outside = _MATHS.sub("", sentence)
    asked = [word for word in _PLACEHOLDER.findall(sentence) if nearest(word, ["value"])]
    for word in (*_PLACEHOLDER.findall(outside), *asked):
        if word != "value":
            raise BadArgument(
                f"`sentence` has a placeholder {{{word}}}; only {{value}} can be filled in, or a "
                f"part of it such as {{value[{word}]}}: {sentence!r}."
            )
    if "{value" not in sentence:
        return f"{sentence} (measured: {shown})"
    try:
        return sentence.format(value=shown)
    except (LookupError, ValueError, TypeError, AttributeError) as error:
        raise BadArgument(
            f"`sentence` cannot be filled in with value {value!r}: {error}; write `{{value}}`,"
            f" `{{value:.2f}}` or `{{value[key]}}`, and every other brace twice: {sentence!r}."
        ) from None


def _truth(verdict):
    """Convert a bool, a NumPy bool or a 0-d boolean tensor to bool."""
    if getattr(verdict, "shape", None) == () and "bool" in str(getattr(verdict, "dtype", "")):
        verdict = bool(verdict)
    if not isinstance(verdict, bool):
        raise BadArgument(
            f"`holds` must be True or False, or a function of the value that returns one; got"
            f" {type(verdict).__name__} {verdict!r}. Use a comparison, e.g. `v > 0.5`;"
            " for several numbers use all(...)."
        )
    return verdict


def _show(text, as_json, held):
    # An icon and a word, so that the verdict does not depend on colour vision.
    icon, word, colour = ("✓", "holds", "#0072B2") if held else ("✗", "does not hold", "#D55E00")
    line = f"{icon} {word}: {text}"
    box = f"border-left: 4px solid {colour}; padding: 0.3em 0.8em; margin: 0.3em 0"
    page = (
        f'<div style="{box}"><strong style="color: {colour}">{icon} {word}</strong>'
        f" · {html.escape(text)}</div>"
    )
    show(line, {"text/html": page, MIME_TYPE: {"text": text, "value": as_json, "holds": held}})
