"""Sandbox by Docker or Podman, on this machine's own files.

No image is downloaded: the container starts with links only, and mounts the Python and packages
that grade, read-only. So it needs no network, and runs the same code as bubblewrap would. The
engine enforces the limits, and grants no network, no capability and no way to gain one.
"""

import contextlib
import hashlib
import io
import os
import secrets
import shutil
import subprocess
import sys
import tarfile
import tempfile
import weakref
from pathlib import Path

from tlcourse.grading.folders import new_folder, remove_folder
from tlcourse.grading.sandbox.mounts import (
    emptied_folders,
    python_folders,
    system_links,
    system_paths,
    variables,
)
from tlcourse.grading.sandbox.program import end_program, start_program

__all__ = ["ENGINES", "Container", "find_container"]

ENGINES = ("docker", "podman")
_TRY_SECONDS = 60
# Files with this process's limits, in cgroups of version 2 and of version 1.
_LIMIT_FILES = (
    "/sys/fs/cgroup/pids.max",
    "/sys/fs/cgroup/pids/pids.max",
    "/sys/fs/cgroup/memory.max",
    "/sys/fs/cgroup/memory/memory.limit_in_bytes",
)
_OURS = "this is ours"
_LIFE = 20  # times the seconds of one answer: then a container ends even if its grader was killed


class Container:
    """Run programs in containers of Docker or Podman.

    Args:
        engine: str, "docker" or "podman", or the path of one.
        user: str, numeric "user:group" inside; None for this process's own.
    """

    name = "docker"

    def __init__(self, engine, user=None):
        self._engine = engine
        self._user = user or f"{os.getuid()}:{os.getgid()}"
        self._image, self._names = None, {}
        # Not a tmpfs: Podman copies into it what it covers.
        self._empty = new_folder()
        weakref.finalize(self, remove_folder, self._empty)

    def start(self, program, *, folder, limits):
        """Start a program inside; arguments and what is returned as in `Bubblewrap.start`."""
        if self._image is None:
            self._image = self._import_image()
        name = f"tlcourse-{secrets.token_hex(8)}"
        command = self._command(name, self._image, program, folder, limits)
        # When memory runs out, Podman's monitor leaves a file where it was started.
        process = start_program(command, cwd=folder)
        self._names[process] = name
        return process

    def end(self, process):
        """End what `start` returned, and all within it."""
        name = self._names.pop(process, None)
        if name is not None and process.poll() is None:
            # The container is the engine's child, not ours: the engine must end it.
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._ask(["rm", "--force", "--volumes", name])
        end_program(process)

    def own_limits(self, limits):
        """Return the limits (dict) that the program is to ask the system for, from inside."""
        # Processes would be counted with all others of this user. The engine's own filter allows
        # more than ours, and knows of much that ours does not: both hold.
        asked = {"memory": limits.memory, "disk": limits.disk, "processes": None}
        return asked | {"filtered": False}

    def _command(self, name, image, program, folder, limits):
        small = f"rw,nosuid,nodev,size={limits.disk},mode=1777"
        return [
            self._engine,
            *("run", "--rm", "--name", name, "--log-driver", "none"),
            *("--interactive", "--attach", "stdin", "--attach", "stderr"),
            *("--pull", "never", "--network", "none", "--hostname", "grading"),
            *("--cap-drop", "ALL", "--security-opt", "no-new-privileges"),
            *("--security-opt", "label=disable"),  # otherwise SELinux hides the mounts
            *("--read-only", "--user", self._user, "--workdir", "/tmp"),
            *("--memory", str(limits.memory), "--memory-swap", str(limits.memory)),
            *("--pids-limit", str(limits.processes), "--ulimit", "core=0"),
            # By default Podman asks for more than we may give.
            *("--ulimit", "nofile=4096:4096", "--ulimit", "nproc=4096:4096"),
            *("--shm-size", str(limits.disk), "--tmpfs", f"/tmp:{small}"),
            *(word for pair in variables().items() for word in ("--env", "=".join(pair))),
            *(
                word
                for path in [*system_paths(), *python_folders()]
                for word in _mount(path, path, "readonly")
            ),
            *self._hidden(),
            *_mount(folder, folder, "readonly"),
            image,
            *("timeout", "--signal", "KILL", f"{_LIFE * limits.seconds:g}"),
            *program,
        ]

    def _hidden(self):
        hidden = dict.fromkeys(emptied_folders(), self._empty)
        # Memory mapped from /dev/zero is accounted to no process.
        hidden["/dev/zero"] = "/dev/null"
        return [word for path, over in hidden.items() for word in _mount(over, path, "readonly")]

    def _import_image(self):
        """Make an image of links, unless there is one, and return its name."""
        data = _image()
        name = f"tlcourse-nothing:{hashlib.sha256(data).hexdigest()[:12]}"
        if self._ask(["image", "inspect", name]).returncode:
            made = self._ask(["import", "-", name], input=data)
            if made.returncode:
                raise OSError(_said(made.stderr))
        return name

    def _ask(self, words, **options):
        command = [self._engine, *words]
        return subprocess.run(
            command, capture_output=True, timeout=_TRY_SECONDS, check=False, **options
        )


