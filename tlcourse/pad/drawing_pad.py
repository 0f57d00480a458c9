"""The pad as a lesson uses it: draw, and take the domain."""

import os
from collections import Counter
from pathlib import Path

from tlcourse.arguments import check_count, check_flag, check_several, verb
from tlcourse.domains import Domain
from tlcourse.errors import BadArgument, CourseError
from tlcourse.pad.album import Album
from tlcourse.pad.front_end import why_no_pad
from tlcourse.pad.render import render_strokes
from tlcourse.pad.shaky_pen import draw_by_program
from tlcourse.pad.strokes import check_strokes

_MOST_EACH = 100


@verb
def draw_digits(*, each=2, digits=range(10), file="my_digits.json"):
    """Open a drawing pad that asks for digits in your own hand.

    As the last line of a cell the pad appears below it. Each finished drawing is written at once to
    a file beside the notebook, so a pad goes on where the last one was, in another notebook too.
    Where nothing can be drawn (a notebook that runs by itself, no anywidget), the cell neither
    fails nor waits, and `DrawingPad.domain` gives digits drawn by a program.

    Args:
        each: int, 2 to 100, drawings of each digit; half of them are for training.
        digits: two or more different digits, 0 to 9, in the order in which they are asked for.
        file: path of the file that keeps the drawings; a relative one begins at the notebook's
            folder. Another file begins another set.

    Returns:
        `DrawingPad`.

    Raises:
        ValueError: if an argument is not as said.
        CourseError: if `file` is there and cannot be read.

    Example:
        >>> pad = draw_digits(file="no_such_file.json")
        >>> pad
        DrawingPad(0 of 20 digits are drawn, kept in no_such_file.json)
        >>> pad.domain()
        Digits drawn by a program, with a shaky pen: nobody can draw where this runs.
        Domain('drawn-by-program': 10 train + 10 test, 28 × 28 × 1, 10 classes)
    """
    return DrawingPad(each=each, digits=digits, file=file)


