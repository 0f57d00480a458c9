"""Sandbox by bubblewrap: kernel namespaces, no daemon.

Inside there is no network, no other process, only the files that Python needs (read-only) and a
small `/tmp` that is discarded. System calls that allocate unaccounted memory, or reach beyond the
namespaces, are refused.
"""

import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tlcourse.grading.sandbox.mounts import (
    emptied_folders,
    python_folders,
    system_links,
    system_paths,
    variables,
)
from tlcourse.grading.sandbox.program import end_program, start_program
from tlcourse.grading.sandbox.system_calls import filter_program

__all__ = ["Bubblewrap"]

_TRY_SECONDS = 20


class Bubblewrap:
    """Run programs in bubblewrap (bwrap), as root or as a plain user."""

    name = "bwrap"

    def start(self, program, *, folder, limits):
        """Start a program inside.

        Args:
            program: list of str, the command line.
            folder: Path, readable inside at the same path.
            limits: `Limits`.

        Returns:
            `subprocess.Popen`; its standard error can be read.
        """
        rules = filter_program(platform.machine())
        with tempfile.TemporaryFile() as file:
            file.write(rules or b"")
            file.seek(0)
            filtered = ["--seccomp", str(file.fileno())] if rules else []
            command = self._command(program, filtered, folder, limits)
            # Inside, /proc/1/environ shows the environment in which bwrap itself was started.
            return start_program(command, env={}, pass_fds=[file.fileno()])

    def end(self, process):
        """End what `start` returned, and all within it."""
        end_program(process)

    def own_limits(self, limits):
        """Return the limits (dict) that the program is to ask the system for, from inside."""
        asked = {"memory": limits.memory, "disk": limits.disk, "processes": limits.processes}
        return asked | {"filtered": True}

    def _command(self, program, filtered, folder, limits):
        return [
            shutil.which("bwrap"),
            *filtered,
            *("--unshare-all", "--cap-drop", "ALL", "--new-session", "--die-with-parent"),
            *("--hostname", "grading", "--clearenv"),
            *(word for pair in variables().items() for word in ("--setenv", *pair)),
            *(word for path in system_paths() for word in ("--ro-bind", path, path)),
            *(word for path, to in system_links().items() for word in ("--symlink", to, path)),
            # Settings below /proc/sys that root may write apply to the whole machine.
            *("--proc", "/proc", "--remount-ro", "/proc"),
            # Memory mapped from /dev/zero is accounted to no process.
            *("--dev", "/dev", "--ro-bind", "/dev/null", "/dev/zero", "--remount-ro", "/dev"),
            *("--size", str(limits.disk), "--tmpfs", "/dev/shm"),
            *("--size", str(limits.disk), "--tmpfs", "/tmp"),
            *("--perms", "0700", "--dir", "/tmp/home"),
            *(word for path in python_folders() for word in ("--ro-bind", path, path)),
            *(
                word
                for path in emptied_folders()
                for word in ("--tmpfs", path, "--remount-ro", path)
            ),
            *("--ro-bind", str(folder), str(folder)),
            *("--remount-ro", "/"),
            *("--chdir", "/tmp/home", "--"),
            *program,
        ]


def problem_with_bubblewrap(limits):
    """Return why bubblewrap cannot be used, in a few words, or None when it can."""
    if sys.platform != "linux":
        return "bubblewrap needs Linux"
    if shutil.which("bwrap") is None:
        return "bubblewrap (bwrap) is not installed"
    with tempfile.TemporaryDirectory(prefix="tlg-") as folder:
        # Try it as it will be used: a system may allow some of it and not the rest.
        process = Bubblewrap().start(["true"], folder=Path(folder), limits=limits)
        try:
            said = process.communicate(timeout=_TRY_SECONDS)[1].decode(errors="replace")
        except subprocess.TimeoutExpired:
            process.kill()
            said = process.communicate()[1].decode(errors="replace") or "it does not exit"
            process.returncode = 1
    if process.returncode:
        return f"bubblewrap does not work here ({' '.join(said.split())[:200]})"
    return None
