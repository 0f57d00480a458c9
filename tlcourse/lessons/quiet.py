"""Silence a library's start-up chatter without losing its errors."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet_start() -> Iterator[None]:
    """Hold back what C++ code writes to standard error in the block; show it if the block raises.

    TensorFlow logs that there is no GPU before its own log level applies, so
    TF_CPP_MIN_LOG_LEVEL cannot silence it, and a lesson on an ordinary laptop
    would open with red warnings. Only the file descriptor is redirected:
    Python's own warnings and tracebacks still show. If the block raises, all
    held-back output is written, since it may explain the error.

    Yields:
        None.
    """
    try:
        screen = os.dup(2)
    except OSError:  # no standard error at all (pythonw, a service): nothing to hide
        yield
        return
    with tempfile.TemporaryFile() as held:
        sys.stderr.flush()
        os.dup2(held.fileno(), 2)
        try:
            yield
        except BaseException:
            _restore(screen)
            held.seek(0)
            os.write(2, held.read())
            raise
        _restore(screen)


def _restore(screen):
    os.dup2(screen, 2)
    os.close(screen)
