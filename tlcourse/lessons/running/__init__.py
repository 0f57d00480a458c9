"""Run lessons from top to bottom, and report every claim."""

from tlcourse.lazy import lazy_face

_HOMES = {
    "KERNEL_SPEC": "kernel",
    "TerminalProgress": "progress",
    "execute_notebook": "run_notebook",
    "print_run": "report",
    "run_lessons": "run",
}

__all__ = [*_HOMES]

__getattr__ = lazy_face(__name__, _HOMES)