def find_container(limits):
    """Return a container engine that was seen to work here.

    Returns:
        `(container, None)`, or `(None, why)`, with the reason in a few words.
    """
    if sys.platform != "linux":
        # The Python mounted into the container must be one for Linux.
        return None, "Docker and Podman are supported on Linux only"
    problems = []
    for engine in filter(None, map(shutil.which, ENGINES)):
        # An engine that runs as this user shows its files as root's.
        for user in dict.fromkeys([f"{os.getuid()}:{os.getgid()}", "0:0"]):
            container = Container(engine, user)
            why = _try(container, limits)
            if why is None:
                return container, None
        problems.append(f"{Path(engine).name} does not work here ({why})")
    return None, ", and ".join(problems) or "neither Docker nor Podman is installed"


def _try(container, limits):
    """Return why a container would not do as it is used, in a few words, or None when it would.

    Our files must be readable inside, and the limits must apply: an engine may ignore them.
    """
    with tempfile.TemporaryDirectory(prefix="tlg-") as folder:
        ours = Path(folder, "ours")
        ours.write_text(f"{_OURS}\n", encoding="ascii")
        ours.chmod(0o600)
        program = ["sh", "-c", 'cat "$@" >&2; true', "sh", str(ours), *_LIMIT_FILES]
        try:
            process = container.start(program, folder=Path(folder), limits=limits)
        except (OSError, subprocess.TimeoutExpired) as error:
            return " ".join(str(error).split())[:200]
        try:
            said = process.communicate(timeout=_TRY_SECONDS)[1]
        except subprocess.TimeoutExpired:
            container.end(process)
            return "it does not exit"
    _, seen, rest = said.decode(errors="replace").partition(f"{_OURS}\n")
    if not seen:
        return _said(said) or "it cannot read our files"
    found = [int(line) for line in rest.split("\n") if line.isdigit()]
    asked = (limits.processes, limits.memory)
    if len(found) != 2 or any(value > most for value, most in zip(found, asked, strict=True)):
        return (
            "it does not limit memory and processes; without root that needs cgroups of version 2"
        )
    return None


def _said(stream):
    return " ".join(stream.decode(errors="replace").split())[:200]


def _mount(source, target, *words):
    """Return the option that shows a path inside; quoted, as a path may hold a comma."""
    fields = ["type=bind", f"source={source}", f"target={target}", *words]
    quoted = [
        '"' + each.replace('"', '""') + '"' if set(each) & {",", '"'} else each for each in fields
    ]
    return ["--mount", ",".join(quoted)]


def _image():
    """Return a file system (bytes, tar) with the system's links and nothing else."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        for path, target in system_links().items():
            link = tarfile.TarInfo(path.lstrip("/"))
            link.type, link.linkname = tarfile.SYMTYPE, target
            tar.addfile(link)
    return stream.getvalue()
