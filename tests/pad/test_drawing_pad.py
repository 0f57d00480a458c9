"""The pad keeps what is drawn, goes on where it was, and never stops a notebook that runs alone."""

import json
import sys

import nbformat
import numpy as np
import pytest

import tlcourse as tl
from tlcourse.errors import BadArgument, CourseError
from tlcourse.lessons.running import execute_notebook
from tlcourse.pad import drawing_pad, front_end
from tlcourse.pad.render import render_strokes
from tlcourse.pad.shaky_pen import draw_by_program

LINE = [[[0.5, 0.1], [0.5, 0.9]]]
BAR = [[[0.1, 0.5], [0.9, 0.5]]]


@pytest.fixture
def somebody(monkeypatch):
    """A notebook is open, with somebody before it."""
    monkeypatch.setattr(drawing_pad, "why_no_pad", lambda: "")


def test_the_digits_are_asked_for_in_rounds(open_pad):
    pad = open_pad()
    shown = []
    for _ in range(4):
        shown.append((pad._widget.face["prompt"], pad._widget.face["progress"]))
        pad.send("next")
    assert shown == [
        ("Draw a 7", "0 of 4"),
        ("Draw an 8", "1 of 4"),
        ("Draw a 7", "2 of 4"),
        ("Draw an 8", "3 of 4"),
    ]
    face = pad._widget.face
    assert face["prompt"] == "All 4 digits are drawn"
    assert face["over"]
    assert face["strokes"] == []
    assert (pad.n_drawn, pad.n_asked) == (4, 4)
    assert repr(pad) == "DrawingPad(4 of 4 digits are drawn, kept in my_digits.json)"


def test_your_own_hand_becomes_a_domain(open_pad, somebody, capsys):
    pad = open_pad()
    for strokes in (LINE, BAR, BAR, LINE):
        pad.send("next", strokes)
    domain = pad.domain()
    assert capsys.readouterr().out == "Digits in your own hand, kept in my_digits.json.\n"
    assert domain.name == "own-hand"
    assert domain.class_names == ("7", "8")
    line, bar = render_strokes([LINE, BAR])
    np.testing.assert_array_equal(domain.x_train, [line, bar])
    np.testing.assert_array_equal(domain.x_test, [bar, line])
    assert domain.labels_train.tolist() == domain.labels_test.tolist() == [0, 1]


def test_a_new_pad_goes_on_where_one_was(open_pad, file):
    first = open_pad()
    first.send("next")
    first.send("next")
    assert len(json.loads(file.read_bytes())["drawings"]) == 2  # at once, not at the end
    second = open_pad()
    assert second._widget.face["prompt"] == "Draw a 7"
    assert second._widget.face["progress"] == "2 of 4"
    wider = open_pad(each=3, digits=(6, 7, 8))
    assert wider._widget.face["prompt"] == "Draw a 6"
    assert wider._widget.face["progress"] == "2 of 9"


def test_more_drawings_than_asked_for_are_left_alone(open_pad, somebody):
    pad = open_pad(each=3)
    for strokes in (LINE, LINE, BAR, BAR, LINE, LINE):
        pad.send("next", strokes)
    fewer = open_pad(each=2)
    assert fewer.n_drawn == 4
    assert len(fewer.domain().x_train) == len(fewer.domain().x_test) == 2
    face = fewer.send("back")
    assert face["note"] == "There is no drawing to take back."
    assert open_pad(each=3).n_drawn == 6


