"""The widget: what the browser shows, and how it talks to Python.

It holds no drawing: it shows the dict `face` and passes on what the browser sends.
"""

from pathlib import Path

import anywidget
import traitlets


class PadWidget(anywidget.AnyWidget):
    """The pad in a notebook's output.

    Attributes:
        face: dict for `pad.js`: "prompt", "progress" and "note" are lines to show; "done" is the
            number of drawings kept; "over", bool, says that nothing is left to draw; "strokes" are
            those to put on the canvas, None to leave it as it is; "turn" counts the answers, so
            that each arrives.
    """

    _esm = Path(__file__).with_name("pad.js")
    _css = Path(__file__).with_name("pad.css")

    face = traitlets.Dict().tag(sync=True)
