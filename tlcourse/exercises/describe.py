"""Describe plain data in a few words, for messages."""

import numpy as np

__all__ = ["describe", "describe_case", "number"]

_SHORT = 12  # arrays of up to this many entries are written out


def describe(value):
    """Describe plain data: its value when that is short, else its type and shape.

    Args:
        value: plain data.

    Returns:
        Text of one line.

    Example:
        >>> describe(np.array([0.5, 1.0]))
        '[0.5, 1]'
        >>> describe(np.zeros((50, 4), "float32"))
        'float32 array (50, 4)'
    """
    if isinstance(value, np.ndarray):
        if value.ndim == 1 and value.size <= _SHORT:
            return f"[{', '.join(number(entry) for entry in value.tolist())}]"
        return f"{value.dtype} array {value.shape}"
    if isinstance(value, list):
        if len(value) > _SHORT:
            return f"list of {len(value)}"
        return f"[{', '.join(describe(item) for item in value)}]"
    if isinstance(value, dict):
        return f"dict with {', '.join(map(repr, value))}"
    if isinstance(value, str):
        return repr(value if len(value) <= 60 else value[:57] + "...")
    return number(value)


def number(value, *, digits=4):
    """Write a number with a few significant digits (`inf`, `nan`, True and False as they are).

    Example:
        >>> number(2 / 3), number(12345678), number(float("inf"))
        ('0.6667', '12345678', 'inf')
    """
    if isinstance(value, bool | int):
        return str(value)
    return f"{value:.{digits}g}"


def describe_case(names, case):
    """Describe the inputs that an answer was tried on; parts named "" are left out.

    Example:
        >>> describe_case(("labels", "k"), (np.zeros(90, int), 3))
        'labels: int64 array (90,); k = 3'
    """
    parts = []
    for name, value in zip(names, case, strict=True):
        if not name:
            continue
        text = describe(value)
        is_shape = isinstance(value, np.ndarray) and not text.startswith("[")
        parts.append(f"{name}: {text}" if is_shape else f"{name} = {text}")
    return "; ".join(parts)
