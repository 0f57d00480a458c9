"""Make the learner's copy of a notebook: the lesson without its solutions and the teacher's notes.

It follows nbgrader's rules (LockCells, ClearSolutions, ClearOutput, CheckCellMetadata,
ComputeChecksums and ClearHiddenTests, in this order), so either tool can make the copy; nbgrader
itself would put grading menus into a learner's JupyterLab. A test checks that both agree.
"""

import copy
import hashlib

from tlcourse.errors import CourseError

__all__ = ["NotebookFormatError", "learner_copy"]

_CODE_STUB = ("# YOUR CODE HERE", "raise NotImplementedError()")
_TEXT_STUB = ("YOUR ANSWER HERE",)
_FOR_THE_TEACHER = "instructor"  # a cell's tag


class NotebookFormatError(CourseError, ValueError):
    """A source notebook breaks a rule of the lesson format; the message names the cell."""


def learner_copy(notebook):
    """Return the learner's copy of a source notebook; the source is unchanged.

    Solutions become stubs that raise NotImplementedError, hidden tests and outputs are removed,
    cells tagged `instructor` are left out, and solution and check cells are protected from
    accidental deletion.

    Args:
        notebook: NotebookNode, nbformat 4, in nbgrader's source format.

    Returns:
        NotebookNode.

    Raises:
        NotebookFormatError: if a region has no end, is nested, or is in a cell not marked for
            it, or if nbgrader's marks lack an id or points, or repeat an id.
    """
    made = copy.deepcopy(notebook)
    made.metadata.pop("celltoolbar", None)
    made.cells = [cell for cell in made.cells if _FOR_THE_TEACHER not in _tags(cell)]
    _check_marks(made.cells)
    for cell in made.cells:
        _lock(cell)
        _clear_solution(cell)
        _clear_output(cell)
        _add_checksum(cell)
        _clear_hidden_tests(cell)
    return made


def _tags(cell):
    return cell.metadata.get("tags", ())


def _is_solution(cell):
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def _is_grade(cell):
    return bool(cell.metadata.get("nbgrader", {}).get("grade"))


def _is_locked(cell):
    """Tell if the learner must not change a cell: a check, or text marked as locked."""
    locked = _is_grade(cell) or cell.metadata.get("nbgrader", {}).get("locked")
    return bool(locked) and not _is_solution(cell)


def _check_marks(cells):
    seen = set()
    for cell in cells:
        if not (_is_solution(cell) or _is_locked(cell)):
            continue
        grade_id = cell.metadata.nbgrader.get("grade_id")
        if not grade_id:
            raise NotebookFormatError(f"{_name(cell)} is marked for grading but has no `grade_id`.")
        if grade_id in seen:
            raise NotebookFormatError(f"{_name(cell)} has the same `grade_id` as another cell.")
        if _is_grade(cell) and "points" not in cell.metadata.nbgrader:
            raise NotebookFormatError(f"{_name(cell)} is graded but has no `points`.")
        seen.add(grade_id)


def _lock(cell):
    if _is_solution(cell) or _is_locked(cell):
        cell.metadata["deletable"] = False
    if _is_locked(cell):
        cell.metadata["editable"] = False


def _clear_solution(cell):
    stub = _CODE_STUB if cell.cell_type == "code" else _TEXT_STUB
    source, found = _replace_regions(cell, "SOLUTION", stub)
    if found and not _is_solution(cell):
        raise NotebookFormatError(f"{_name(cell)} has a solution but is not a solution cell.")
    if _is_solution(cell) and not found:
        source = "\n".join(stub)
    cell.source = source


def _clear_output(cell):
    if cell.cell_type == "code":
        cell.outputs = []
        cell.execution_count = None
        cell.metadata.pop("collapsed", None)
        cell.metadata.pop("scrolled", None)


def _add_checksum(cell):
    """Sign the cell as nbgrader does: its remaining text and its marks."""
    if not (_is_solution(cell) or _is_locked(cell)):
        return
    marks = cell.metadata.nbgrader
    parts = [cell.source, cell.cell_type]
    parts += [str(flag) for flag in (_is_grade(cell), _is_solution(cell), _is_locked(cell))]
    parts += [marks["grade_id"]]
    if _is_grade(cell):
        parts += [str(float(marks["points"]))]
    marks["checksum"] = hashlib.md5("".join(parts).encode(), usedforsecurity=False).hexdigest()
    marks["cell_type"] = cell.cell_type


def _clear_hidden_tests(cell):
    source, found = _replace_regions(cell, "HIDDEN TESTS", ())
    if found and not _is_grade(cell):
        raise NotebookFormatError(f"{_name(cell)} has hidden tests but is not a check cell.")
    cell.source = source


def _replace_regions(cell, kind, stub):
    """Replace each region between `BEGIN kind` and `END kind`, including its markers.

    Returns:
        `(source, found)`: the new source, and a bool, True if there was a region.
    """
    kept, inside, found = [], False, False
    for line in cell.source.split("\n"):
        if f"BEGIN {kind}" in line:
            if inside:
                raise NotebookFormatError(f"{_name(cell)} has `BEGIN {kind}` twice with no `END`.")
            inside = found = True
            indent = line[: len(line) - len(line.lstrip())]
            kept += [indent + text for text in stub]
        elif f"END {kind}" in line:
            inside = False
        elif not inside:
            kept.append(line)
    if inside:
        raise NotebookFormatError(f"{_name(cell)} has `BEGIN {kind}` and no `END {kind}`.")
    return "\n".join(kept), found


def _name(cell):
    name = cell.metadata.get("nbgrader", {}).get("grade_id") or cell.get("id") or "?"
    return f"The cell {name!r}"
