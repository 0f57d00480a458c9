"""A killed grader goes on where it was: a small run of the benchmark of that name."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "benchmarks" / "killed_grader.py"


@pytest.fixture
def short_folder():
    """A folder whose path leaves room for a socket's: 108 characters are all that it may have."""
    with tempfile.TemporaryDirectory(prefix="t-") as folder:
        yield folder


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
def test_no_grade_is_lost_and_none_is_given_twice(short_folder):
    done = subprocess.run(
        [sys.executable, SCRIPT, "--submissions", "9", "--kills", "2"],
        capture_output=True,
        text=True,
        env={**os.environ, "TMPDIR": str(short_folder)},
        check=False,
    )
    found = json.loads(done.stdout.splitlines()[-1]) if done.stdout else done.stderr
    assert found["failures"] == []
    assert (found["submissions"], found["killed"]) == (9, 2)
    assert done.returncode == 0
