"""Read and write a class roster (CSV, as nbgrader imports it)."""

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from tlcourse.errors import BadArgument

__all__ = ["FIELDS", "read_roster", "roster_text"]

FIELDS = ("id", "first_name", "last_name", "email", "lms_user_id")


def read_roster(path):
    """Read a roster.

    Args:
        path: str or path of a CSV file with a header: "id" and any of `FIELDS`.

    Returns:
        List of dicts, one per student.

    Raises:
        BadArgument: if it cannot be read or has no column "id".
    """
    try:
        # Spreadsheets start files with a byte-order mark, and end rows with empty cells.
        text = Path(path).expanduser().read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8"
        raise BadArgument(f"`students` {str(path)!r} cannot be read: {why}.") from error
    reader = csv.DictReader(io.StringIO(text, newline=""), restval="")
    found = [name.strip() for name in reader.fieldnames or []]
    if "id" not in found:
        raise BadArgument(
            f'`students` {str(path)!r} must have a column "id" in its first line, and may have '
            f"{', '.join(FIELDS[1:])}; got {', '.join(found)[:100] or 'an empty file'}."
        )
    reader.fieldnames = found
    return [{name: row[name] or "" for name in found} for row in reader]


def roster_text(students):
    """Return the text of a roster.

    Args:
        students: iterable of ids (str), or of dicts with "id" and any of the other fields.

    Raises:
        BadArgument: if an id cannot name a folder or is duplicated, or a field is unknown.
    """
    if isinstance(students, str | Mapping):
        raise BadArgument(f"`students` must be a list; got {students!r}.")
    rows = [dict(one) if isinstance(one, Mapping) else {"id": one} for one in students]
    seen = set()
    for row in rows:
        name = row.get("id")
        # The id names the folder of the student's submissions.
        if (
            not isinstance(name, str)
            or not name.isprintable()
            or not 0 < len(name) <= 128
            or name != name.strip()
            or name.startswith(".")
            or set(name) & set('/\\:*?"<>|')
        ):
            raise BadArgument(
                "an id in `students` must be text that can name a folder, at most 128 letters;"
                f" got {name!r}."
            )
        if name in seen:
            raise BadArgument(f"the ids in `students` must be unique; got {name!r} twice.")
        seen.add(name)
        if unknown := sorted(map(str, set(row) - set(FIELDS))):
            raise BadArgument(
                f"a student in `students` must have only the fields {', '.join(FIELDS)}; {name!r}"
                f" has {', '.join(unknown)}."
            )
    text = io.StringIO()
    writer = csv.DictWriter(text, FIELDS, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
