"""Validation of the shape of a backbone's images."""

from numbers import Integral

from tlcourse.errors import BadArgument


def check_image_shape(input_shape, backbone, *, at_least=None, channels=None):
    """Check the shape of one image.

    Args:
        input_shape: (height, width, channels).
        backbone: str, what it is for, to name in the message.
        at_least: int, the fewest pixels each way; None where any height and width will do, and
            None for one that is not known yet.
        channels: int, how many there must be; None allows any number.

    Returns:
        tuple of three, each an int or None.

    Raises:
        BadArgument: (a ValueError) that says what it must be.
    """
    try:
        sizes = tuple(input_shape)
    except TypeError:  # not iterable
        sizes = ()
    *sides, depth = sizes or (None,)
    side_may_be = [
        (size is None and at_least is None) or _is_count(size, at_least) for size in sides
    ]
    fits = len(sides) == 2 and all(side_may_be) and _is_count(depth)
    if not fits or channels not in (None, depth):
        pixels = f", at least {at_least}×{at_least} pixels" if at_least else ""
        colour = ", colour" if channels == 3 else ""
        raise BadArgument(
            f"`input_shape` of {backbone} must be (height, width, {channels or 'channels'})"
            f"{colour}{pixels}; got {input_shape!r}."
        )
    return tuple(size if size is None else int(size) for size in sizes)


def _is_count(size, at_least=None):
    whole = isinstance(size, Integral) and not isinstance(size, bool)
    return whole and size >= (at_least or 1)
