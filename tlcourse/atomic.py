"""Atomic writes: a file holds its old content or its new one, never half of either."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO


def write_atomically(path: str | os.PathLike, write: Callable[[BinaryIO], None]) -> None:
    """Write a file so that readers see all of it or nothing of it.

    The bytes go to a temporary file in the same folder, reach the disk, and
    only then take the place of `path` in one step. Whatever happens before
    that step (an error in `write`, a full disk, Ctrl-C) leaves `path` as it
    was and no temporary file behind.

    A symbolic link stays a link: the file it points to is replaced. A file
    that existed keeps its permissions; a new one gets the user's usual ones.

    Args:
        path: the file to write. Its folder must exist.
        write: called once with the temporary file, open for writing bytes.

    Raises:
        OSError: when the folder is missing, read-only or full.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     note = Path(folder) / "note.txt"
        ...     write_atomically(note, lambda file: file.write(b"whole"))
        ...     note.read_text()
        'whole'
    """
    target = Path(os.path.realpath(path))
    # A short stem keeps the name legal where `path` itself is near the length limit.
    temporary = target.with_name(f".{target.name[:40]}.{secrets.token_hex(6)}.tmp")
    try:
        # "x" creates with the user's umask, where tempfile.mkstemp would give
        # 0600 and hide a shared cache or a workspace from its other readers.
        with temporary.open("xb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, temporary)
        temporary.replace(target)
    except BaseException:  # KeyboardInterrupt too: Ctrl-C leaves nothing behind
        temporary.unlink(missing_ok=True)
        raise
