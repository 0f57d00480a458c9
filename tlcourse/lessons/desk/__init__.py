"""Prepare a learner's desk: workspace, JupyterLab, and a check of the machine."""

from tlcourse.lazy import lazy_face

_HOMES = {
    "choose_port": "lab",
    "examine": "doctor",
    "learner_copy": "views",
    "make_workspace": "workspace",
    "open_lab": "lab",
    "print_data_sets": "report",
    "print_doctor": "report",
    "print_lessons": "report",
    "print_verified": "report",
}

__all__ = [*_HOMES]

__getattr__ = lazy_face(__name__, _HOMES)
