"""Grade your own notebook as a teacher would, on other inputs."""

from pathlib import Path

from tlcourse.grading.answers import UnreadableSubmission
from tlcourse.grading.grade import grade_submission
from tlcourse.grading.judging import Judge
from tlcourse.grading.layout import lesson_of
from tlcourse.grading.sandbox import NoSandbox, find_sandbox

__all__ = ["check_notebook"]

_OPEN = b"not a secret: for learners to try themselves"


def check_notebook(path, *, limits):
    """Grade a learner's copy of a lesson, on inputs that no teacher grades with.

    It is the learner's own code on their own machine: without a sandbox, it runs unprotected.

    Args:
        path: str or path of the notebook, named after its lesson: "04_feature_extraction.ipynb".
        limits: `Limits`.

    Returns:
        `SubmissionGrade`.

    Raises:
        UnreadableSubmission: if the file is not named after a lesson, or cannot be read.
    """
    path = Path(path).expanduser()
    lesson = lesson_of(path)
    if lesson is None:
        raise UnreadableSubmission(
            f"{path.name!r} is not named after a lesson; use its original name, such as "
            "'04_feature_extraction.ipynb'."
        )
    try:
        sandbox = find_sandbox()
    except NoSandbox:
        sandbox = find_sandbox("none")
    with Judge(_OPEN) as judge:
        grade = grade_submission(
            path, student="", lesson=lesson, judge=judge, sandbox=sandbox, limits=limits
        )
    if grade.error is not None:
        raise UnreadableSubmission(grade.error)
    return grade
