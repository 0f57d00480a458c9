"""Chatter is held back, errors are not."""

import os
import sys

import pytest

from tlcourse.lessons.quiet import quiet_start


def test_holds_back_what_is_written_below_python(capfd):
    with quiet_start():
        os.write(2, b"cudart_stub.cc: Could not find cuda drivers")
    os.write(2, b"later")
    assert capfd.readouterr().err == "later"


def test_shows_it_when_the_block_fails(capfd):
    @quiet_start()
    def start():
        os.write(2, b"libcuda is broken\n")
        raise ImportError("no backend")

    with pytest.raises(ImportError, match="no backend"):
        start()
    assert capfd.readouterr().err == "libcuda is broken\n"


def lowest_free_descriptor():
    number = os.dup(2)
    os.close(number)
    return number


def test_no_descriptor_is_leaked():
    before = lowest_free_descriptor()
    with quiet_start():
        pass
    assert lowest_free_descriptor() == before


def test_python_itself_is_still_heard(capsys):
    with quiet_start():
        print("a warning of Python's", file=sys.stderr)
    assert capsys.readouterr().err == "a warning of Python's\n"
