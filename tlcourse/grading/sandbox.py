"""Where a student's code runs: alone, with nothing of ours in reach.

Inside bubblewrap there is no network, no other process, no file but those that Python needs (to
read) and a small `/tmp` that goes with it. The course's own notebooks, which hold the solutions,
and the files that judge answers are not there either. System calls that take memory which nobody
counts, or that reach past the namespaces, are refused.
"""

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tlcourse.domains.shipped import data_folder
from tlcourse.errors import CourseError, UnknownName, near
from tlcourse.exercises.catalog import for_lesson, lesson_ids
from tlcourse.exercises.source import notebooks_dir
from tlcourse.grading.system_calls import filter_program

__all__ = ["SANDBOXES", "Bubblewrap", "Limits", "NoSandbox", "Unprotected", "find_sandbox"]

SANDBOXES = ("auto", "bwrap", "none")
_PACKAGE = Path(__file__).resolve().parents[1]
_SYSTEM = ("/usr", "/bin", "/lib", "/lib32", "/lib64", "/sbin", "/etc/ld.so.cache")
_MB = 1_000_000
_TRY_SECONDS = 20


class NoSandbox(CourseError):  # noqa: N818 (it reads better)
    """There is nothing to grade in safely; the message says what to install."""


@dataclass(frozen=True)
class Limits:
    """What one submission may take of the machine.

    Attributes:
        seconds: wall-clock time for each answer, and for the start before the first.
        memory: bytes that all its processes may hold together.
        processes: processes and threads together.
        disk: bytes that it may write, to a disk in memory that goes with it.
        reply: bytes of one answer.
    """

    seconds: float = 60.0
    memory: int = 4_000 * _MB
    processes: int = 400
    disk: int = 200 * _MB
    reply: int = 50 * _MB


class Bubblewrap:
    """Runs programs in bubblewrap (bwrap), as root or as a plain user."""

    name = "bwrap"

    def start(self, program, *, folder, limits):
        """Starts a program inside.

        Args:
            program: list of str.
            folder: Path that can be written both inside and here, at the same place.
            limits: `Limits`.

        Returns:
            `subprocess.Popen`; of its streams standard error can be read.
        """
        rules = filter_program(platform.machine())
        with tempfile.TemporaryFile() as file:
            file.write(rules or b"")
            file.seek(0)
            filtered = ["--seccomp", str(file.fileno())] if rules else []
            command = self._command(program, filtered, folder, limits)
            # Inside, /proc/1/environ shows what bwrap itself was started with.
            return _started(command, env={}, pass_fds=[file.fileno()])

    def _command(self, program, filtered, folder, limits):
        return [
            shutil.which("bwrap"),
            *filtered,
            *("--unshare-all", "--cap-drop", "ALL", "--new-session", "--die-with-parent"),
            *("--hostname", "grading", "--clearenv"),
            *_variables(),
            *_system(),
            # What root may write below /proc/sys holds for the whole machine.
            *("--proc", "/proc", "--remount-ro", "/proc"),
            # Memory mapped from /dev/zero is counted for nobody.
            *("--dev", "/dev", "--ro-bind", "/dev/null", "/dev/zero", "--remount-ro", "/dev"),
            *("--size", str(limits.disk), "--tmpfs", "/dev/shm"),
            *("--size", str(limits.disk), "--tmpfs", "/tmp"),
            *("--perms", "0700", "--dir", "/tmp/home"),
            *_python(),
            *_hidden(),
            *("--bind", str(folder), str(folder)),
            *("--remount-ro", "/"),
            *("--chdir", "/tmp/home", "--"),
            *program,
        ]


class Unprotected:
    """Runs programs as they are: only for submissions that one would run oneself."""

    name = "none"

    def start(self, program, *, folder, limits):
        """Starts a program; arguments and what is returned as in `Bubblewrap.start`."""
        return _started(program)


def _started(command, **options):
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
        **options,
    )


