"""The file in which drawings are kept: one JSON file beside the notebooks."""

import json
import os
from pathlib import Path

from tlcourse.atomic import write_atomically
from tlcourse.errors import BadArgument, CourseError
from tlcourse.pad.strokes import check_strokes

_FORMAT = 1


class Album:
    """Drawings in a file, in the order in which they were made.

    Each call reads the file anew: several notebooks may show a pad of the same file.

    Attributes:
        file: `Path`; it need not exist.
        told: list of str, one line for each file that was damaged and set aside.
    """

    def __init__(self, file):
        self.file = Path(file).absolute()
        self.told = []

    def read(self):
        """Return the drawings: list of `(digit, strokes)`, an int and what `check_strokes` gives.

        A file that is damaged is renamed, never overwritten, and one line goes to `told`.

        Raises:
            CourseError: if the file is there and cannot be read or renamed.
        """
        try:
            content = self.file.read_bytes()
        except FileNotFoundError:
            return []
        except OSError as error:
            raise CourseError(
                f"{self.file} cannot be read: {error.strerror or error}. Free it, or name another "
                "`file`."
            ) from error
        try:
            return _drawings_in(content)
        except (ValueError, RecursionError):
            self._set_aside()
            return []

    def add(self, digit, strokes):
        """Keep one more drawing; it is on the disk when this returns.

        Args:
            digit: int, 0 to 9.
            strokes: what `check_strokes` gives.

        Raises:
            CourseError: if the file cannot be written; it is then as before.
        """
        self._write([*self.read(), (digit, strokes)])

    def take_out(self, index):
        """Take one drawing out of the file.

        Args:
            index: int, its place in `read()`.

        Returns:
            Its strokes.

        Raises:
            CourseError: as `add`.
        """
        drawings = self.read()
        _, strokes = drawings.pop(index)
        self._write(drawings)
        return strokes

    def _write(self, drawings):
        kept = [{"digit": digit, "strokes": strokes} for digit, strokes in drawings]
        text = json.dumps({"format": _FORMAT, "drawings": kept}, separators=(",", ":"))
        try:
            write_atomically(self.file, lambda file: file.write(text.encode()))
        except OSError as error:
            raise CourseError(
                f"{self.file} cannot be written: {error.strerror or error}. Make room, or name "
                "another `file`."
            ) from error

    def _set_aside(self):
        number, suffix = 1, self.file.suffix
        aside = self.file.with_suffix(f".damaged{suffix}")
        while os.path.lexists(aside):
            number += 1
            aside = self.file.with_suffix(f".damaged-{number}{suffix}")
        try:
            self.file.rename(aside)
        except OSError as error:
            raise CourseError(
                f"{self.file} is damaged and cannot be renamed: {error.strerror or error}. Move it "
                "away, or name another `file`."
            ) from error
        self.told.append(
            f"{self.file.name} is damaged or no file of drawings: it is now {aside.name}, and the "
            "pad begins anew."
        )


def _drawings_in(content):
    """Read a file's bytes; raise ValueError for whatever this version would not have written."""
    stored = json.loads(content)
    if not isinstance(stored, dict) or stored.get("format") != _FORMAT:
        raise BadArgument(f"`format` must be {_FORMAT}.")
    drawings = stored.get("drawings")
    if not isinstance(drawings, list) or not all(isinstance(each, dict) for each in drawings):
        raise BadArgument("`drawings` must be a list.")
    if not all(each.get("digit") in range(10) for each in drawings):
        raise BadArgument("`digit` must be 0 to 9.")
    return [(int(each["digit"]), check_strokes(each.get("strokes"))) for each in drawings]
