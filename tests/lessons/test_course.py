"""What a lesson asks of its settings."""

import sys
from types import ModuleType

import pytest

from tlcourse.errors import BadArgument, UnknownName
from tlcourse.lessons import Course


def course(**changes):
    settings = {
        "lesson": "01",
        "title": "What transfers",
        "profile": "quick",
        "seed": 0,
        "backend": "tensorflow",
        "devices": ("cpu:0",),
    }
    return Course(**{**settings, **changes})


def test_seeds_are_different_and_follow_from_the_base_seed():
    seeds = course().seeds(1000)
    assert len(set(seeds)) == 1000
    assert all(type(seed) is int and 0 <= seed < 2**31 for seed in seeds)
    assert seeds == course().seeds(1000)
    assert seeds[:3] == course().seeds(3)
    assert not set(seeds) & set(course(seed=1).seeds(1000))


@pytest.mark.parametrize("n", [0, -1, 2.0, "3"])
def test_seeds_need_a_number(n):
    with pytest.raises(BadArgument, match="`n` must be a whole number, at least 1"):
        course().seeds(n)


def test_gpu(capsys):
    assert course(devices=("gpu:0", "gpu:1")).offers("gpu")
    assert capsys.readouterr().out == ""
    assert not course().offers("gpu")
    said = capsys.readouterr().out
    assert said.count("\n") == 1
    assert "tlcourse[cuda]" in said


def test_data_sets(capsys, monkeypatch):
    there = {"mnist": (False, "Run: tlcourse data fetch mnist"), "glyphs": (True, "")}
    domains = ModuleType("tlcourse.domains")
    domains.available = there.__getitem__
    monkeypatch.setitem(sys.modules, "tlcourse.domains", domains)
    assert course().offers("glyphs")
    assert not course().offers("mnist")
    assert capsys.readouterr().out == "Run: tlcourse data fetch mnist\n"


def test_an_unknown_data_set():
    with pytest.raises(UnknownName, match="mnits"):
        course().offers("mnits")


def test_shown_as_a_table():
    assert repr(course()).splitlines() == [
        "lesson   01 What transfers",
        "profile  quick (a CPU, minutes)",
        "seed     0",
        "backend  tensorflow on cpu:0",
        "data     bundled with the course",
    ]
    page = course(title="A < B", data="/mirror")._repr_html_()
    assert page.count("<tr>") == 5
    assert "A &lt; B" in page


def test_quick():
    assert course().quick
    assert not course(profile="full").quick
