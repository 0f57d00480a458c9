"""From submissions to feedback by one call, as the command line makes it."""

import csv
import json
import os
import shutil
import stat
import subprocess
import sys

import nbformat
import pytest

from tlcourse.cli import main
from tlcourse.errors import CourseError
from tlcourse.exercises.source import lesson_files
from tlcourse.grading import self_check as own_copy
from tlcourse.grading.reports.terminal import GradingProgress
from tlcourse.grading.whole_class import read_secret
from tlcourse.lessons.desk.views import learner_copy


@pytest.fixture
def kind(own_sandbox):
    return own_sandbox.name


@pytest.fixture
def submissions(tmp_path):
    folder = tmp_path / "in"
    stub = learner_copy(nbformat.read(lesson_files()["00"], as_version=4))
    for student in ("ada", "bob"):
        (folder / student).mkdir(parents=True)
    right = lesson_files()["00"].read_bytes()
    (folder / "ada" / "00_start_here.ipynb").write_bytes(right)
    (folder / "bob" / "00_start_here.ipynb").write_text(json.dumps(stub))
    (folder / "bob" / "notes.ipynb").write_text("{}")
    return folder


def test_a_class(submissions, tmp_path, kind, capsys):
    out = tmp_path / "out"
    words = ["grade", str(submissions), "--out", str(out), "--sandbox", kind, "--jobs", "2"]
    assert main([*words, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["submissions"]
    assert [(each["student"], each["lesson"], each["score"]) for each in found] == [
        ("ada", "00", 1),
        ("bob", "00", 0),
    ]
    keys = {"student", "lesson", "score", "max", "exercises", "seconds", "error"}
    assert set(found[0]) == keys
    assert {"id", "points", "max", "verdict", "message"} <= set(found[0]["exercises"][0])
    assert (out / "feedback" / "ada.html").is_file()
    assert (out / "report.html").is_file()
    with (out / "grades.csv").open(newline="") as file:
        assert [row["student"] for row in csv.DictReader(file)] == ["ada", "bob"]
    if sys.platform != "win32":
        assert stat.S_IMODE((out / "secret").stat().st_mode) == 0o600

    records = {path: path.read_bytes() for path in (out / "grades").rglob("*.json")}
    assert main(words) == 0
    told = capsys.readouterr().out
    assert "0.5 of 1" in told
    assert "named after no lesson or twice: " in told
    assert {path: path.read_bytes() for path in (out / "grades").rglob("*.json")} == records


def test_grades_go_to_the_gradebook(submissions, tmp_path, kind):
    pytest.importorskip("nbgrader", reason="nbgrader is not installed")
    course = tmp_path / "course"
    assert main(["release", str(course), "--lessons", "00"]) == 0
    url = f"sqlite:///{course / 'gradebook.db'}"
    words = ["grade", str(submissions), "--out", str(tmp_path / "out"), "--sandbox", kind]
    assert main([*words, "--gradebook", url]) == 0
    program = (
        "import sys\nfrom nbgrader.api import Gradebook\n"
        "with Gradebook(sys.argv[1]) as book:\n"
        "    for s in book.assignment_submissions('00_start_here'):\n"
        "        print(s.student.id, s.score, s.max_score)\n"
    )
    # Apart, since nbgrader and SQLAlchemy warn of each other.
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program, url],
        capture_output=True,
        text=True,
        check=True,
    )
    assert sorted(done.stdout.split("\n")) == ["", "ada 1.0 3.0", "bob 0.0 3.0"]


