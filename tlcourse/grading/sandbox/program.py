"""Start programs, and end them with everything they started."""

import subprocess
import time

import psutil

__all__ = ["end_program", "start_program"]

_STOP_SECONDS = 1.0
_AT_REST = (psutil.STATUS_STOPPED, psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
_END_SECONDS = 5.0  # maximum wait for killed processes


def start_program(command, **options):
    """Start a program in a session of its own.

    Its standard input stays open until this process ends, however it ends.

    Args:
        command: list of str, the command line.
        **options: further arguments of `subprocess.Popen`.

    Returns:
        `subprocess.Popen`; its standard error can be read.
    """
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
        **options,
    )


def end_program(process):
    """End a process and all below it; of a sandbox the first ending ends the rest."""
    process.stdin.close()
    if process.poll() is not None:  # its number may have been reused
        return
    try:
        whole = psutil.Process(process.pid)
        whole.suspend()  # so that it starts nothing that we would miss
        until = time.monotonic() + _STOP_SECONDS
        while whole.status() not in _AT_REST and time.monotonic() < until:
            time.sleep(0.001)
        below = whole.children(recursive=True)
    except psutil.Error:
        below = []
    process.kill()
    process.wait()
    for one in below:
        try:
            one.kill()
        except psutil.Error:
            continue
    until = time.monotonic() + _END_SECONDS
    while any(_works(one) for one in below) and time.monotonic() < until:
        time.sleep(0.005)


def _works(process):
    """Tell whether a process is alive; a zombie is not."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
