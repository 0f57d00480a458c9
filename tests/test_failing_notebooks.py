"""`pytest` turns red when a notebook breaks: a run of it over notebooks that do."""

import shutil
import subprocess
import sys

import nbformat
import pytest

CLAIM = 'import tlcourse as tl; tl.claim("The sun rises in the west", 1, False)'
WRONG = 'import tlcourse as tl; verdict = tl.check("00.1", lambda logits, labels: 0.5)'
NOT_INLINE = "import os; assert os.environ['MPLBACKEND'].startswith('module://matplotlib_inline')"
NOT_OURS = "import os; assert 'tlcourse-tests-' in os.environ['TLCOURSE_CACHE']"


@pytest.mark.slow
def test_each_way_to_break_a_notebook_fails(pytestconfig, tmp_path):
    cells = {
        "fine": ["x = 1", NOT_INLINE, NOT_OURS],
        "broken": ["1 / 0"],
        "claim": [CLAIM],
        "hidden-test": [WRONG, "assert verdict.passed, verdict"],
        "endless": ["while True: pass"],
    }
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "tests").mkdir()
    for name in ("pyproject.toml", "tests/conftest.py"):
        shutil.copy(pytestconfig.rootpath / name, tmp_path / name)
    for name, sources in cells.items():
        made = nbformat.v4.new_notebook(
            cells=[
                nbformat.v4.new_code_cell(source, id=f"cell-{number}")
                for number, source in enumerate(sources)
            ]
        )
        nbformat.write(made, tmp_path / "notebooks" / f"{name}.ipynb")
    words = ["-rA", "--color=no", "-n0", "--nbval-cell-timeout=10", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *words],
        cwd=tmp_path,
        capture_output=True,
        check=False,
        text=True,
        timeout=300,
    )
    assert done.returncode == 1, done.stdout
    lines = done.stdout.splitlines()
    failed = {line.split()[1] for line in lines if line.startswith("FAILED ")}
    assert failed == {
        "notebooks/broken.ipynb::Cell",
        "notebooks/claim.ipynb::Cell",
        "notebooks/endless.ipynb::Cell",
        "notebooks/hidden-test.ipynb::Cell",
    }, done.stdout
    for reason in ("division by zero", "The sun rises in the west", "Not right yet", "Timeout of"):
        assert reason in done.stdout
