"""The command `tlcourse`, one file for each group of commands."""

from tlcourse.cli.program import main

__all__ = ["main"]
