"""Notebooks for formgrader: the lesson, the student's answers and the verdicts.

It is rebuilt from the lesson; only the source of the answers comes from the student's file.
"""

from pathlib import Path

import nbformat

from tlcourse.atomic import write_atomically
from tlcourse.exercises import cell_ids, lesson_files
from tlcourse.grading.answers import UnreadableSubmission, read_submission
from tlcourse.grading.nbgrader.manifest import released_copy

__all__ = ["course_of", "write_autograded"]


def course_of(submissions):
    """Return the course of nbgrader that a folder of submissions belongs to (Path), or None.

    Args:
        submissions: Path of the folder.
    """
    folder = Path(submissions).expanduser().absolute()
    is_course = folder.name == "submitted" and (folder.parent / "nbgrader_config.py").is_file()
    return folder.parent if is_course else None


def write_autograded(course, handed, grades):
    """Write autograded/<student>/<lesson>/<lesson>.ipynb for each submission that can be read.

    Args:
        course: Path of the course's folder.
        handed: list of `SubmissionFile`.
        grades: list of `SubmissionGrade`, in the same order.

    Raises:
        OSError: if a file cannot be written.
    """
    for each, grade in zip(handed, grades, strict=True):
        try:
            answers = read_submission(each.path, each.lesson).answers
        except UnreadableSubmission:
            continue
        name = lesson_files()[each.lesson].stem
        path = Path(course, "autograded", each.student, name, f"{name}.ipynb")
        content = (nbformat.writes(_rebuilt(each.lesson, answers, grade)) + "\n").encode()
        if not path.is_file() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, lambda file, content=content: file.write(content))


def _rebuilt(lesson, answers, grade):
    notebook = released_copy(nbformat.read(lesson_files()[lesson], as_version=4))
    cells = {cell.metadata.get("nbgrader", {}).get("grade_id"): cell for cell in notebook.cells}
    for each in grade.exercises:
        check, answer = cell_ids(each.id)
        if each.id in answers:
            cells[answer].source = answers[each.id]
        text = f"{each.verdict}, {each.points:g} of {each.max:g} points\n{each.message}\n"
        cells[check].outputs = [nbformat.v4.new_output("stream", name="stdout", text=text)]
    return notebook
