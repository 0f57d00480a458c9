"""What the README tells people to type works."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tlcourse.cli import main
from tlcourse.lessons.catalog import lessons

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
# How `.ci/run` finds the command that it tries.
TEST_COMMAND = r"^pip install .* && pytest$"


def test_each_of_the_two_commands_is_one_line():
    commands = re.findall(r"^pip install .* && .*$", README, re.MULTILINE)
    assert [command.split(" && ")[1] for command in commands] == ["tlcourse lab", "pytest"]
    assert len(re.findall(TEST_COMMAND, README, re.MULTILINE)) == 1


def test_the_ci_tries_the_readmes_own_command():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert f"'{TEST_COMMAND}' README.md" in script
    assert "pip install -e" not in script
    assert os.access(ROOT / ".ci" / "run", os.X_OK) or os.name == "nt"


def test_the_extras_that_it_names_exist():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = set(re.findall(r'"(?:\.|tlcourse)\[(\w+)\]"', README))
    assert named == set(project["optional-dependencies"])


@pytest.mark.parametrize("verb", sorted(set(re.findall(r"`tlcourse ([a-z]+)", README))))
def test_each_verb_that_it_names_exists(verb, capsys):
    assert main([verb, "--help"]) == 0
    shown = capsys.readouterr().out
    (row,) = re.findall(rf"^\| `tlcourse {verb}\b.*", README, re.MULTILINE)
    for option in re.findall(r"`(--[a-z-]+)`", row):
        assert option in shown


def test_its_table_is_of_the_lessons_that_exist():
    rows = re.findall(
        r"^\| (\d\d) \| \[([^]]+)\]\(([^)]+)\) \|.*\| (\d+) \|$", README, re.MULTILINE
    )
    assert rows == [
        (lesson.id, lesson.title, f"notebooks/{lesson.path.name}", str(lesson.minutes))
        for lesson in lessons()
    ]


def test_its_links_lead_to_files():
    for target in re.findall(r"\]\((?!https:)([^)]+)\)", README):
        assert (ROOT / target).exists(), target


@pytest.mark.slow
def test_its_example_runs_and_shows_what_is_written_below_it():
    (example,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    done = subprocess.run(
        [sys.executable, "-c", example], capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    probe, scratch = map(int, re.findall(r"(\d+)%", done.stdout))
    assert probe > scratch
