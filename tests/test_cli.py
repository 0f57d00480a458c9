"""The command line itself: quick, in one line, with the right exit code."""

import os
import subprocess
import sys

import pytest
import typer

import tlcourse
from tlcourse.cli import main
from tlcourse.errors import BadArgument, CourseError


def test_version(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"tlcourse {tlcourse.__version__}\n"


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"]])
def test_help_names_the_commands(capsys, words):
    assert main(words) == 0
    out = capsys.readouterr().out
    for name in (
        "lab",
        "start",
        "list",
        "run",
        "doctor",
        "data",
        "pretrain",
        "release",
        "grade",
        "check",
    ):
        assert f"\n  {name} " in out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["rnu"], "rnu"),
        (["list", "--jsno"], "--jsno"),
        (["start"], "DIR"),
        (["run", "--cell-timeout", "soon"], "--cell-timeout"),
        (["run", "--seed"], "--seed"),
        (["pretrain"], "NAME"),
        (["pretrain", "objects9"], "Did you mean 'objects8'"),
        (["pretrain", "glyphs", "--epochs", "0"], "--epochs"),
    ],
)
def test_wrong_usage_is_one_line(capsys, words, message):
    assert main(words) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("tlcourse: ")
    assert told.err.count("\n") == 1
    assert message in told.err


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (CourseError("the disk\n is full."), 1, "tlcourse: the disk is full.\n"),
        (BadArgument("`seed` is odd."), 2, "tlcourse: `seed` is odd.\n"),
        (PermissionError(13, "Permission denied", "x"), 1, "Permission denied: 'x'\n"),
        (
            KeyError("x"),
            1,
            "tlcourse: KeyError: 'x'. This is a bug; set TLCOURSE_DEBUG=1 for a traceback.\n",
        ),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_no_traceback_whatever_happens(capsys, monkeypatch, error, code, line):
    def fail():
        raise error

    monkeypatch.setattr("tlcourse.lessons.lessons", fail)
    monkeypatch.delenv("TLCOURSE_DEBUG", raising=False)
    assert main(["list"]) == code
    told = capsys.readouterr()
    assert told.out == ""
    assert line in told.err
    assert told.err.count("\n") == (1 if line else 0)


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, typer.Abort])
def test_ctrl_c_as_old_and_new_typer_tell_it(capsys, monkeypatch, interruption):
    def interrupted(*words, **options):
        raise interruption

    monkeypatch.setattr("tlcourse.cli.program._parser", lambda: interrupted)
    assert main(["list"]) == 130
    assert capsys.readouterr() == ("", "")


def test_debug_shows_the_traceback(monkeypatch):
    def fail():
        raise KeyError("x")

    monkeypatch.setattr("tlcourse.lessons.lessons", fail)
    monkeypatch.setenv("TLCOURSE_DEBUG", "1")
    with pytest.raises(KeyError):
        main(["list"])


def test_a_reader_that_leaves_early():
    # As in `tlcourse --help | head -1`, but surely: the pipe is closed before anything is written.
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "tlcourse.cli", "--help"]
    with os.fdopen(writing, "w") as pipe:
        done = subprocess.run(
            command, stdout=pipe, stderr=subprocess.PIPE, check=False, text=True, timeout=60
        )
    assert done.stderr == ""
    assert done.returncode == 1


def test_only_light_modules_are_loaded():
    heavy = {"keras", "tensorflow", "numpy", "matplotlib", "IPython", "nbformat", "rich"}
    code = f"import sys, tlcourse.cli; print(sorted({heavy!r} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "[]\n"
