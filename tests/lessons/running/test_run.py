"""Many lessons: one that fails stops no other, and what is kept is whole."""

import importlib.util
import json
import os
import socket

import nbformat
import pytest

from tlcourse.cli import main
from tlcourse.errors import BadArgument, CourseError, UnknownName
from tlcourse.lessons.running.run import Watcher, run_lessons


@pytest.fixture
def three(course):
    course("90", "First", "print('one')")
    course("91", "Second", "1 / 0")
    course("92", "Third", "from tlcourse.lessons import claim\nclaim('c', 1, True)")


@pytest.mark.usefixtures("three")
def test_the_rest_goes_on(tmp_path):
    report = run_lessons(out=tmp_path / "out", seed="3")
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

    report = run_lessons(["90", "90"], watcher=Listener())
    assert told == ["begins 90", (0, 1), (1, 1), "ends 90 True"]
    assert report.ok
    assert len(report.executions) == 1


@pytest.mark.usefixtures("three")
def test_web_pages(tmp_path):
    run_lessons(["90"], out=tmp_path, html=True)
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
        ({"html": True}, BadArgument, "add --out DIR"),
    ],
)
def test_wrong_arguments_are_said_before_anything_runs(arguments, error, message, monkeypatch):
    def no_run(*arguments, **options):
        raise AssertionError("something ran")

    monkeypatch.setattr("tlcourse.lessons.running.run.execute_notebook", no_run)
    with pytest.raises(error, match=message):
        run_lessons(**arguments)


@pytest.mark.usefixtures("three")
def test_a_wrong_data_folder_is_said_before_anything_runs(tmp_path, monkeypatch):
    monkeypatch.setenv("TLCOURSE_DATA", str(tmp_path / "no"))
    with pytest.raises(BadArgument, match="TLCOURSE_DATA must be an existing folder"):
        run_lessons(out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("three")
def test_hosts_that_cannot_be_are_said_before_anything_runs(tmp_path, monkeypatch):
    monkeypatch.setenv("TLCOURSE_HOSTS", "a:1,b:2")
    with pytest.raises(BadArgument, match="TLCOURSE_PROCESS"):
        run_lessons(out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("process", [0, 1])
def test_of_several_processes_the_first_one_writes(course, tmp_path, monkeypatch, capsys, process):
    course("90", "First", "import os\nprint(os.environ['TLCOURSE_PROCESS'])")
    course("91", "Second", "1 / 0")
    for name in ("TLCOURSE_HOSTS", "TLCOURSE_PROCESS"):
        monkeypatch.setenv(name, "")  # so that what the command sets is put back
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    hosts = ["--hosts", "a:1,b:2", "--process", str(process)]
    assert main(["run", "--json", "--out", str(tmp_path / "out"), *hosts]) == 1
    assert os.environ["TLCOURSE_HOSTS"] == "a:1,b:2"
    told = capsys.readouterr()
    if process == 0:
        assert [lesson["ok"] for lesson in json.loads(told.out)["lessons"]] == [True, False]
        first = nbformat.read(tmp_path / "out" / "90_first.ipynb", as_version=4)
        assert first.cells[0].outputs[0].text == "0\n"
    else:
        assert told.out == ""
        assert told.err == "process 1: 91 cell [1]: ZeroDivisionError: division by zero\n"
        assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize("below", ["", "below"])
def test_out_is_a_file(tmp_path, below):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(BadArgument, match="--out must be a folder"):
        run_lessons(out=tmp_path / "file" / below)
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.usefixtures("three")
@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere"
)
def test_out_is_read_only(tmp_path):
    tmp_path.joinpath("out").mkdir(mode=0o500)
    with pytest.raises(CourseError, match="cannot be written: Permission denied"):
        run_lessons(out=tmp_path / "out")


@pytest.mark.usefixtures("three")
def test_a_disk_that_fills_up_stops_no_lesson(tmp_path, monkeypatch):
    from tlcourse import atomic

    def full(path, write):
        if path.suffix == ".ipynb":
            raise OSError(28, "No space left on device")
        atomic.write_atomically(path, write)

    monkeypatch.setattr("tlcourse.lessons.running.run.write_atomically", full)
    report = run_lessons(["90", "92"], out=tmp_path)
    errors = [execution.error for _, execution in report.executions]
    assert len(errors) == 2
    assert all("could not be saved" in error and "No space left" in error for error in errors)
    assert not report.ok
    assert list(tmp_path.glob("*.ipynb")) == []


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="JAX is not installed")
def test_two_runs_train_together(course, command, tmp_path):
    course(
        "90",
        "Together",
        "import tlcourse as tl\ncourse = tl.setup()",
        "import keras\nimport numpy as np\nfrom tlcourse.training import Training, train",
        "model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2)])\n"
        "x = np.arange(16, dtype='float32').reshape(8, 2)\n"
        "train(model, x, np.arange(8) % 2, Training(steps=3, batch_size=4))\n"
        "tl.claim('w', float(abs(model.get_weights()[0]).sum()), len(course.devices) == 2)",
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    hosts = f"127.0.0.1:{port},127.0.0.1:{port + 1}"
    environment = {**os.environ, "KERAS_BACKEND": "jax"}
    first, second = (
        command(
            *("run", "--json", "--out", tmp_path / f"out{n}", "--hosts", hosts, "--process", n),
            env=environment,
        )
        for n in range(2)
    )
    out, said = first.communicate(timeout=120)
    assert first.returncode == 0, said
    (lesson,) = json.loads(out)["lessons"]
    assert [claim["holds"] for claim in lesson["claims"]] == [True]
    assert second.communicate(timeout=120) == ("", "")
    assert second.returncode == 0
    assert [path.name for path in tmp_path.glob("out*")] == ["out0"]
