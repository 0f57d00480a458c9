"""The commands from outside: what they print, where, and their exit codes."""

import json
import os
import signal
import sys
import time

import pytest

from tlcourse.cli import main


def test_list(course, capsys):
    course("90", "First [sic]")
    assert main(["list", "--json"]) == 0
    assert [lesson["id"] for lesson in json.loads(capsys.readouterr().out)] == ["90"]
    assert main(["list"]) == 0
    assert "First [sic]" in capsys.readouterr().out


def test_start_keeps_and_lists_work(course, capsys, tmp_path):
    course("90", "First", "x = 1")
    assert main(["start", str(tmp_path / "work")]) == 0
    assert "new   90_first.ipynb" in capsys.readouterr().out
    (tmp_path / "work" / "90_first.ipynb").write_text("mine")
    assert main(["start", str(tmp_path / "work")]) == 0
    assert "kept  90_first.ipynb" in capsys.readouterr().out
    assert main(["start", str(tmp_path / "work"), "--fresh"]) == 0
    assert "new   90_first.new.ipynb" in capsys.readouterr().out
    assert (tmp_path / "work" / "90_first.ipynb").read_text() == "mine"


def test_run_prints_json_alone(course, command):
    course("90", "First", "import sys; print('noise'); print('noise', file=sys.stderr)")
    process = command("run", "--json", "--seed", "2")
    out, errors = process.communicate(timeout=60)
    assert process.returncode == 0
    assert json.loads(out)["seed"] == 2
    assert errors == ""


def test_run_reports_and_goes_on(course, capsys):
    course("90", "First", "1 / 0")
    course("91", "Second", "from tlcourse.lessons import claim", "claim('wins', 1, False)")
    course("92", "Third", "x = 1")
    assert main(["run"]) == 1
    told = capsys.readouterr()
    assert "90 cell [1]: ZeroDivisionError: division by zero" in told.out
    assert "91 does not hold: wins (measured: 1)" in told.out
    assert "1 of 3 well" in told.out
    assert told.err == ""


def test_an_encoding_without_the_signs(course, command):
    course("90", "Größe × Form")
    process = command("list", env={**os.environ, "PYTHONIOENCODING": "ascii"})
    out, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")
    assert "Gr??e ? Form" in out


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["run", "1x"], 2, "unknown lesson '1x'"),
        (["run", "--seed", "-1"], 2, "whole number from 0"),
        (["run", "--seed", "one"], 2, "got 'one'"),
        (["run", "--profile", "fast"], 2, "unknown profile 'fast'"),
        (["run", "--out", "FILE"], 2, "--out must be a folder"),
        (["run", "--cell-timeout", "0"], 2, "at least 1 s"),
        (["start", "FILE"], 2, "must be a folder"),
        (["lab", "--dir", "FILE"], 2, "must be a folder"),
        (["lab", "--dir", "NEW", "--port", "70000"], 2, "--port must be from 1 to 65535"),
    ],
)
def test_bad_input_is_one_line(course, capsys, tmp_path, words, code, message):
    course("90", "First", "x = 1")
    (tmp_path / "FILE").write_text("mine")
    places = {name: str(tmp_path / name) for name in ("FILE", "NEW")}
    assert main([places.get(word, word) for word in words]) == code
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("tlcourse: ")
    assert told.err.count("\n") == 1
    assert message in told.err
    assert not (tmp_path / "NEW").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="sends POSIX signals")
def test_ctrl_c_leaves_whole_files_and_no_kernel(course, command, tmp_path):
    course("90", "First", "x = 1")
    pid_file = tmp_path / "pid"
    course(
        "91",
        "Second",
        f"import os; open({str(pid_file)!r}, 'w').write(str(os.getpid()))",
        "import time; time.sleep(600)",
    )
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    environment = {**os.environ, "TMPDIR": str(temporary)}
    process = command("run", "--json", "--out", tmp_path / "out", env=environment)
    while not (pid_file.exists() and pid_file.read_text()):
        assert process.poll() is None, process.communicate()
        time.sleep(0.1)
    time.sleep(0.5)  # until the second cell sleeps
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=30) == ("", "")
    assert process.returncode == 130
    kept = [path.name for path in (tmp_path / "out").iterdir()]
    assert kept == ["90_first.ipynb"]
    json.loads((tmp_path / "out" / "90_first.ipynb").read_text(encoding="utf-8"))
    assert list(temporary.iterdir()) == []
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid_file.read_text()), 0)
