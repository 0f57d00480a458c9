"""Choose a sandbox, and set its limits.

The course's own notebooks, which contain the solutions, and the files that judge answers are
hidden too.
"""

from dataclasses import dataclass

from tlcourse.errors import CourseError, UnknownName, near
from tlcourse.grading.sandbox.bubblewrap import Bubblewrap, problem_with_bubblewrap
from tlcourse.grading.sandbox.container import find_container
from tlcourse.grading.sandbox.program import end_program, start_program

__all__ = ["SANDBOXES", "Limits", "NoSandbox", "Unprotected", "find_sandbox"]

SANDBOXES = ("auto", "bwrap", "docker", "none")
_MB = 1_000_000


class NoSandbox(CourseError):  # noqa: N818 (it reads better)
    """No safe sandbox is available; the message says what to install."""


@dataclass(frozen=True)
class Limits:
    """What one submission may use of the machine.

    Attributes:
        seconds: float, wall-clock time for each answer, and for the start before the first.
        memory: int, bytes for all its processes together.
        processes: int, processes and threads together.
        disk: int, bytes that it may write, to a disk in memory that is discarded.
        reply: int, bytes of one answer.
    """

    seconds: float = 60.0
    memory: int = 4_000 * _MB
    processes: int = 400
    disk: int = 200 * _MB
    reply: int = 50 * _MB


class Unprotected:
    """Run programs as they are: only for submissions that one would run oneself."""

    name = "none"

    def start(self, program, *, folder, limits):
        """Start a program; arguments and what is returned as in `Bubblewrap.start`."""
        return start_program(program)

    def end(self, process):
        """End what `start` returned, and all below it."""
        end_program(process)

    def own_limits(self, limits):
        """Return None: the program asks the system for none."""
        return


def find_sandbox(kind="auto"):
    """Return a sandbox that was seen to work here.

    Args:
        kind: "auto", the best available; "bwrap"; "docker", or Podman if there is no Docker; or
            "none", no protection at all, which "auto" never chooses.

    Returns:
        `Bubblewrap`, `Container` or `Unprotected`.

    Raises:
        NoSandbox: if none is available, or it does not work here.
        UnknownName: if `kind` is none of these.
    """
    if kind not in SANDBOXES:
        raise UnknownName(f"`sandbox` is {kind!r}; there is no such one.{near(kind, SANDBOXES)}")
    if kind == "none":
        return Unprotected()
    problems = []
    if kind in ("auto", "bwrap"):
        problem = problem_with_bubblewrap(Limits())
        if problem is None:
            return Bubblewrap()
        problems.append(problem)
    if kind in ("auto", "docker"):
        container, problem = find_container(Limits())
        if container is not None:
            return container
        problems.append(problem)
    raise NoSandbox(
        f"There is no sandbox to run submissions in: {', and '.join(problems)}. Install bubblewrap "
        "(Debian, Ubuntu: `apt install bubblewrap`; Fedora: `dnf install bubblewrap`; on Windows "
        "inside WSL), or start Docker or Podman, or grade without protection, with `--sandbox "
        "none`, what you would run yourself."
    )
