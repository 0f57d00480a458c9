"""Many lessons: one that fails stops no other, and what is kept is whole."""

import json
import os

import nbformat
import pytest

from tlcourse.errors import CourseError, UnknownName
from tlcourse.lessons.profile import BadArgument
from tlcourse.lessons.run import Watcher, run


@pytest.fixture
def three(course):
    course("90", "First", "print('one')")
    course("91", "Second", "1 / 0")
    course("92", "Third", "from tlcourse.lessons import claim\nclaim('c', 1, True)")


@pytest.mark.usefixtures("three")
def test_the_rest_goes_on(tmp_path):
    report = run(out=tmp_path / "out", seed="3")
    assert not report.ok
    found = json.loads(json.dumps(report.to_json(), allow_nan=False))
    assert set(found) == {"lessons", "seed", "profile", "backend", "seconds"}
    assert (found["seed"], found["profile"]) == (3, "quick")
    assert [(lesson["id"], lesson["ok"]) for lesson in found["lessons"]] == [
        ("90", True),
        ("91", False),
        ("92", True),
    ]
    assert set(found["lessons"][0]) == {"id", "ok", "seconds", "claims", "figures", "error"}
    assert found["lessons"][1]["error"] == "cell [1]: ZeroDivisionError: division by zero"
    assert found["lessons"][2]["claims"] == [{"text": "c (measured: 1)", "value": 1, "holds": True}]
    kept = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert kept == ["90_first.ipynb", "91_second.ipynb", "92_third.ipynb"]
    first = nbformat.read(tmp_path / "out" / "90_first.ipynb", as_version=4)
    nbformat.validate(first)
    assert first.cells[0].outputs[0].text == "one\n"


@pytest.mark.usefixtures("three")
def test_chosen_lessons_run_once_and_are_told(monkeypatch):
    told = []

    class Listener(Watcher):
        def lesson_begins(self, lesson):
            told.append(f"begins {lesson.id}")

        def cell_done(self, done, total):
            told.append((done, total))

        def lesson_ends(self, lesson, execution):
            told.append(f"ends {lesson.id} {execution.ok}")

    report = run(["90", "90"], watcher=Listener())
    assert told == ["begins 90", (0, 1), (1, 1), "ends 90 True"]
    assert report.ok
    assert len(report.executions) == 1


@pytest.mark.usefixtures("three")
def test_web_pages(tmp_path):
    run(["90"], out=tmp_path, html=True)
    page = (tmp_path / "90_first.html").read_text(encoding="utf-8")
    assert "one" in page
    assert page.rstrip().endswith("</html>")


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"ids": ["90", "9x"]}, UnknownName, "unknown lesson '9x'"),
        ({"seed": -1}, BadArgument, "`seed`"),
        ({"profile": "fast"}, UnknownName, "unknown profile 'fast'"),
        ({"cell_timeout": 0}, BadArgument, "at least 1 s; got 0"),
        ({"html": True}, BadArgument, "add --out DIR to --html"),
    ],
)
def test_wrong_arguments_are_said_before_anything_runs(arguments, error, message, monkeypatch):
    def no_run(*arguments, **options):
        raise AssertionError("something ran")

    monkeypatch.setattr("tlcourse.lessons.run.run_notebook", no_run)
    with pytest.raises(error, match=message):
        run(**arguments)


@pytest.mark.usefixtures("three")
def test_a_wrong_data_folder_is_said_before_anything_runs(tmp_path, monkeypatch):
    monkeypatch.setenv("TLCOURSE_DATA", str(tmp_path / "no"))
    with pytest.raises(BadArgument, match="TLCOURSE_DATA must be an existing folder"):
        run(out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize("below", ["", "below"])
def test_out_is_a_file(tmp_path, below):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(BadArgument, match="--out must be a folder"):
        run(out=tmp_path / "file" / below)
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.usefixtures("three")
@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere"
)
def test_out_is_read_only(tmp_path):
    tmp_path.joinpath("out").mkdir(mode=0o500)
    with pytest.raises(CourseError, match="cannot be written: Permission denied"):
        run(out=tmp_path / "out")


@pytest.mark.usefixtures("three")
def test_a_disk_that_fills_up_stops_no_lesson(tmp_path, monkeypatch):
    from tlcourse import atomic

    def full(path, write):
        if path.suffix == ".ipynb":
            raise OSError(28, "No space left on device")
        atomic.write_atomically(path, write)

    monkeypatch.setattr("tlcourse.lessons.run.write_atomically", full)
    report = run(["90", "92"], out=tmp_path)
    errors = [execution.error for _, execution in report.executions]
    assert len(errors) == 2
    assert all("could not be kept" in error and "No space left" in error for error in errors)
    assert not report.ok
    assert list(tmp_path.glob("*.ipynb")) == []
