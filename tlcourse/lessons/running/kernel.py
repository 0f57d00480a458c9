"""Kernels of this interpreter, and a lesson's environment."""

import os
import sys
from pathlib import Path

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager

from tlcourse.lessons.profile import resolve_data

KERNEL_SPEC = {
    "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
    "display_name": "Python 3 (tlcourse)",
    "language": "python",
    "metadata": {"debugger": True},
}


class _ThisInterpreter(KernelSpecManager):
    """Answer every kernel name with the running Python.

    An installed kernel named "python3" may belong to another environment, in
    which the course is missing or has another version.
    """

    def get_kernel_spec(self, kernel_name):
        return KernelSpec(**KERNEL_SPEC)


def new_kernel_manager() -> AsyncKernelManager:
    """Return a manager for one kernel of the running interpreter; start nothing."""
    return AsyncKernelManager(kernel_spec_manager=_ThisInterpreter())


def kernel_environment(folder: str | os.PathLike, **extra: str) -> dict[str, str]:
    """Return the environment variables for a kernel that runs a lesson in another folder.

    Relative folders are made absolute, since the kernel works in another folder.
    The learner's own IPython start-up files and the terminal's plotting backend
    are left out, so that a lesson runs the same everywhere.

    Args:
        folder: an empty folder for the kernel's IPython files.
        extra: variables to set, such as TLCOURSE_SEED="0".

    Returns:
        A new dict; the environment of this process is unchanged.
    """
    environment = {**os.environ, **extra, "IPYTHONDIR": str(folder)}
    environment.pop("MPLBACKEND", None)
    if data := resolve_data():
        environment["TLCOURSE_DATA"] = data
    if cache := environment.get("TLCOURSE_CACHE"):
        environment["TLCOURSE_CACHE"] = str(Path(cache).expanduser().absolute())
    if search := environment.get("PYTHONPATH"):
        folders = (str(Path(part).absolute()) for part in search.split(os.pathsep) if part)
        environment["PYTHONPATH"] = os.pathsep.join(folders)
    return environment
