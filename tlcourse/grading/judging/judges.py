"""A pool of judges, started on demand."""

import queue
import threading

from tlcourse.grading.judging.judge import Judge

__all__ = ["Judges"]

_PATIENCE = 10.0  # seconds to wait for a busy judge before starting another


class Judges:
    """A pool of judges, each lent for one verdict; another starts when all stay busy.

    Use it in place of a `Judge`, from several threads. A context manager.

    Args:
        secret: bytes, from which the inputs are drawn.
        most: int, maximum number of judges.
    """

    def __init__(self, secret, most):
        self._secret, self._most = secret, most
        self._all, self._idle, self._lock = [], queue.LifoQueue(), threading.Lock()
        self._inputs = Judge(secret)  # its process starts only when a verdict is asked for

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    def cases(self, exercise_id, answers):
        """Return the inputs of an exercise; see `Judge.cases`."""
        return self._inputs.cases(exercise_id, answers)

    def verdict(self, exercise_id, answers, outcomes):
        """Judge what an answer did; arguments and what is returned as in `Judge.verdict`."""
        judge = self._lent()
        try:
            return judge.verdict(exercise_id, answers, outcomes)
        finally:
            self._idle.put(judge)

    def end(self):
        """End all of them."""
        for judge in self._all:
            judge.end()

    def _lent(self):
        while True:
            with self._lock:
                if not self._all:
                    return self._new()
            try:
                return self._idle.get(timeout=_PATIENCE)
            except queue.Empty:
                with self._lock:
                    if len(self._all) < self._most:
                        return self._new()

    def _new(self):
        self._all.append(Judge(self._secret))
        return self._all[-1]
