"""Grading: submissions that nobody has reason to trust, run apart and judged from outside.

`tlcourse grade` calls `grade_class`, in the file of that name; the rest are its parts. Each is
imported when it is first used: what runs in the sandbox needs hardly any of them.
"""

from importlib import import_module

_HOME = {
    "Bubblewrap": "bubblewrap",
    "Cluster": "cluster",
    "Container": "container",
    "Graded": "grade_class",
    "ExerciseGrade": "grades",
    "Gradebook": "gradebook",
    "GradebookError": "gradebook",
    "Handed": "layout",
    "Judge": "judge",
    "JudgeFailed": "judge",
    "Limits": "sandbox",
    "LocalJobs": "local_jobs",
    "Manifest": "manifest",
    "ManifestError": "manifest",
    "NoSandbox": "sandbox",
    "NoSubmissions": "layout",
    "ReleasedLesson": "manifest",
    "Submission": "submission",
    "SubmissionGrade": "grades",
    "UnreadableSubmission": "submission",
    "VERDICTS": "grades",
    "changed_since": "manifest",
    "check_notebook": "own_copy",
    "feedback_page": "feedback",
    "find_sandbox": "sandbox",
    "find_submissions": "layout",
    "grade_all": "batch",
    "grade_submission": "grade",
    "make_manifest": "manifest",
    "read_manifest": "manifest",
    "read_submission": "submission",
    "write_class_report": "class_report",
    "write_feedback": "feedback",
    "write_tables": "tables",
}

# Not `grade_class` and `release`: their files are called the same, and importing hides them.
__all__ = [*_HOME]


def __getattr__(name):
    if name in _HOME:
        return getattr(import_module(f"tlcourse.grading.{_HOME[name]}"), name)
    raise AttributeError(f"module 'tlcourse.grading' has no attribute {name!r}.")
