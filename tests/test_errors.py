"""Errors for people: shown as one line, and with the names that were near."""

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from tlcourse.errors import CourseError, UnknownName, near


def test_ipython_shows_the_line_and_no_traceback(capsys):
    shell = InteractiveShell(config=Config({"HistoryManager": {"enabled": False}}))
    shell.run_cell(
        "from tlcourse.errors import CourseError\n"
        "def deep():\n    raise CourseError('do this instead')\n"
        "deep()"
    )
    out, err = capsys.readouterr()
    shown = out + err
    assert "CourseError: do this instead" in shown
    assert "Traceback" not in shown
    assert "deep()" not in shown


def test_an_unknown_name_is_a_value_error_too():
    with pytest.raises(ValueError, match="no such thing"):
        raise UnknownName("no such thing")
    assert issubclass(UnknownName, CourseError)


@pytest.mark.parametrize("name", ["glyph", "GLYPHS", "gliphs"])
def test_near_finds_the_name_meant(name):
    assert near(name, ["letters", "glyphs"]) == (
        " Did you mean 'glyphs'? Allowed: 'letters', 'glyphs'."
    )


def test_near_without_a_close_name_only_lists_what_is_allowed():
    assert near("zebra", ["glyphs", "letters"]) == " Allowed: 'glyphs', 'letters'."


def test_near_offers_two_when_two_are_close():
    text = near("01.9", ["01.1", "01.2", "04.1"])
    assert text.startswith(" Did you mean '01.2' or '01.1'?") or text.startswith(
        " Did you mean '01.1' or '01.2'?"
    )


def test_near_takes_any_object_and_an_empty_catalogue():
    assert near(4.1, ["04.1"]) == " Did you mean '04.1'? Allowed: '04.1'."
    assert near("x", []) == " There are none yet."
