"""A released folder is a course of nbgrader, and nothing of the instructor's is lost."""

import csv
import hashlib
import json
import sys

import nbformat
import pytest
from traitlets.config.loader import PyFileConfigLoader

from tlcourse.errors import BadArgument, CourseError, UnknownName
from tlcourse.exercises.source import lesson_files
from tlcourse.grading.nbgrader.course import release
from tlcourse.grading.nbgrader.manifest import ManifestError, make_manifest, read_manifest

NAME = "00_start_here"
STEPS = ("source", "release", "answer_key")
# For nbgrader's own, while it is imported.
imports_nbgrader = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "course"


@pytest.fixture
def notebooks(tmp_path, monkeypatch):
    """Sources that may be changed."""
    sources = tmp_path / "notebooks"
    sources.mkdir()
    for name in ("00", "01"):
        (sources / lesson_files()[name].name).write_bytes(lesson_files()[name].read_bytes())
    monkeypatch.setattr("tlcourse.exercises.source.notebooks_dir", lambda: sources)
    return sources


def edit(path, text="<!-- changed -->"):
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[0].source += text
    nbformat.write(notebook, path)


def run_again(path):
    notebook = nbformat.read(path, as_version=4)
    next(c for c in notebook.cells if c.cell_type == "code").outputs = []
    nbformat.write(notebook, path)


