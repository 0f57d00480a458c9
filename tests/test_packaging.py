"""The wheel is the whole course, and what it needs is what it says."""

import ast
import json
import os
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from importlib import metadata
from itertools import chain
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
# An extra may name another one, `tlcourse[text]`: its packages are looked at where they stand.
EXTRAS = {
    name: [line for line in lines if not line.startswith("tlcourse[")]
    for name, lines in PROJECT["optional-dependencies"].items()
}

# Needed, but never imported by name: Keras computes with the first, the others are started.
_NOT_IMPORTED = {"tensorflow", "jupyterlab", "ipykernel"}
# Imported only where it is the chosen backend.
_NOT_NEEDED = {"torch"}
# The extras whose packages the lock holds.
_LOCKED = ("test", "instructor", "text", "widgets")


def name_of(requirement):
    return re.match(r"[\w.-]+", requirement)[0].lower()


def build(kind, project, folder):
    """Build a wheel or an sdist of a project's folder, without any download."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(folder)]
    subprocess.run(command, cwd=project, check=True, capture_output=True, timeout=120)
    (built,) = folder.iterdir()
    return built


@pytest.fixture(scope="module")
def sdist(tmp_path_factory):
    """The unpacked sdist: what git ignores, such as notebooks' checkpoints, is left out."""
    folder = tmp_path_factory.mktemp("sdist")
    with tarfile.open(build("sdist", ROOT, folder)) as archive:
        archive.extractall(folder, filter="data")
    (unpacked,) = (path for path in folder.iterdir() if path.is_dir())
    return unpacked


@pytest.fixture(scope="module")
def wheel(sdist, tmp_path_factory):
    """Built as a release is: from the sdist."""
    return build("wheel", sdist, tmp_path_factory.mktemp("wheel"))


@pytest.fixture
def python(wheel, tmp_path):
    """Function that runs Python with the wheel's course, in an empty folder."""
    installed, empty = tmp_path / "installed", tmp_path / "empty"
    empty.mkdir()
    # A wheel without compiled code is installed by unpacking it; pip need not be there.
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(installed)

    def run(*words):
        done = subprocess.run(
            [sys.executable, *map(str, words)],
            cwd=empty,
            env={**os.environ, "PYTHONPATH": str(installed), "TF_CPP_MIN_LOG_LEVEL": "2"},
            capture_output=True,
            check=False,
            text=True,
            encoding="utf-8",
            timeout=300,
        )
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout

    run.installed, run.empty = installed, empty
    return run


def test_each_import_is_declared_and_each_requirement_used():
    imported = set()
    for path in (ROOT / "tlcourse").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add(node.module.split(".")[0])
    providers = metadata.packages_distributions()
    used = {
        providers[module][0].lower().replace("_", "-")
        for module in imported - set(sys.stdlib_module_names) - {"tlcourse"} - _NOT_NEEDED
    }
    declared = chain(PROJECT["dependencies"], EXTRAS["instructor"])
    assert used | _NOT_IMPORTED == {name_of(line) for line in declared}


def test_requirements_let_a_user_upgrade():
    for line in chain(PROJECT["dependencies"], *EXTRAS.values()):
        assert re.fullmatch(r"[\w.-]+(\[[\w-]+\])?>=[\d.]+", line), line


def test_the_lock_names_each_requirement_and_no_place():
    lock = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    locked = {name_of(line) for line in lock.splitlines() if re.match(r"\w", line)}
    for line in chain(PROJECT["dependencies"], *(EXTRAS[name] for name in _LOCKED)):
        assert name_of(line) in locked
    assert "://" not in lock
    assert not re.search(r"^-", lock, re.MULTILINE)  # such as --index-url


def test_the_version_is_written_once_more_only():
    import tlcourse

    assert PROJECT["version"] == tlcourse.__version__
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## {tlcourse.__version__} " in changes


def test_the_wheel_carries_lessons_and_data_and_no_tests(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    for folder in ("notebooks", "data"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and not {".ipynb_checkpoints", "__pycache__"} & set(path.parts):
                inside = f"tlcourse/_course/{path.relative_to(ROOT).as_posix()}"
                assert inside in names
    # Python, and what the pad shows in a browser.
    code = {
        path.relative_to(ROOT).as_posix()
        for ending in ("py", "js", "css")
        for path in (ROOT / "tlcourse").rglob(f"*.{ending}")
    }
    assert code <= names
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)
    for name in names:
        assert name.startswith(("tlcourse/", "tlcourse-")), name
        assert not re.search(r"test|checkpoint|conftest|__pycache__", name), name


def test_the_sdist_can_test_itself(sdist):
    names = {path.relative_to(sdist).as_posix() for path in sdist.rglob("*")}
    tests = {path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("*.py")}
    alone = {"constraints.txt", "README.md", "LICENSE", "CHANGELOG.md", ".ci/run"}
    assert tests | alone <= names


@pytest.mark.slow
def test_the_installed_course_works_in_an_empty_folder(python):
    ask = "from tlcourse.exercises.source import notebooks_dir as at; print(at())"
    notebooks = Path(python("-c", ask).strip())
    assert notebooks == python.installed / "tlcourse" / "_course" / "notebooks"

    sources = sorted(path.name for path in notebooks.glob("*.ipynb"))
    assert sources == sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))
    listed = json.loads(python("-m", "tlcourse.cli", "list", "--json"))
    assert [lesson["id"] for lesson in listed] == [name[:2] for name in sources]

    python("-m", "tlcourse.cli", "start", "work")
    assert sorted(path.name for path in (python.empty / "work").iterdir()) == sources
    copy = nbformat.read(python.empty / "work" / sources[0], as_version=4)
    assert "YOUR CODE HERE" in "".join(cell.source for cell in copy.cells)

    report = json.loads(python("-m", "tlcourse.cli", "run", "00", "--json"))
    assert report["lessons"][0]["ok"], report
