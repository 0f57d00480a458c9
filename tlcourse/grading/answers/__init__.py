"""Read a student's submission and get its answers out of the sandbox as plain data."""

from tlcourse.lazy import lazy_face

_HOMES = {
    "Kernel": "kernel",
    "MAX_BYTES": "submission_file",
    "Stopped": "kernel",
    "Submission": "submission_file",
    "UnreadableSubmission": "submission_file",
    "WireError": "wire",
    "decode": "wire",
    "encode": "wire",
    "read_content": "submission_file",
    "read_submission": "submission_file",
}

__all__ = [*_HOMES]

__getattr__ = lazy_face(__name__, _HOMES)