def digests(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def config_of(folder):
    return PyFileConfigLoader("nbgrader_config.py", path=str(folder)).load_config()


def test_what_is_written(folder):
    made = release(folder)
    names = [path.stem for path in lesson_files().values()]
    files = {f"{step}/{name}/{name}.ipynb" for name in names for step in STEPS}
    files |= {"nbgrader_config.py", "students.csv", "manifest.json"}
    assert set(digests(folder)) == set(made.written) == files
    assert (made.folder, made.kept) == (folder, ())
    assert read_manifest(folder / "manifest.json") == made.manifest == make_manifest(lesson_files())


def test_the_key_and_the_source_are_the_source_with_its_outputs(folder):
    release(folder, lessons=["00"])
    for step in ("source", "answer_key"):
        found = (folder / step / NAME / f"{NAME}.ipynb").read_bytes()
        assert found == lesson_files()["00"].read_bytes()


def test_the_release_holds_no_solution_and_no_output(folder):
    release(folder, lessons=["00"])
    path = folder / "release" / NAME / f"{NAME}.ipynb"
    for trace in ("BEGIN SOLUTION", "HIDDEN TESTS", "assert verdict"):
        assert trace not in path.read_text(encoding="utf-8")
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert not any(cell.get("outputs") for cell in notebook.cells)


def test_releasing_again_changes_no_byte_and_no_time(folder):
    release(folder, students=["ada"])
    before, times = digests(folder), {p: p.stat().st_mtime_ns for p in folder.rglob("*")}
    again = release(folder, students=["bob"])
    assert again.written == ()
    assert again.kept == ("nbgrader_config.py", "students.csv")
    assert digests(folder) == before
    assert {p: p.stat().st_mtime_ns for p in folder.rglob("*")} == times


def test_two_folders_are_the_same(tmp_path):
    release(tmp_path / "one")
    release(tmp_path / "two")
    assert digests(tmp_path / "one") == digests(tmp_path / "two")


def test_lessons_are_added_and_the_earlier_ones_stay(folder):
    release(folder, lessons=["01"])
    before = digests(folder)
    made = release(folder, lessons=["0"])
    assert [lesson.id for lesson in made.manifest.lessons] == ["00", "01"]
    assert set(made.written) == {"manifest.json", *(f"{s}/{NAME}/{NAME}.ipynb" for s in STEPS)}
    before.pop("manifest.json")
    assert before.items() <= digests(folder).items()


def test_the_instructors_roster_and_settings_are_kept(folder):
    release(folder, lessons=["00"], students=["ada"])
    (folder / "students.csv").write_bytes(b"id,first_name\r\nbob,B\xf6b\r\n")
    (folder / "nbgrader_config.py").write_text("c = get_config()  # mine\n")
    made = release(folder, students=["eve"])
    assert made.kept == ("nbgrader_config.py", "students.csv")
    assert (folder / "students.csv").read_bytes() == b"id,first_name\r\nbob,B\xf6b\r\n"
    assert (folder / "nbgrader_config.py").read_text() == "c = get_config()  # mine\n"


def test_a_new_version_of_a_lesson_takes_the_place_of_the_old_one(folder, notebooks):
    release(folder)
    before = digests(folder)
    edit(notebooks / f"{NAME}.ipynb")
    made = release(folder)
    changed = {name for name, digest in digests(folder).items() if digest != before[name]}
    assert changed == {"manifest.json", *(f"{step}/{NAME}/{NAME}.ipynb" for step in STEPS)}
    assert set(made.written) == changed
    assert made.manifest == make_manifest(["00", "01"])


@pytest.mark.parametrize("step", STEPS)
def test_a_notebook_that_the_instructor_changed_is_not_lost(folder, notebooks, step):
    release(folder)
    theirs = folder / step / NAME / f"{NAME}.ipynb"
    edit(theirs, "Hand in by Friday.")
    edit(notebooks / "01_what_transfers.ipynb")
    before = digests(folder)
    with pytest.raises(CourseError, match=rf"{step}.{NAME}.* was changed after .*; move it away"):
        release(folder)
    assert digests(folder) == before  # of the other lesson nothing was written either
    theirs.unlink()
    release(folder)


def test_a_file_that_is_no_notebook_is_not_lost(folder):
    release(folder, lessons=["00"])
    (folder / "release" / NAME / f"{NAME}.ipynb").write_text("my notes")
    with pytest.raises(CourseError, match="was changed after its release"):
        release(folder, lessons=["00"])


def test_a_notebook_that_was_only_run_is_written_anew(folder):
    made = release(folder, lessons=["00"])
    path = folder / "answer_key" / NAME / f"{NAME}.ipynb"
    run_again(path)
    again = release(folder, lessons=["00"])
    assert again.written == (f"answer_key/{NAME}/{NAME}.ipynb",)
    assert again.manifest == made.manifest


@pytest.mark.parametrize("stop", range(1, 10))
def test_an_interrupted_release_is_finished_by_the_next(folder, tmp_path, monkeypatch, stop):
    from tlcourse.grading.nbgrader import course as module

    whole, calls = module.write_atomically, []

    def interrupted(path, write):
        calls.append(path)
        if len(calls) == stop:
            raise KeyboardInterrupt
        whole(path, write)

    with monkeypatch.context() as patch:
        patch.setattr(module, "write_atomically", interrupted)
        with pytest.raises(KeyboardInterrupt):
            release(folder, lessons=["00", "01"], students=["ada"])
    assert not (folder / "manifest.json").exists()
    release(folder, lessons=["00", "01"], students=["ada"])
    release(tmp_path / "at once", lessons=["00", "01"], students=["ada"])
    assert digests(folder) == digests(tmp_path / "at once")
    assert len(calls) == stop  # there are nine files: the last one is the manifest


def test_hidden_files_do_not_matter(folder):
    (folder / ".git").mkdir(parents=True)
    assert release(folder, lessons=["00"]).written


@pytest.mark.parametrize("name", ["notes.txt", "nbgrader_config.py", "source"])
def test_a_folder_that_holds_something_else_is_refused(folder, name):
    folder.mkdir()
    (folder / name).write_text("mine")
    with pytest.raises(BadArgument, match=f"`folder` must be empty, .* contains {name}") as caught:
        release(folder)
    assert "\n" not in str(caught.value)
    assert [path.name for path in folder.iterdir()] == [name]


def test_a_manifest_of_another_kind_is_refused(folder):
    folder.mkdir()
    (folder / "manifest.json").write_text('{"name": "a web app"}')
    with pytest.raises(ManifestError, match="is not a manifest of a release"):
        release(folder)
    record = {"format": 99, "version": "9.0", "lessons": []}
    (folder / "manifest.json").write_text(json.dumps(record))
    with pytest.raises(ManifestError, match=r"Install tlcourse 9\.0"):
        release(folder)
    assert [path.name for path in folder.iterdir()] == ["manifest.json"]


@pytest.mark.parametrize("below", ["", "below"])
def test_a_file_is_no_folder(tmp_path, below):
    (tmp_path / "file").write_text("x")
    with pytest.raises(
        BadArgument, match=r"`folder` must be a folder; .*file.* is a file or below one"
    ):
        release(tmp_path / "file" / below)
    assert (tmp_path / "file").read_text() == "x"


def test_a_full_disk(folder, monkeypatch):
    def full(path, write):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tlcourse.grading.nbgrader.course.write_atomically", full)
    with pytest.raises(CourseError, match="cannot be written: No space left") as caught:
        release(folder)
    assert not isinstance(caught.value, ValueError)


def test_lessons_that_cannot_be(folder):
    with pytest.raises(UnknownName, match="unknown lesson '77'"):
        release(folder, lessons=["00", "77"])
    with pytest.raises(BadArgument, match="the lesson ids must be a list"):
        release(folder, lessons="04")
    with pytest.raises(BadArgument, match="must name at least one"):
        release(folder, lessons=[])
    assert not folder.exists()


def test_the_roster(folder):
    students = [{"id": "zoë", "last_name": 'Ng, "Z"', "email": "z@example.org"}, "ada"]
    release(folder, lessons=["00"], students=students)
    text = (folder / "students.csv").read_text(encoding="utf-8")
    assert text.splitlines()[0] == "id,first_name,last_name,email,lms_user_id"
    rows = list(csv.DictReader(text.splitlines()))
    assert [row["id"] for row in rows] == ["zoë", "ada"]
    assert (rows[0]["last_name"], rows[0]["email"]) == ('Ng, "Z"', "z@example.org")
    assert set(rows[1].values()) == {"ada", ""}


@pytest.mark.parametrize(
    ("students", "message"),
    [
        ("ada", r"`students` must be a list; got 'ada'"),
        ({"id": "ada"}, r"`students` must be a list"),
        (["ada", "ada"], r"must be unique; got 'ada' twice"),
        ([{"id": "ada", "age": 7}], r"'ada' has age"),
        ([{"first_name": "Ada"}], r"text that can name a folder.*got None"),
        *(([name], r"text that can name a folder") for name in ("", "../x", "a\nb", " a", ".", 7)),
        (["a" * 129], r"at most 128 letters"),
    ],
)
def test_students_that_cannot_be(folder, students, message):
    with pytest.raises(BadArgument, match=message):
        release(folder, students=students)
    assert not folder.exists()


@imports_nbgrader
def test_nbgrader_lists_the_assignments(folder):
    from nbgrader.apps import NbGraderAPI

    release(folder)
    config = config_of(folder)
    assert config.CourseDirectory.db_url == f"sqlite:///{folder / 'gradebook.db'}"
    api = NbGraderAPI(config=config)
    assert api.coursedir.course_id == "tlcourse"
    assert api.get_source_assignments() == {path.stem for path in lesson_files().values()}
    for lesson in read_manifest(folder / "manifest.json").lessons:
        assert api.coursedir.format_path("release", ".", lesson.name).endswith(lesson.name)
        assert (folder / "release" / lesson.name / lesson.notebook).is_file()


@imports_nbgrader
def test_nbgrader_makes_the_same_release_from_our_source(folder):
    """Its whole pipeline, cell by cell, and with our settings."""
    from nbgrader.converters import GenerateAssignment
    from nbgrader.coursedir import CourseDirectory

    release(folder)
    config = config_of(folder)
    config.CourseDirectory.assignment_id = NAME
    config.CourseDirectory.release_directory = "by_nbgrader"
    steps = config.GenerateAssignment.preprocessors
    config.GenerateAssignment.preprocessors = [s for s in steps if s.__name__ != "SaveCells"]
    config.GenerateAssignment.no_database = True
    GenerateAssignment(coursedir=CourseDirectory(config=config), config=config).start()
    theirs = nbformat.read(folder / "by_nbgrader" / NAME / f"{NAME}.ipynb", as_version=4)
    ours = nbformat.read(folder / "release" / NAME / f"{NAME}.ipynb", as_version=4)
    assert ours.cells == theirs.cells


@imports_nbgrader
def test_nbgrader_validate_finds_no_changed_check(folder):
    from nbgrader.preprocessors import CheckCellMetadata
    from nbgrader.validator import Validator

    release(folder)
    for path in sorted((folder / "release").rglob("*.ipynb")):
        # Without running it: the stubs are to fail, and that is not the question here.
        found = Validator(preprocessors=[CheckCellMetadata]).validate(str(path))
        said = [each["error"] for each in found.pop("failed", ())]
        assert said == ["You did not provide a response."]  # to the question that asks for prose
        assert found == {}
        edit_check(path)
        assert "changed" in Validator(preprocessors=[CheckCellMetadata]).validate(str(path))


def edit_check(path):
    notebook = nbformat.read(path, as_version=4)
    next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade")).source += "#"
    nbformat.write(notebook, path)


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
def test_the_settings_find_the_course_through_a_link(folder):
    release(folder, lessons=["00"])
    link = folder.parent / "link"
    link.symlink_to(folder)
    assert config_of(link).CourseDirectory.root == str(folder.resolve())
