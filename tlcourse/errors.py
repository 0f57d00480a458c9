"""Errors made for people: one line that says what is wrong and what to do."""

import difflib

__all__ = ["BadArgument", "BadCall", "CourseError", "UnknownName", "near", "nearest"]


class CourseError(Exception):
    """An error whose message says all the reader needs.

    Jupyter shows only the message, with no traceback: the line that went wrong is in the reader's
    own cell, and pages of our code above it would hide what to do.
    """

    def _render_traceback_(self):
        """Say to IPython what to show in place of a traceback (a list of lines)."""
        return [f"{type(self).__name__}: {self}"]


class BadArgument(CourseError, ValueError):  # noqa: N818 (it reads better)
    """An argument that is not allowed: the message names it, the value and what is allowed."""


class BadCall(CourseError, TypeError):  # noqa: N818 (it reads better)
    """A call with an unknown argument, or without a required one."""


class UnknownName(CourseError, ValueError):  # noqa: N818 (it reads better)
    """A name that is in no catalogue of lessons, domains, backbones or exercises."""


def near(name, names):
    """Say which of the allowed names the reader may have meant.

    Args:
        name: any object; it is compared as text, ignoring case.
        names: iterable of str, all that is allowed.

    Returns:
        Text to end an error message with; it begins with a space.

    Example:
        >>> near("glyph", ["glyphs", "letters"])
        " Did you mean 'glyphs'? Allowed: 'glyphs', 'letters'."
        >>> near("tones", [])
        ' There are none yet.'
    """
    names = [str(allowed) for allowed in names]
    if not names:
        return " There are none yet."
    return f"{nearest(name, names)} Allowed: {', '.join(map(repr, names))}."


def nearest(name, names):
    """Ask whether the reader meant one of the allowed names.

    Args:
        name: any object; it is compared as text, capitals do not count.
        names: iterable of str.

    Returns:
        Text to end an error message with, which begins with a space; "" where none is near.

    Example:
        >>> nearest("glyph", ["glyphs", "letters"])
        " Did you mean 'glyphs'?"
    """
    by_lower = {allowed.lower(): allowed for allowed in names}
    close = difflib.get_close_matches(str(name).lower(), by_lower, n=2)
    return f" Did you mean {' or '.join(repr(by_lower[key]) for key in close)}?" if close else ""
