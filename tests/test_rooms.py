"""The layout is the architecture: small rooms, imports downward, through faces, in no circle."""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "tlcourse"
ROOMS = [
    "domains",
    "pad",
    "losses",
    "exercises",
    "models",
    "training",
    "backbones",
    "measures",
    "strategies",
    "plots",
    "lessons",
    "grading",
    "cli",
]
LEAVES = ["errors", "atomic", "arguments", "lazy"]  # anyone may import them; they import nobody
HEAVY = {"keras", "numpy", "matplotlib", "IPython", "tensorflow", "scipy", "sklearn"}
MOST_MODULES, MOST_LINES = 16, 300
# One file a lesson, and lessons are numbered: what is looked for there has a name already.
BY_NUMBER = {"exercises/by_lesson"}


def modules_of(root):
    """Every module below a folder: dotted name, `tlcourse` left out, to its path."""
    return {
        ".".join(path.relative_to(root).with_suffix("").parts)
        .removesuffix("__init__")
        .rstrip("."): (path)
        for path in sorted(root.rglob("*.py"))
        if "_course" not in path.parts
    }


def names_of(path):
    """The names (set) that a face hands on: what its `__all__`, or the table behind it, lists."""
    names = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in ("__all__", "_HOMES"):
            entries = getattr(node.value, "keys", None) or node.value.elts
            names |= {entry.value for entry in entries if isinstance(entry, ast.Constant)}
    return names


def imports_of(path, modules):
    """The modules of this package that a file imports, at its top or inside its functions.

    Gives `(module, names)`; a file that is imported as a name counts as imported itself.
    """
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.split(".")[0] == "tlcourse":
                    yield alias.name.removeprefix("tlcourse").lstrip("."), set()
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative imports hide the room"
            if node.module.split(".")[0] != "tlcourse":
                continue
            module = node.module.removeprefix("tlcourse").lstrip(".")
            names = {alias.name for alias in node.names}
            handed_on = names_of(modules[module]) if module in modules else set()
            below = {name: f"{module}.{name}".lstrip(".") for name in names - handed_on}
            files = {name for name in below if below[name] in modules}
            yield from ((below[name], set()) for name in files)
            if names - files:
                yield module, names - files


def problems_of(module, path, modules):
    """Whatever a file imports that it must not, in words."""
    room = module.split(".")[0]
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for imported, names in imports_of(path, modules):
        other = imported.split(".")[0]
        is_face = imported in modules and modules[imported].name == "__init__.py"
        if imported == "" and names == {"__version__"}:
            continue
        if other in LEAVES:
            continue
        if module in ("", *LEAVES):
            yield f"imports {imported}, and must import nobody"
        elif other not in ROOMS or ROOMS.index(other) > ROOMS.index(room):
            yield f"imports {imported or names}, which is no room above {room}"
        elif not is_face:
            if imported.rpartition(".")[0] not in (room, package):
                yield f"reaches into {imported}, past its face"
        elif imported in (room, package) and path.name != "__main__.py":
            yield f"imports its own face, {imported}"
        elif names - names_of(modules[imported]):
            missing = sorted(names - names_of(modules[imported]))
            yield f"takes {missing} from {imported}, which does not hand them on"


def circle_in(modules):
    """The modules of one circle of imports (list), empty where there is none."""
    graph = {
        module: {name for name, _ in imports_of(path, modules) if name and name != module}
        for module, path in modules.items()
        if module
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1]
    return []


MODULES = modules_of(PACKAGE)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module or "tlcourse")
def test_imports_go_downward_and_through_faces(module):
    assert list(problems_of(module, MODULES[module], MODULES)) == []


def test_every_folder_is_a_room_or_a_wing_of_one():
    at_the_top = {module.split(".")[0] for module in MODULES if module}
    assert at_the_top == {*ROOMS, *LEAVES}


def test_there_is_no_circle():
    assert circle_in(MODULES) == []


def test_folders_and_files_are_small():
    folders = {}
    for path in MODULES.values():
        folders.setdefault(path.parent, []).append(path.name)
        lines = len(path.read_text(encoding="utf-8").splitlines())
        assert lines <= MOST_LINES, f"{path} has {lines} lines: split it"
    for folder, files in folders.items():
        n = len([name for name in files if not name.startswith("__")])
        if folder.relative_to(PACKAGE).as_posix() not in BY_NUMBER:
            assert n <= MOST_MODULES, f"{folder} holds {n} modules: give it wings"


def test_what_is_wrong_is_seen(tmp_path):
    wing = tmp_path / "domains" / "files"
    (tmp_path / "models").mkdir()
    wing.mkdir(parents=True)
    for folder in (tmp_path, wing, wing.parent, tmp_path / "models"):
        (folder / "__init__.py").write_text("")
    (wing / "a.py").write_text("import keras\n\ndef f():\n    from tlcourse.cli import main\n")
    (wing / "b.py").write_text("from tlcourse.domains.files import c\n")
    (wing / "c.py").write_text("from tlcourse.domains.files.b import x\n")
    (wing / "d.py").write_text("from tlcourse.domains.files import x\n")
    (tmp_path / "models" / "e.py").write_text(
        "from tlcourse.domains.files.a import f\nfrom tlcourse.domains import no_such_name\n"
    )
    modules = modules_of(tmp_path)
    said = {
        name.rpartition(".")[2]: " ".join(problems_of(name, path, modules))
        for name, path in modules.items()
    }
    assert "imports cli, which is no room above domains" in said["a"]
    assert said["b"] == said["c"] == ""
    assert "imports its own face" in said["d"]
    assert "reaches into domains.files.a, past its face" in said["e"]
    assert "['no_such_name'] from domains, which does not hand them on" in said["e"]
    assert {"domains.files.b", "domains.files.c"} <= set(circle_in(modules))


def test_only_what_serves_tensorflow_alone_imports_it():
    for module, path in MODULES.items():
        tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        names = {
            alias.name for node in tree if isinstance(node, ast.Import) for alias in node.names
        }
        # Keras shares a batch between devices on JAX only: on TensorFlow `tf.distribute` must.
        allowed = {"lessons.devices", "lessons.desk.doctor_packages", "training.devices"}
        assert "tensorflow" not in names or module in allowed, path


@pytest.mark.parametrize("path", sorted((PACKAGE / "cli").glob("*.py")), ids=lambda path: path.stem)
def test_the_command_line_imports_nothing_heavy_at_its_top(path):
    names = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module.split(".")[0])
            assert not node.module.startswith("tlcourse") or node.module.startswith("tlcourse.cli")
    assert not names & HEAVY
