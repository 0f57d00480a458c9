"""Exit codes, JSON output and one-line errors."""

import json
import os
import sys
from typing import Annotated

import typer

WELL, FAILED, WRONG_USAGE, INTERRUPTED = 0, 1, 2, 130

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]


def say(error):
    """Print an error as one line on standard error.

    Args:
        error: Exception.

    Returns:
        The exit code for it (int).
    """
    from tlcourse.errors import CourseError

    if os.environ.get("TLCOURSE_DEBUG"):
        raise error
    if hasattr(error, "format_message"):  # typer raises it for words it does not know
        message, code = error.format_message(), WRONG_USAGE
    elif isinstance(error, CourseError):
        # A bad argument is a ValueError too; anything else is about the environment.
        message, code = str(error), WRONG_USAGE if isinstance(error, ValueError) else FAILED
    elif isinstance(error, OSError):
        message, code = str(error), FAILED
    else:
        message = (
            f"{type(error).__name__}: {error}. This is a bug; set TLCOURSE_DEBUG=1 for a traceback."
        )
        code = FAILED
    print("tlcourse:", " ".join(message.split()), file=sys.stderr)
    return code


def print_json(document):
    """Print a document as JSON on standard output, and nothing else."""
    # allow_nan: NaN is no JSON, and a document that others cannot read is a defect.
    print(json.dumps(document, indent=2, allow_nan=False))
