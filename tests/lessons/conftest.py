"""A small course of synthetic lessons, so that these tests need no real lesson."""

import re
import subprocess
import sys

import nbformat
import pytest

_COMMAND = """
import sys
from pathlib import Path
from tlcourse.exercises import source
folder = Path(sys.argv.pop(1))
source.notebooks_dir = lambda: folder
from tlcourse.cli import main
sys.exit(main())
"""


@pytest.fixture
def notebook():
    """Function that makes a notebook of code cells."""

    def make(*cells, **metadata):
        return nbformat.v4.new_notebook(
            cells=[
                nbformat.v4.new_code_cell(source, id=f"cell-{number}")
                for number, source in enumerate(cells)
            ],
            metadata=metadata,
        )

    return make


@pytest.fixture
def course(tmp_path, monkeypatch, notebook):
    """Function that adds a lesson to a course that is empty at first.

    The ids 9x have no exercises in the package.
    """
    folder = tmp_path / "course" / "notebooks"
    folder.mkdir(parents=True)
    monkeypatch.setattr("tlcourse.exercises.source.notebooks_dir", lambda: folder)
    for name in ("PROFILE", "SEED", "DATA", "HOSTS", "PROCESS"):
        monkeypatch.delenv(f"TLCOURSE_{name}", raising=False)

    def add(lesson_id, title, *cells):
        about = {"id": lesson_id, "title": title, "minutes": 5, "formulas": ["a = b"]}
        path = folder / f"{lesson_id}_{re.sub(r'[^a-z]+', '_', title.lower())}.ipynb"
        nbformat.write(notebook(*cells, tlcourse=about), path)
        return path

    add.folder = folder
    return add


@pytest.fixture
def command(course):
    """Function that starts `tlcourse` with the synthetic course in a process of its own."""
    started = []

    def start(*arguments, **options):
        process = subprocess.Popen(
            [sys.executable, "-c", _COMMAND, str(course.folder), *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            **options,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.terminate()  # in order: a lab that is killed would leave its server behind
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
        process.communicate()
