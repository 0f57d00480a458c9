"""Judge answers in a separate process, the only one that knows the right answers."""

from tlcourse.lazy import lazy_face

_HOMES = {
    "Judge": "judge",
    "JudgeFailed": "judge",
    "Judges": "judges",
}

__all__ = [*_HOMES]

__getattr__ = lazy_face(__name__, _HOMES)
