"""Report grades to a class and its students: feedback, a class report, tables, the terminal."""

from tlcourse.lazy import lazy_face

_HOMES = {
    "GradingProgress": "terminal",
    "feedback_page": "feedback",
    "print_graded": "terminal",
    "print_verdicts": "terminal",
    "write_class_report": "class_report",
    "write_feedback": "feedback",
    "write_tables": "tables",
}

__all__ = [*_HOMES]

__getattr__ = lazy_face(__name__, _HOMES)