def test_formgrader_is_given_what_it_shows(submissions, tmp_path, kind):
    pytest.importorskip("nbgrader", reason="nbgrader is not installed")
    course = tmp_path / "course"
    assert main(["release", str(course), "--lessons", "00"]) == 0
    submissions.rename(course / "submitted")
    own = course / "submitted" / "ada" / "00_start_here.ipynb"
    notebook = nbformat.read(own, as_version=4)
    notebook.cells.append(nbformat.v4.new_markdown_cell("<script>alert(1)</script>"))
    nbformat.write(notebook, own)
    (course / "submitted" / "joe").mkdir()
    (course / "submitted" / "joe" / "00.ipynb").write_text("{")
    words = ["grade", str(course / "submitted"), "--out", str(tmp_path / "out"), "--sandbox", kind]
    assert main([*words, "--gradebook", f"sqlite:///{course / 'gradebook.db'}"]) == 0
    made = {path.parents[1].name: path for path in (course / "autograded").rglob("*.ipynb")}
    assert set(made) == {"ada", "bob"}
    assert made["ada"] == course / "autograded/ada/00_start_here/00_start_here.ipynb"
    text = made["ada"].read_text()
    assert "passed, 1 of 1 points" in text
    assert "script" not in text
    assert "not attempted, 0 of 1 points" in made["bob"].read_text()
    cells = {
        cell.metadata.nbgrader.grade_id: cell.source
        for cell in nbformat.read(made["ada"], as_version=4).cells
        if "nbgrader" in cell.metadata
    }
    answer = next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("solution"))
    assert cells["ex-00-1"] == answer.source
    nbformat.validate(nbformat.read(made["ada"], as_version=4))


def test_an_interruption_says_how_to_go_on(submissions, tmp_path, kind, capsys, monkeypatch):
    def interrupt(self, grade, new):
        raise KeyboardInterrupt

    words = ["grade", str(submissions), "--out", str(tmp_path / "out"), "--sandbox", kind]
    with monkeypatch.context() as patch:
        patch.setattr(GradingProgress, "done", interrupt)
        assert main(words) == 130
    assert "rerun to resume" in capsys.readouterr().err
    assert main(words) == 0


def test_no_sandbox_no_grading(submissions, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert main(["grade", str(submissions), "--out", str(tmp_path / "out")]) == 1
    told = capsys.readouterr().err
    assert "There is no sandbox to run submissions in" in told
    assert "`--sandbox none`" in told
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["grade", "nowhere", "--out", "out", "--sandbox", "none"], 2, "found no folder"),
        (["grade", ".", "--out", "out", "--sandbox", "none"], 2, "found "),
        (["grade", ".", "--out", "out", "--sandbox", "jail"], 2, "`sandbox` is 'jail'"),
        (["grade", "."], 2, "--out"),
        (["grade", ".", "--out", "out", "--jobs", "0"], 2, "--jobs"),
        (["check", "04_mine.ipynb"], 2, "not a regular file"),
        (["check", "mine.ipynb"], 2, "'mine.ipynb' is not named after a lesson"),
    ],
)
def test_bad_input_is_one_line(words, code, message, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(words) == code
    told = capsys.readouterr()
    assert message in told.err
    assert told.err.count("\n") == 1
    assert told.out == ""


def test_secrets(tmp_path):
    made = read_secret(tmp_path / "secret", make=True)
    assert len(made) == 64
    assert read_secret(tmp_path / "secret", make=True) == made
    with pytest.raises(CourseError, match=r"nothing' cannot be read \(No such file"):
        read_secret(tmp_path / "nothing")
    (tmp_path / "short").write_text("abc\n")
    with pytest.raises(CourseError, match="has 3 bytes; it needs at least 16"):
        read_secret(tmp_path / "short")


def test_ones_own_copy(submissions, capsys, monkeypatch):
    assert main(["check", str(submissions / "ada" / "00_start_here.ipynb")]) == 0
    assert "✓ Passed · exercise 00.1 · 1 of 1 points" in capsys.readouterr().out
    used = []
    real = own_copy.find_sandbox
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(own_copy, "find_sandbox", lambda *kind: used.append(kind) or real(*kind))
    assert main(["check", str(submissions / "bob" / "00_start_here.ipynb"), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["exercises"][0]["verdict"] == "not attempted"
    assert used == [(), ("none",)]


def test_grading_needs_no_keras_of_its_own(submissions, tmp_path, kind):
    """TensorFlow would take seconds, and say things on the teacher's terminal."""
    program = (
        "import sys\nfrom tlcourse.cli import main\n"
        "code = main(sys.argv[1:])\nassert 'keras' not in sys.modules\nsys.exit(code)"
    )
    words = ["grade", str(submissions), "--out", str(tmp_path / "out"), "--sandbox", kind]
    done = subprocess.run(
        [sys.executable, "-c", program, *words], capture_output=True, text=True, env=os.environ
    )
    assert (done.returncode, done.stderr) == (0, "")
