"""The command `tlcourse`, one file per group of commands."""

from tlcourse.cli.program import main

__all__ = ["main"]
