"""Check whether this machine can run the course, and say what to fix."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from tlcourse.atomic import write_atomically
from tlcourse.errors import CourseError
from tlcourse.lessons.desk.doctor_packages import Check, packages, python

_GIB = 2**30
_INSTALL = "Run: pip install --upgrade tlcourse"


@dataclass(frozen=True)
class Report:
    """All checks, in order."""

    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Tell whether the course can run."""
        return all(check.ok for check in self.checks)

    def to_json(self) -> dict:
        """Return what `tlcourse doctor --json` prints."""
        return {"ok": self.ok, "checks": [asdict(check) for check in self.checks]}


def examine(on_check: Callable[[str], None] = lambda name: None) -> Report:
    """Check Python, packages, Keras, memory, disk, lessons, kernel and data.

    Nothing is raised: a check that raises counts as failed. A machine without
    a GPU passes.

    Args:
        on_check: called with the name of each check before it starts.
    """
    checks = [python(), *packages()]
    for name, look in _LOOKS.items():
        on_check(name)
        try:
            checks.append(look())
        except Exception as error:  # any failure is a finding
            checks.append(
                Check(name, False, f"{type(error).__name__}: {_one_line(error)}", _INSTALL)
            )
    return Report(tuple(checks))


# Run Keras in a process of its own, to contain its messages and to survive a crash of TensorFlow
# (an unsupported CPU, a broken driver), which is then a finding.
_ASK_KERAS = """
import json, keras
from tlcourse.lessons.devices import device_names
backend = keras.backend.backend()
print(json.dumps([backend, __import__(backend).__version__, device_names()]))
"""


def _keras():
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "2"}
    try:
        done = subprocess.run(
            [sys.executable, "-c", _ASK_KERAS],
            capture_output=True,
            timeout=180,
            env=environment,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Check("backend", False, "no answer within 180 s", _INSTALL)
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines() or ["no message"]
        return Check(
            "backend",
            False,
            f"exit code {done.returncode}: {said[-1].strip()}",
            f"{_INSTALL} (and check KERAS_BACKEND and ~/.keras/keras.json)",
        )
    backend, version, devices = json.loads(done.stdout.decode().splitlines()[-1])
    gpu = any(device.startswith("gpu") for device in devices)
    help_line = (
        ""
        if gpu
        else "No GPU; the quick profile needs none. On Linux: pip install 'tlcourse[cuda]'"
    )
    return Check("backend", True, f"{backend} {version} on {', '.join(devices)}", help_line)


def _memory():
    free = _free_memory()
    if free is None:
        return Check("memory", True, "unknown")
    ok = free >= 3 * _GIB
    return Check(
        "memory",
        ok,
        f"{free / _GIB:.1f} GiB free",
        "" if ok else "Close other programs: lessons use up to 3 GiB.",
    )


def _free_memory():
    """Return free memory in bytes, or None if the system does not report it."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        kibibytes = next(line for line in lines if line.startswith("MemAvailable:")).split()[1]
        return int(kibibytes) * 1024
    except (OSError, StopIteration, ValueError, IndexError):
        pass  # not Linux
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):  # Windows has no sysconf, macOS not this name
        return None


def _cache_folder():
    from tlcourse.domains.files import cache_folder

    return cache_folder()


def _disk():
    folder = _cache_folder().absolute()
    there = next(parent for parent in (folder, *folder.parents) if parent.is_dir())
    free = shutil.disk_usage(there).free
    ok = free >= _GIB
    return Check(
        "disk",
        ok,
        f"{free / _GIB:.1f} GiB free",
        "" if ok else f"Free disk space at {folder}: 1 GiB is needed.",
    )


def _cache():
    folder = _cache_folder()
    probe = folder / ".tlcourse-probe"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(probe, lambda file: None)
        probe.unlink()
    except OSError as error:
        return Check(
            "cache",
            False,
            f"{folder}: {error.strerror or error}",
            "Set TLCOURSE_CACHE to a writable folder.",
        )
    return Check("cache", True, str(folder))


def _lessons():
    from tlcourse.lessons.catalog import lessons

    try:
        return Check("lessons", True, f"{len(lessons())} lessons")
    except CourseError as error:
        return Check(
            "lessons", False, _one_line(error), "Run: pip install --force-reinstall tlcourse"
        )


def _kernel():
    import nbformat

    from tlcourse.lessons.running import execute_notebook

    cells = [nbformat.v4.new_code_cell("1 + 1")]
    done = execute_notebook(nbformat.v4.new_notebook(cells=cells), cell_timeout=60)
    outputs = done.notebook.cells[0].outputs
    if done.error is None and outputs and outputs[0]["data"]["text/plain"] == "2":
        return Check("kernel", True, f"answers in {done.seconds:.1f} s")
    return Check(
        "kernel",
        False,
        done.error or "1 + 1 was not 2",
        "Run: pip install --upgrade ipykernel jupyter-client",
    )


def _data():
    from tlcourse.lessons.profile import resolve_data

    try:
        return Check(
            "data", True, resolve_data() or "TLCOURSE_DATA is not set: the course's own data"
        )
    except CourseError as error:
        return Check(
            "data", False, _one_line(error), "Set TLCOURSE_DATA to an existing folder, or unset it."
        )


def _one_line(error):
    return " ".join(str(error).split())


_LOOKS = {
    "backend": _keras,
    "memory": _memory,
    "disk": _disk,
    "cache": _cache,
    "lessons": _lessons,
    "kernel": _kernel,
    "data": _data,
}
