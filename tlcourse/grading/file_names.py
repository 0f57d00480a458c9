"""Safe file names for student ids."""

import hashlib
import re
from collections import Counter
from urllib.parse import quote

__all__ = ["file_names"]


def file_names(students, ending):
    """Give each student a unique file name, also on disks that ignore case.

    Args:
        students: iterable of str, all students.
        ending: str, file extension such as ".html".

    Returns:
        Dict, student to name.

    Example:
        >>> file_names(["ada", "../x"], ".html")
        {'ada': 'ada.html', '../x': '%2E.%2Fx.html'}
    """
    encoded = {student: _encoded(student) for student in students}
    alike = Counter(name.lower() for name in encoded.values())
    return {
        student: f"{_short(_capitals_encoded(name) if alike[name.lower()] > 1 else name)}{ending}"
        for student, name in encoded.items()
    }


def _encoded(student):
    name = quote(student.encode("utf-8", "surrogatepass"), safe="")
    # No hidden file, and no device name of Windows, such as "con.html".
    if re.match(r"(?i)\.|(con|prn|aux|nul|com\d|lpt\d)(\.|$)", name):
        return f"%{ord(name[0]):02X}{name[1:]}"
    return name


def _capitals_encoded(name):
    # Keep the letters of an escape such as "%2F".
    return re.sub(r"(?<!%)(?<!%.)[A-Z]", lambda letter: f"%{ord(letter[0]):02X}", name)


def _short(name):
    """Shorten to 255 bytes, the limit of a file name; no encoded name contains a "+"."""
    if len(name) <= 200:
        return name
    return f"{name[:120]}+{hashlib.sha256(name.encode()).hexdigest()}"
