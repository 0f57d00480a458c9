"""The doctor names what is wrong and what to do, and never breaks itself."""

import json

import pytest

from tlcourse.lessons.desk import doctor as room
from tlcourse.lessons.desk import doctor_packages


@pytest.fixture
def only(monkeypatch):
    """Function that runs one check and returns it."""

    def look(name):
        chosen = {name: room._LOOKS[name]}
        monkeypatch.setattr(room, "_LOOKS", chosen)
        return room.examine().checks[-1]

    return look


def test_this_machine(course):
    course("90", "First")
    seen = []
    report = room.examine(seen.append)
    found = json.loads(json.dumps(report.to_json()))
    assert set(found) == {"ok", "checks"}
    assert all(set(check) == {"name", "ok", "value", "help"} for check in found["checks"])
    assert [check["name"] for check in found["checks"]][-len(seen) :] == seen
    by_name = {check["name"]: check for check in found["checks"]}
    assert by_name["python"]["ok"]
    assert by_name["keras"]["ok"]
    assert by_name["backend"]["ok"], by_name["backend"]
    assert by_name["kernel"]["ok"], by_name["kernel"]
    assert by_name["lessons"]["value"] == "1 lessons"


def test_a_check_that_breaks_is_a_finding(only, monkeypatch):
    def explode():
        raise RuntimeError("very\nwrong")

    monkeypatch.setitem(room._LOOKS, "kernel", explode)
    check = only("kernel")
    assert (check.ok, check.value) == (False, "RuntimeError: very wrong")
    assert check.help


def test_keras_that_crashes(only, monkeypatch):
    code = "import os, sys; print('Illegal instruction', file=sys.stderr, flush=True); os._exit(4)"
    monkeypatch.setattr(room, "_ASK_KERAS", code)
    check = only("backend")
    assert (check.ok, check.value) == (False, "exit code 4: Illegal instruction")


def test_a_missing_gpu_is_no_failure(only, monkeypatch):
    code = 'print(\'["tensorflow", "2.21", ["cpu:0"]]\')'
    monkeypatch.setattr(room, "_ASK_KERAS", code)
    check = only("backend")
    assert (check.ok, check.value) == (True, "tensorflow 2.21 on cpu:0")
    assert "tlcourse[cuda]" in check.help


@pytest.mark.parametrize(("free", "ok"), [(4 * 2**30, True), (2**30, False), (None, True)])
def test_memory(only, monkeypatch, free, ok):
    monkeypatch.setattr(room, "_free_memory", lambda: free)
    check = only("memory")
    assert check.ok == ok
    assert bool(check.help) == (not ok)
    if free is None:
        assert check.value == "unknown"


def test_memory_of_this_machine():
    free = room._free_memory()
    assert free is None or 2**20 < free < 2**50


def test_cache_that_cannot_be_written(only, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("TLCOURSE_CACHE", str(tmp_path / "file" / "cache"))
    check = only("cache")
    assert not check.ok
    assert "TLCOURSE_CACHE" in check.help


def test_cache_is_left_clean(only, monkeypatch, tmp_path):
    monkeypatch.setenv("TLCOURSE_CACHE", str(tmp_path / "cache"))
    check = only("cache")
    assert (check.ok, check.value) == (True, str(tmp_path / "cache"))
    assert list((tmp_path / "cache").iterdir()) == []


def test_no_lessons(only, course):
    check = only("lessons")
    assert not check.ok
    assert "pip install" in check.help


def test_data_folder(only, monkeypatch, tmp_path):
    monkeypatch.setenv("TLCOURSE_DATA", str(tmp_path))
    assert only("data").value == str(tmp_path)
    monkeypatch.setenv("TLCOURSE_DATA", str(tmp_path / "no"))
    check = only("data")
    assert not check.ok
    assert "TLCOURSE_DATA" in check.help


def test_packages(monkeypatch):
    wanted = [("numpy", ">=1.26"), ("no-such-package", ">=1"), ("rich", ">=999.1"), ("keras", "")]
    monkeypatch.setattr(doctor_packages, "_requirements", lambda: wanted)
    numpy, missing, old, keras = doctor_packages.packages()
    assert numpy.ok
    assert keras.ok
    assert (missing.ok, missing.value) == (False, "missing")
    assert missing.help == "Run: pip install 'no-such-package>=1'"
    assert not old.ok
    assert old.help == "Run: pip install --upgrade 'rich>=999.1'"


def test_requirements_are_those_of_the_course_without_extras():
    names = {name for name, _ in doctor_packages._requirements()}
    assert {"keras", "tensorflow", "nbclient", "typer"} <= names
    assert not names & {"nbgrader", "pytest", "jax"}