def test_undo_on_an_empty_pad_brings_the_last_drawing_back(open_pad):
    pad = open_pad()
    pad.send("next", LINE)
    pad.send("next", BAR)
    face = pad.send("back", [])
    assert face["strokes"] == BAR
    assert (face["prompt"], face["done"]) == ("Draw an 8", 1)
    face = pad.send("back", [])
    assert face["strokes"] == LINE
    face = pad.send("back", [])
    assert face["note"] == "There is no drawing to take back."
    assert face["strokes"] is None


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (None, "a message that it does not know"),
        ([], "a message that it does not know"),
        ({"kind": "delete"}, "a message that it does not know"),
        ({"kind": ["next"], "done": 0, "strokes": LINE}, "a message that it does not know"),
        ({"kind": "next", "done": 0}, "got None"),
        ({"kind": "next", "done": 0, "strokes": []}, "1 to 40 strokes"),
        ({"kind": "next", "done": 0, "strokes": [[[0, 2]]]}, r"both in [0, 1]; got [0, 2]"),
        ({"kind": "next", "done": 0, "strokes": [[[0, 0]] * 4001]}, "at most 4000 points"),
        ({"kind": "next", "strokes": LINE}, "changed in another place"),
        ({"kind": "next", "done": 3, "strokes": LINE}, "changed in another place"),
        ({"kind": "back", "done": 1}, "changed in another place"),
    ],
)
def test_what_is_no_message_of_the_pad(open_pad, file, message, said):
    pad = open_pad()
    before = pad._widget.face["turn"]
    pad._answer(pad._widget, message, [])
    face = pad._widget.face
    assert said in face["note"]
    assert face["strokes"] is None  # what is on the canvas stays there
    assert face["turn"] > before  # so that the browser is answered
    assert not file.exists()


def test_a_drawing_too_many_and_one_twice(open_pad):
    pad = open_pad()
    for _ in range(4):
        pad.send("next")
    assert "changed in another place" in pad.send("next")["note"]
    assert pad.n_drawn == 4
    other = open_pad(each=3)
    other.send("next")
    other.send("next", done=4)  # the same click again
    assert other.n_drawn == 5


def test_two_pads_of_one_file(open_pad):
    first, second = open_pad(), open_pad()
    first.send("next", LINE)
    face = second.send("next", BAR)
    assert "changed in another place" in face["note"]
    assert face["prompt"] == "Draw an 8"
    second.send("next", BAR)
    assert first.n_drawn == second.n_drawn == 2


def test_a_file_that_is_damaged_meanwhile(open_pad, file, capsys):
    pad = open_pad()
    pad.send("next")
    file.write_text("damaged")
    face = pad.send("next")
    assert "it is now my_digits.damaged.json" in face["note"]
    assert face["progress"] == "0 of 4"
    file.write_text("damaged again")
    open_pad()
    assert "it is now my_digits.damaged-2.json" in capsys.readouterr().out


def test_a_drawing_that_cannot_be_kept_stays_on_the_canvas(open_pad, monkeypatch, file):
    def full(path, write):
        raise OSError(28, "No space left on device")

    pad = open_pad()
    monkeypatch.setattr("tlcourse.pad.album.write_atomically", full)
    face = pad.send("next")
    assert "No space left on device" in face["note"]
    assert face["strokes"] is None
    assert face["done"] == 0
    monkeypatch.undo()
    file.mkdir()
    turn = face["turn"]
    face = pad.send("next")
    assert "cannot be read" in face["note"]
    assert face["turn"] > turn


def test_until_all_are_drawn_a_program_draws(open_pad, somebody, capsys):
    pad = open_pad()
    pad.send("next")
    assert pad.domain().name == "drawn-by-program"
    said = "1 of 4 digits are drawn; draw on, and run this cell again."
    assert capsys.readouterr().out == f"Digits drawn by a program, with a shaky pen: {said}\n"
    domain = pad.domain(stored=True)
    assert domain.name == "drawn-by-program"
    assert domain.source == "drawn by a program, with a shaky pen"
    assert (
        capsys.readouterr().out
        == "Digits drawn by a program, with a shaky pen: you asked for them.\n"
    )


def test_none_drawn_yet(open_pad, somebody, capsys):
    assert open_pad().domain().name == "drawn-by-program"
    assert "0 of 4 digits are drawn; draw on, and run this cell again.\n" in capsys.readouterr().out


def test_nobody_is_there(open_pad, capsys):
    pad = open_pad()
    pad.send("next")
    domain = pad.domain()
    assert "with a shaky pen: nobody can draw where this runs.\n" in capsys.readouterr().out
    drawings = [strokes for _, strokes in draw_by_program((7, 8), 2)]
    np.testing.assert_array_equal(domain.x_train, render_strokes(drawings[:2]))
    np.testing.assert_array_equal(domain.x_test, render_strokes(drawings[2:]))
    shown = pad._repr_mimebundle_()
    assert shown == {
        "text/plain": "There is no pad here: nobody can draw where this runs. 1 of 4 digits are "
        "drawn; `domain()` gives digits drawn by a program until all are."
    }
    for _ in range(3):
        pad.send("next")
    assert pad.domain().name == "own-hand"
    assert pad.domain(stored=True).name == "drawn-by-program"


