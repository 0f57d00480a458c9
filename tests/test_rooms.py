"""The layout is the architecture: a room imports only from rooms above it."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "tlcourse"
ROOMS = [
    "domains",
    "backbones",
    "losses",
    "measures",
    "strategies",
    "plots",
    "exercises",
    "lessons",
    "grading",
    "cli",
]
LEAVES = ["errors", "atomic"]  # anyone may import them; they import nobody
HEAVY = {"keras", "numpy", "matplotlib", "IPython", "tensorflow", "scipy", "sklearn"}


def imported(path):
    """The names a file imports, at its top or inside its functions, as dotted names."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative imports hide the room"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def rooms_of(path):
    """The rooms of this package that a file imports from."""
    for name in imported(path):
        first, *rest = name.split(".")
        if first == "tlcourse" and rest and rest[0] in ROOMS + LEAVES:
            yield rest[0]


def own_room(path):
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


FILES = [path for path in sorted(PACKAGE.rglob("*.py")) if "_course" not in path.parts]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_imports_from_rooms_above_it_only(path):
    room = own_room(path)
    if room == "__init__":
        assert not list(rooms_of(path)), "the package itself loads its rooms lazily"
    elif room in LEAVES:
        assert not list(rooms_of(path)), f"{room} is a leaf"
    else:
        assert room in ROOMS, f"{room} is no room: DESIGN names them all"
        allowed = {*LEAVES, *ROOMS[: ROOMS.index(room) + 1]}
        assert set(rooms_of(path)) <= allowed


def test_the_scan_sees_imports_at_the_top_and_inside_functions(tmp_path):
    file = tmp_path / "a.py"
    file.write_text(
        "import keras, tlcourse.plots\n"
        "from tlcourse import lessons\n"
        "def f():\n    from tlcourse.cli import main\n"
    )
    assert list(rooms_of(file)) == ["plots", "lessons", "cli"]


def test_only_what_serves_tensorflow_alone_imports_it():
    for path in FILES:
        names = {name.split(".")[0] for name in imported(path)}
        # Keras shares a batch between devices on JAX only: on TensorFlow `tf.distribute` must.
        allowed = {"devices", "doctor_packages", "distribution"}
        assert "tensorflow" not in names or path.stem in allowed, path


def test_the_command_line_imports_nothing_heavy_at_its_top():
    top = ast.parse((PACKAGE / "cli.py").read_text(encoding="utf-8")).body
    names = set()
    for node in top:
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module.split(".")[0])
    assert "typer" in names
    assert not names & HEAVY
