"""A manifest says what was released, and sees every change but a new run."""

import dataclasses
import json

import nbformat
import pytest

from tlcourse import __version__
from tlcourse.errors import BadArgument, CourseError, UnknownName
from tlcourse.exercises import for_lesson
from tlcourse.exercises.source import lesson_files
from tlcourse.grading.nbgrader.manifest import (
    ManifestError,
    ReleasedLesson,
    changed_since,
    checksum,
    make_manifest,
    read_manifest,
    released_copy,
)


@pytest.fixture
def notebooks(tmp_path, monkeypatch):
    """A folder of sources that may be changed: lessons 00 and 01."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    for name in ("00", "01"):
        path = lesson_files()[name]
        (folder / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr("tlcourse.exercises.source.notebooks_dir", lambda: folder)
    return folder


@pytest.fixture
def written(tmp_path):
    """Function that writes a record as a manifest and returns its path."""

    def write(record):
        path = tmp_path / "manifest.json"
        path.write_text(json.dumps(record))
        return path

    return write


def edit(folder, change):
    """Change the source of lesson 00."""
    path = folder / "00_start_here.ipynb"
    notebook = nbformat.read(path, as_version=4)
    change(notebook)
    nbformat.write(notebook, path)


def test_it_says_what_each_lesson_holds():
    made = make_manifest(["04", "00", "4"])
    assert made.version == __version__
    assert [lesson.id for lesson in made.lessons] == ["00", "04"]
    lesson = made.lessons[1]
    assert (lesson.notebook, lesson.name) == (lesson_files()["04"].name, "04_feature_extraction")
    assert lesson.exercises == tuple((e.id, e.points) for e in for_lesson("04"))
    assert len({lesson.source_sha256, lesson.learner_sha256, made.lessons[0].source_sha256}) == 3


def test_a_checksum_by_hand():
    cells = [nbformat.v4.new_code_cell("x = 1", id="a"), nbformat.v4.new_markdown_cell("b", id="b")]
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"tlcourse": {"id": "00"}})
    # printf '%s' '[{"tlcourse":{"id":"00"}},[{"cell_type":"code","id":"a","metadata":{},
    # "source":"x = 1"},{"cell_type":"markdown","id":"b","metadata":{},"source":"b"}]]' | sha256sum
    # (one line; the break and the "# " above are not in it)
    assert checksum(notebook) == "27e575e2d8728e7690066c6fa6dc5da083cc031ef75b89a091c2a7833520bd76"


def test_it_comes_back_from_its_file(written):
    made = make_manifest(lesson_files())
    assert read_manifest(written(made.to_json())) == made


def test_nothing_has_changed_at_once():
    assert changed_since(make_manifest(lesson_files())) == []


def test_a_new_run_is_no_change(notebooks):
    before = make_manifest(["00"])

    def run(notebook):
        for number, cell in enumerate(c for c in notebook.cells if c.cell_type == "code"):
            cell.outputs = [nbformat.v4.new_output("stream", text=f"other {number}")]
            cell.execution_count = 100 + number
            cell.metadata |= {"scrolled": True, "collapsed": False, "execution": {"a": "12:00"}}
        notebook.metadata["language_info"] = {"name": "python", "version": "3.99"}

    edit(notebooks, run)
    assert changed_since(before) == []
    assert make_manifest(["00"]) == before


def change_text(notebook):
    notebook.cells[0].source += " "


def change_marks(notebook):
    next(c for c in notebook.cells if "nbgrader" in c.metadata).metadata.nbgrader.locked = True


def change_order(notebook):
    notebook.cells[0], notebook.cells[1] = notebook.cells[1], notebook.cells[0]


def change_title(notebook):
    notebook.metadata.tlcourse.title += "!"


@pytest.mark.parametrize("change", [change_text, change_marks, change_order, change_title])
def test_a_changed_source_is_said(notebooks, change):
    before = make_manifest(["00", "01"])
    edit(notebooks, change)
    assert changed_since(before) == [
        "Lesson 00: 00_start_here.ipynb has changed since; grading uses the current one."
    ]


def test_a_changed_solution_changes_the_source_alone(notebooks):
    """The learner's copy is the same: what was handed out can stay."""
    before = make_manifest(["00"]).lessons[0]

    def change_solution(notebook):
        cell = next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("solution"))
        cell.source = cell.source.replace("### END SOLUTION", "# right\n    ### END SOLUTION")

    edit(notebooks, change_solution)
    after = make_manifest(["00"]).lessons[0]
    assert after.source_sha256 != before.source_sha256
    assert after.learner_sha256 == before.learner_sha256


