"""The command line: parse the arguments, then call one function of a room.

Only the standard library and typer are imported here; each command imports its
room when it runs, so that `tlcourse --help` answers at once.
"""

import os
import sys
from typing import Annotated

import typer

from tlcourse.cli.data import fetch_data, list_data, path_of_data, verify_data
from tlcourse.cli.grading import check, grade, release_course
from tlcourse.cli.lessons import doctor, lab, list_lessons, run, start
from tlcourse.cli.output import FAILED, INTERRUPTED, WELL, say
from tlcourse.cli.pretraining import pretrain


def _version(wanted: bool):
    if wanted:
        from tlcourse import __version__

        print(f"tlcourse {__version__}")
        raise typer.Exit


def _first(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
):
    if context.invoked_subcommand is None:
        print(context.get_help())


def _first_of_data(context: typer.Context):
    """List, fetch, verify and locate real data sets."""
    if context.invoked_subcommand is None:
        print(context.get_help())


_COMMANDS = {
    "lab": lab,
    "start": start,
    "list": list_lessons,
    "run": run,
    "doctor": doctor,
    "pretrain": pretrain,
    "release": release_course,
    "grade": grade,
    "check": check,
}
_DATA_COMMANDS = {
    "list": list_data,
    "fetch": fetch_data,
    "verify": verify_data,
    "path": path_of_data,
}


def _parser():
    """Return the commands as typer knows them, in the order of the help."""
    app = typer.Typer(
        help="Learn transfer learning by doing: lessons that run, exercises with instant checks.",
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,  # plain help: half the time, and brackets stay brackets
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    data = typer.Typer(rich_markup_mode=None)
    for parser, first, commands in (
        (app, _first, _COMMANDS),
        (data, _first_of_data, _DATA_COMMANDS),
    ):
        parser.callback(invoke_without_command=True)(first)
        for name, command in commands.items():
            parser.command(name)(command)
    app.add_typer(data, name="data")
    return app


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Args:
        arguments: the words after `tlcourse`; None means those of this process.

    Returns:
        0 success, 1 failure, 2 wrong usage, 130 Ctrl-C.
    """
    for stream in (sys.stdout, sys.stderr):
        # A ✓ must not crash the program on a terminal whose encoding lacks it.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        code = _parser()(arguments, prog_name="tlcourse", standalone_mode=False) or WELL
        sys.stdout.flush()
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        # `tlcourse list | head -1` closes the pipe early, which is no error.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except Exception as error:
        return say(error)
    return code