@verb
class DrawingPad:
    """A pad to draw digits on, and the drawings made so far.

    Attributes:
        each: int, drawings of each digit.
        digits: tuple of int, the digits that it asks for.
        file: `Path` of the file that keeps the drawings, absolute.

    Raises:
        ValueError: as `draw_digits`, which makes one.
        CourseError: as `draw_digits`.
    """

    def __init__(self, *, each, digits, file):
        check_count(each, "each", at_least=2, at_most=_MOST_EACH)
        digits = check_several(digits, "digits", of="digits, 0 to 9", at_least=2)
        for digit in digits:
            check_count(digit, "digits", at_least=0, at_most=9)
        if len(set(digits)) < len(digits):
            raise BadArgument(f"`digits` must differ from each other; got {digits}.")
        if not isinstance(file, (str, os.PathLike)) or not Path(file).name:
            raise BadArgument(f"`file` must be the path of a file; got {file!r}.")
        self.each, self.digits = int(each), tuple(map(int, digits))
        self._album = Album(file)
        self._widget = None
        self._turn = 0
        self._used()
        self._tell_damage()

    @property
    def file(self):
        """Path of the file that keeps the drawings (`Path`)."""
        return self._album.file

    @property
    def n_drawn(self):
        """Number of drawings made so far, of those that the pad asks for (int)."""
        return len(self._used())

    @property
    def n_asked(self):
        """Number of drawings that the pad asks for (int)."""
        return self.each * len(self.digits)

    def domain(self, *, stored=False):
        """Return the drawings as a domain, and print one line that says whose they are.

        The first drawing of each digit is for training, the second for testing, and so on in turn.
        Until all are drawn, and where nothing can be drawn, the digits are those of a program with
        a shaky pen, as many as the pad asks for: a notebook runs from top to bottom all the same.

        Args:
            stored: bool, take the program's digits even where there are your own.

        Returns:
            `Domain` of 28×28 grey images, one class for each of `digits`, named "own-hand" or
            "drawn-by-program".

        Raises:
            BadArgument: (a ValueError) if `stored` is neither True nor False.
            CourseError: if the file cannot be read.
        """
        check_flag(stored, "stored")
        used = self._used()
        self._tell_damage()
        if len(used) == self.n_asked and not stored:
            print(f"Digits in your own hand, kept in {self.file.name}.")
            return self._domain("own-hand", used, "yours", "drawn by you on the pad")
        why = "you asked for them" if stored else why_no_pad()
        if not why:
            why = f"{self._progress(len(used))}; draw on, and run this cell again"
        how = "drawn by a program, with a shaky pen"
        print(f"Digits {how}: {why}.")
        drawings = draw_by_program(self.digits, self.each)
        return self._domain("drawn-by-program", drawings, "MIT, as the course", how)

    def _domain(self, name, drawings, licence, source):
        rounds = Counter()
        parts = {"train": ([], []), "test": ([], [])}
        for digit, strokes in drawings:
            kept, labels = parts["test" if rounds[digit] % 2 else "train"]
            kept.append(strokes)
            labels.append(self.digits.index(digit))
            rounds[digit] += 1
        return Domain(
            name=name,
            x_train=render_strokes(parts["train"][0]),
            labels_train=parts["train"][1],
            x_test=render_strokes(parts["test"][0]),
            labels_test=parts["test"][1],
            class_names=tuple(map(str, self.digits)),
            licence=licence,
            source=source,
        )

    def _used(self):
        """Return the drawings in the file that this pad asks for: the first `each` of a digit."""
        counts, used = Counter(), []
        for digit, strokes in self._album.read():
            counts[digit] += 1
            if digit in self.digits and counts[digit] <= self.each:
                used.append((digit, strokes))
        return used

    def _next_digit(self, used):
        """Return the digit to draw now, None when all are drawn: rounds of all digits in turn."""
        counts = Counter(digit for digit, _ in used)
        fewest = min(self.digits, key=counts.__getitem__)  # the first of them
        return fewest if counts[fewest] < self.each else None

    def _progress(self, n_drawn):
        return f"{n_drawn} of {self.n_asked} digits are drawn"

    def _tell_damage(self):
        while self._album.told:
            print(self._album.told.pop(0))

    def __repr__(self):
        return f"DrawingPad({self._progress(self.n_drawn)}, kept in {self.file.name})"

    def _repr_mimebundle_(self, **_):
        """Give Jupyter the pad; where there can be none, the line that says why."""
        why = why_no_pad()
        if why:
            line = (
                f"There is no pad here: {why}. {self._progress(self.n_drawn)}; "
                "`domain()` gives digits drawn by a program until all are."
            )
            return {"text/plain": line}
        if self._widget is None:
            # Not at the top: anywidget may be missing.
            from tlcourse.pad.widget import PadWidget

            self._widget = PadWidget(face=self._face(self._used()))
            self._widget.on_msg(self._answer)
        shown = self._widget._repr_mimebundle_()
        bundle, metadata = shown if isinstance(shown, tuple) else (shown, {})
        return {**bundle, "text/plain": repr(self)}, metadata

    def _answer(self, _widget, message, _buffers):
        """Do what the browser asks for, and show what came of it; nothing is ever raised."""
        try:
            note, strokes = self._do(message)
        except CourseError as error:
            note, strokes = str(error), None
        if self._album.told:
            note = " ".join([*self._album.told, note]).strip()
            self._album.told.clear()
        self._turn += 1
        try:
            self._widget.face = self._face(self._used(), note=note, strokes=strokes)
        except CourseError as error:
            unread = {"note": str(error), "strokes": None, "turn": self._turn}
            self._widget.face = {**self._widget.face, **unread}

    def _do(self, message):
        """Keep a drawing, or take the last one back.

        Returns:
            `(note, strokes)`: a line to show, and what to put on the canvas, None for no change.
        """
        kind = message.get("kind") if isinstance(message, dict) else None
        if kind not in ("next", "back"):
            raise BadArgument("The pad got a message that it does not know.")
        used = self._used()
        digit = self._next_digit(used)
        if message.get("done") != len(used) or (kind == "next" and digit is None):
            return "The drawings have changed in another place; look what is asked for now.", None
        if kind == "next":
            self._album.add(digit, check_strokes(message.get("strokes")))
            return "", []
        return self._take_back()

    def _take_back(self):
        drawings = self._album.read()
        counts = Counter(digit for digit, _ in drawings)
        for index in reversed(range(len(drawings))):
            digit = drawings[index][0]
            # Of a digit with more drawings than are asked for, another would take its place.
            if digit in self.digits and counts[digit] <= self.each:
                return "", self._album.take_out(index)
        return "There is no drawing to take back.", None

    def _face(self, used, *, note="", strokes=None):
        """Return what the browser shows, see `PadWidget`."""
        digit = self._next_digit(used)
        article = "an" if digit == 8 else "a"
        over = digit is None
        return {
            "prompt": f"All {self.n_asked} digits are drawn" if over else f"Draw {article} {digit}",
            "progress": f"{len(used)} of {self.n_asked}",
            "note": "Go on to the next cell." if over and not note else note,
            "done": len(used),
            "over": over,
            "strokes": strokes,
            "turn": self._turn,
        }