def find_sandbox(kind="auto"):
    """Returns a sandbox that was seen to work here.

    Args:
        kind: "auto", the best that there is; "bwrap"; or "none", no protection at all, which is
            never chosen by itself.

    Returns:
        `Bubblewrap` or `Unprotected`.

    Raises:
        NoSandbox: if there is none, or it does not work here.
        UnknownName: if `kind` is none of these.
    """
    if kind not in SANDBOXES:
        raise UnknownName(f"`sandbox` is {kind!r}; there is no such one.{near(kind, SANDBOXES)}")
    if kind == "none":
        return Unprotected()
    problem = _try_bubblewrap()
    if problem is None:
        return Bubblewrap()
    raise NoSandbox(
        f"There is no sandbox to run submissions in: {problem} Install bubblewrap (Debian, Ubuntu: "
        "`apt install bubblewrap`; Fedora: `dnf install bubblewrap`; on Windows inside WSL), or "
        "grade unprotected with `--sandbox none` what you would run yourself."
    )


def _try_bubblewrap():
    """Returns why bubblewrap cannot be used, in one sentence, or None when it can."""
    if sys.platform != "linux":
        return "bubblewrap needs Linux."
    if shutil.which("bwrap") is None:
        return "bubblewrap (bwrap) is not installed."
    with tempfile.TemporaryDirectory(prefix="tlg-") as folder:
        # As it will be used: a system may allow some of it and not the rest.
        process = Bubblewrap().start(["true"], folder=Path(folder), limits=Limits())
        try:
            said = process.communicate(timeout=_TRY_SECONDS)[1].decode(errors="replace")
        except subprocess.TimeoutExpired:
            process.kill()
            said = process.communicate()[1].decode(errors="replace") or "it does not end"
            process.returncode = 1
    if process.returncode:
        return f"bubblewrap does not work here ({' '.join(said.split())[:200]})."
    return None


def _variables():
    """Sets the environment: nothing of ours but where Python finds its packages."""
    settings = {
        "PATH": os.pathsep.join([str(Path(sys.prefix, "bin")), "/usr/bin", "/bin"]),
        "HOME": "/tmp/home",
        "IPYTHONDIR": "/tmp/home/.ipython",
        "TMPDIR": "/tmp",
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    for name in ("KERAS_BACKEND", "PYTHONPATH", "LD_LIBRARY_PATH"):
        if name in os.environ:
            settings[name] = os.environ[name]
    return [word for pair in settings.items() for word in ("--setenv", *pair)]


def _system():
    """Shows the system's programs and libraries, links as links."""
    words = []
    for path in _SYSTEM:
        if Path(path).is_symlink():
            words += ["--symlink", str(Path(path).readlink()), path]
        elif Path(path).exists():
            words += ["--ro-bind", path, path]
    return words


def _python():
    """Shows the interpreter, its packages, this package and the weights that come with it."""
    places = {Path(sys.prefix), Path(sys.base_prefix), _PACKAGE, data_folder()}
    places |= {Path(place) for place in os.environ.get("PYTHONPATH", "").split(os.pathsep) if place}
    # A checkout on the path holds the notebooks once more, in its history.
    places = {place.absolute() for place in places if place.is_dir()} - {_PACKAGE.parent}
    shown = sorted(str(place) for place in places)
    return [word for place in shown for word in ("--ro-bind", place, place)]


def _hidden():
    """Lays empty folders, and files that cannot be read, over all that holds right answers."""
    exercises = _PACKAGE / "exercises"
    # An editable install keeps a second copy of the notebooks beside the packages.
    installed = [Path(place, "tlcourse", "_course", "notebooks") for place in sys.path if place]
    folders = {notebooks_dir(), exercises / "__pycache__", *installed}
    words = []
    for folder in sorted(str(folder.absolute()) for folder in folders if folder.is_dir()):
        words += ["--tmpfs", folder, "--remount-ro", folder]
    observed = _observing_files()
    for path in sorted(exercises.glob("lesson_*.py")):
        if path not in observed:
            words += ["--ro-bind", "/dev/null", str(path)]
    return words


def _observing_files():
    """Returns the files of the functions that observe answers: they run beside these."""
    return {
        Path(sys.modules[exercise.observe.__module__].__file__).resolve()
        for lesson in lesson_ids()
        for exercise in for_lesson(lesson)
    }