def test_a_lesson_that_is_gone_renamed_or_broken_is_said(notebooks):
    before = make_manifest(["00", "01"])
    (notebooks / "00_start_here.ipynb").rename(notebooks / "00_begin.ipynb")
    (notebooks / "01_what_transfers.ipynb").unlink()
    assert changed_since(before) == [
        "Lesson 00 is 00_begin.ipynb now; it was 00_start_here.ipynb.",
        "Lesson 01 is gone; it was 01_what_transfers.ipynb.",
    ]
    (notebooks / "00_begin.ipynb").write_text("{")
    assert "Lesson 00 cannot be read: " in changed_since(before)[0]


def test_other_points_are_said():
    made = make_manifest(["01"])
    (first, _), second, _, *others = made.lessons[0].exercises
    before = ((first, 5), second, *others, ("01.9", 1.5))
    old = dataclasses.replace(made.lessons[0], exercises=before)
    assert changed_since(dataclasses.replace(made, lessons=(old,))) == [
        "Exercise 01.1 has 2 points now; it had 5.",
        "Exercise 01.3 is new, with 2 points.",
        "Exercise 01.9 is gone; it had 1.5 points.",
    ]


@pytest.mark.parametrize("ids", ["04", [], ()])
def test_ids_that_cannot_be(ids):
    with pytest.raises(BadArgument, match=r"the lesson ids must .*; got"):
        make_manifest(ids)


def test_an_unknown_lesson():
    with pytest.raises(UnknownName, match="unknown lesson '77'"):
        make_manifest(["00", "77"])


def test_there_is_none(tmp_path):
    with pytest.raises(
        ManifestError, match=r"no manifest at .*make one with `tlcourse release .*`"
    ):
        read_manifest(tmp_path / "manifest.json")
    with pytest.raises(ManifestError, match="cannot be read"):
        read_manifest(tmp_path)


def test_a_newer_format_is_said_whatever_else_it_holds(written):
    record = {"format": 2, "version": "9.1", "chapters": {}}
    with pytest.raises(ManifestError, match=r"has format 2; .* reads format 1\. Install .* 9\.1\."):
        read_manifest(written(record))


def broken(**fields):
    lesson = {**make_manifest(["00"]).to_json()["lessons"][0], **fields}
    return {"format": 1, "version": "0.1.0", "lessons": [lesson]}


@pytest.mark.parametrize(
    "record",
    [
        [],
        None,
        {},
        {"format": 1, "version": "0.1.0"},
        {"format": "1", "version": "0.1.0", "lessons": []},
        {"format": True, "version": None, "lessons": []},
        {"format": 1, "version": "0.1.0", "lessons": [{"id": "00"}]},
        pytest.param({"notebook": "../../00_away.ipynb"}, id="a path"),
        pytest.param({"notebook": "01_other.ipynb"}, id="of another lesson"),
        pytest.param({"source_sha256": "0" * 63}, id="short checksum"),
        pytest.param({"exercises": [{"id": "00.1", "points": "2"}]}, id="points are text"),
        pytest.param({"exercises": [{"id": "00.1", "points": -1}]}, id="points below 0"),
        pytest.param({"exercises": [{"id": "00.1", "points": float("nan")}]}, id="points are NaN"),
        pytest.param({"more": 1}, id="unknown field"),
    ],
)
def test_a_broken_one_is_said_in_one_line(written, record):
    if isinstance(record, dict) and record and "format" not in record:
        record = broken(**record)
    with pytest.raises(ManifestError, match=r"is not a manifest of a release \(.+\)") as caught:
        read_manifest(written(record))
    assert "\n" not in str(caught.value)
    assert not isinstance(caught.value, ValueError)  # about the world: exit code 1


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe"])
def test_half_a_file_is_said(tmp_path, content):
    path = tmp_path / "manifest.json"
    path.write_bytes(content)
    with pytest.raises(ManifestError, match="is not a manifest of a release"):
        read_manifest(path)


def test_the_errors_are_for_people():
    assert issubclass(ManifestError, CourseError)


def test_a_lesson_is_a_record():
    lesson = ReleasedLesson("04", "04_a.ipynb", "0" * 64, "1" * 64, ())
    with pytest.raises(dataclasses.FrozenInstanceError):
        lesson.id = "05"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # nbgrader's own, while it is imported
@pytest.mark.parametrize("path", lesson_files().values(), ids=lambda path: path.stem)
def test_a_released_copy_is_signed_as_nbgrader_signs(path):
    from nbgrader import utils

    source = nbformat.read(path, as_version=4)
    signed = [
        (cell.metadata.nbgrader.checksum, utils.compute_checksum(cell))
        for cell in released_copy(source).cells
        if "nbgrader" in cell.metadata
    ]
    assert signed
    assert all(ours == theirs for ours, theirs in signed)
