"""Grade untrusted submissions: run them in a sandbox, judge them outside.

`tlcourse grade` calls `grade_class` (`whole_class.py`); the rest are its parts. Each is imported on
first use, since the sandbox needs hardly any of them.
"""

from tlcourse.lazy import lazy_face

_HOMES = {
    "Bubblewrap": "sandbox",
    "Cluster": "cluster",
    "Container": "sandbox",
    "ExerciseGrade": "grades",
    "Gradebook": "nbgrader",
    "GradebookError": "nbgrader",
    "Graded": "whole_class",
    "GradingProgress": "reports",
    "SubmissionFile": "layout",
    "Judge": "judging",
    "JudgeFailed": "judging",
    "Limits": "sandbox",
    "LocalJobs": "local_jobs",
    "Manifest": "nbgrader",
    "ManifestError": "nbgrader",
    "NoSandbox": "sandbox",
    "NoSubmissions": "layout",
    "ReleasedLesson": "nbgrader",
    "Submission": "answers",
    "SubmissionGrade": "grades",
    "UnreadableSubmission": "answers",
    "VERDICTS": "grades",
    "changed_since": "nbgrader",
    "check_notebook": "self_check",
    "feedback_page": "reports",
    "find_sandbox": "sandbox",
    "find_submissions": "layout",
    "grade_all": "batch",
    "grade_class": "whole_class",
    "grade_submission": "grade",
    "make_manifest": "nbgrader",
    "print_graded": "reports",
    "print_verdicts": "reports",
    "read_manifest": "nbgrader",
    "read_roster": "nbgrader",
    "read_submission": "answers",
    "release": "nbgrader",
    "write_class_report": "reports",
    "write_feedback": "reports",
    "write_tables": "reports",
}

__all__ = [*_HOMES]

__getattr__ = lazy_face(__name__, _HOMES)