class Shell:
    """An IPython shell whose kernel was asked to run a cell."""

    def __init__(self, content):
        self.kernel = self
        self.get_parent = {"shell": {"content": content}}.__getitem__


@pytest.mark.parametrize(
    ("shell", "why"),
    [
        (None, "nobody can draw where this runs"),
        (object(), "nobody can draw where this runs"),
        (Shell({}), "nobody can draw where this runs"),
        (Shell({"allow_stdin": False}), "nobody can draw where this runs"),
        (Shell({"allow_stdin": True}), ""),
    ],
)
def test_who_is_there(shell, why, monkeypatch):
    pytest.importorskip("anywidget")
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    assert front_end.why_no_pad() == why


def test_without_anywidget(open_pad, monkeypatch, capsys):
    monkeypatch.setattr("IPython.get_ipython", lambda: Shell({"allow_stdin": True}))
    monkeypatch.setitem(sys.modules, "anywidget", None)
    pad = open_pad()
    shown = pad._repr_mimebundle_()
    assert "the pad needs anywidget (pip install 'tlcourse[widgets]')" in shown["text/plain"]
    assert pad.domain().name == "drawn-by-program"
    assert "the pad needs anywidget" in capsys.readouterr().out


def test_somebody_gets_the_widget(open_pad, somebody):
    pytest.importorskip("anywidget")
    pad = open_pad()
    pad._widget = None
    bundle, _ = pad._repr_mimebundle_()
    assert bundle["text/plain"] == repr(pad)
    view = bundle["application/vnd.jupyter.widget-view+json"]
    assert view["model_id"] == pad._widget.model_id
    assert pad._repr_mimebundle_()[0] == bundle  # the same pad in a second cell
    state = pad._widget.get_state()
    assert "canvas" in state["_esm"]
    assert "http" not in state["_esm"]  # nothing is fetched from the network
    assert ".tlcourse-pad" in state["_css"]
    assert state["face"]["prompt"] == "Draw a 7"


def test_a_notebook_that_runs_by_itself_is_the_same_each_time():
    cells = [
        "import tlcourse as tl\npad = tl.draw_digits()\npad",
        "own = pad.domain()\nown",
        "print(own.x_train.sum().round(2), own.labels_test)",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    runs = [execute_notebook(notebook) for _ in range(2)]
    assert [run.error for run in runs] == [None, None]
    first, second = (run.notebook for run in runs)
    assert [cell.outputs for cell in first.cells] == [cell.outputs for cell in second.cells]
    assert "widgets" not in first.metadata
    shown = first.cells[0].outputs[0]["data"]
    assert shown == {"text/plain": shown["text/plain"]}
    assert "There is no pad here: nobody can draw where this runs." in shown["text/plain"]
    assert first.cells[1].outputs[0]["text"].startswith("Digits drawn by a program")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"each": 1}, "`each` must be a whole number, 2 to 100; got 1"),
        ({"each": 101}, "`each` must be a whole number, 2 to 100; got 101"),
        ({"each": "2"}, "`each` must be a whole number"),
        ({"digits": 7}, "`digits` must be a list of at least 2 digits, 0 to 9; got 7"),
        ({"digits": [7]}, "`digits` must be a list of at least 2 digits"),
        ({"digits": [7, 10]}, "`digits` must be a whole number, 0 to 9; got 10"),
        ({"digits": "78"}, "`digits` must be a list"),
        ({"digits": [7, 7]}, r"`digits` must differ from each other; got \(7, 7\)"),
        ({"file": 3}, "`file` must be the path of a file; got 3"),
        ({"file": ""}, "`file` must be the path of a file; got ''"),
    ],
)
def test_arguments_that_cannot_be(arguments, said):
    with pytest.raises(BadArgument, match=said):
        tl.draw_digits(**arguments)


def test_other_bad_calls(open_pad, tmp_path):
    with pytest.raises(BadArgument, match="`stored` must be True or False; got 'yes'"):
        open_pad().domain(stored="yes")
    with pytest.raises(CourseError, match="cannot be read"):
        tl.draw_digits(file=tmp_path)
