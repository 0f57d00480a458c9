"""Lay out a course for nbgrader and write grades into its gradebook."""

from tlcourse.lazy import lazy_face

_HOMES = {
    "Gradebook": "gradebook",
    "GradebookError": "gradebook",
    "Manifest": "manifest",
    "ManifestError": "manifest",
    "ReleasedLesson": "manifest",
    "changed_since": "manifest",
    "course_of": "autograded",
    "make_manifest": "manifest",
    "read_manifest": "manifest",
    "read_roster": "roster",
    "release": "course",
    "write_autograded": "autograded",
}

__all__ = [*_HOMES]

__getattr__ = lazy_face(__name__, _HOMES)
