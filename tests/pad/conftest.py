import pytest

from tlcourse.pad import DrawingPad

SEVEN = [[[0.2, 0.1], [0.8, 0.1], [0.4, 0.9]]]


class Browser:
    """What the pad's widget would do, without a browser: it says what it was given."""

    def __init__(self):
        self.face = {}


@pytest.fixture
def file(tmp_path):
    return tmp_path / "my_digits.json"


@pytest.fixture
def open_pad(file):
    """Function that opens a pad of two digits, twice each, with a browser that sends messages."""

    def opened(**options):
        pad = DrawingPad(**{"each": 2, "digits": (7, 8), "file": file, **options})
        pad._widget = Browser()
        pad._widget.face = pad._face(pad._used())

        def send(kind, strokes=SEVEN, done=None):
            face = pad._widget.face
            done = face["done"] if done is None else done
            pad._answer(pad._widget, {"kind": kind, "done": done, "strokes": strokes}, [])
            return pad._widget.face

        pad.send = send
        return pad

    return opened
