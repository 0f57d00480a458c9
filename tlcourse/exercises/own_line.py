"""Find the line of the learner's own code in which an error arose."""

import sysconfig
import traceback
from dataclasses import dataclass
from pathlib import Path

__all__ = ["OwnLine", "own_line"]

_OURS = str(Path(__file__).resolve().parents[1])
_LIBRARIES = tuple(
    {_OURS, *(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib"))}
)


@dataclass(frozen=True)
class OwnLine:
    """A line of the learner's code.

    Attributes:
        number: its line number in the cell.
        text: the line, stripped.
        is_last: whether the error arose in this very line, not in a library that it called.
    """

    number: int
    text: str
    is_last: bool


def own_line(error):
    """Return the deepest line of an error's traceback that is not a library's or ours.

    Args:
        error: an exception that was caught.

    Returns:
        OwnLine, or None when no line of the learner's took part (a call with wrong arguments).
    """
    frames = traceback.extract_tb(error.__traceback__)
    own = [i for i, frame in enumerate(frames) if not _is_library(frame.filename)]
    if not own:
        return None
    frame = frames[own[-1]]
    return OwnLine(frame.lineno, (frame.line or "").strip(), own[-1] == len(frames) - 1)


def _is_library(filename):
    # Cython's frames name a `.pyx` that is nowhere on this machine: NumPy's generators do.
    return filename.endswith((".pyx", ".pxd")) or filename.startswith(
        ("<frozen", "<__array_function__", *_LIBRARIES)
    )
