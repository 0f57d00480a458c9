"""Temporary folders, removed even after a killed run."""

import contextlib
import itertools
import os
import re
import secrets
import tempfile
from pathlib import Path

import psutil

__all__ = ["new_folder", "remove_folder", "remove_left_folders"]

_NAME = re.compile(r"tlg-(\d+)-\w+")


def new_folder():
    """Make a folder that tells whose it is (Path, short: that of a socket may have 107 bytes)."""
    return Path(tempfile.mkdtemp(prefix=f"tlg-{os.getpid()}-"))


def remove_folder(folder):
    """Remove a folder; one within it is first laid beside the others, however deep it was."""
    names, folders = itertools.count(), [folder]
    with contextlib.suppress(OSError):
        while folders:
            this = folders.pop()
            for entry in list(os.scandir(this)):
                if entry.is_dir(follow_symlinks=False):
                    Path(entry.path).chmod(0o700)
                    beside = folder / f"{secrets.token_hex(8)}-{next(names)}"
                    folders.append(Path(entry.path).rename(beside))
                else:
                    Path(entry.path).unlink()
            if this != folder:
                this.rmdir()
        folder.rmdir()


def remove_left_folders():
    """Remove the folders of this user's processes that are there no more."""
    for path in Path(tempfile.gettempdir()).glob("tlg-*"):
        name = _NAME.fullmatch(path.name)
        if name is None or psutil.pid_exists(int(name[1])) or path.is_symlink():
            continue
        with contextlib.suppress(OSError):  # another grader is removing it
            if path.stat().st_uid == os.getuid():
                remove_folder(path)
