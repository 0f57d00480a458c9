"""Every public name says what it takes and gives; importing the package costs nothing."""

import ast
import importlib
import inspect
import statistics
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import tlcourse
from tlcourse.arguments import Configured

PACKAGE = Path(tlcourse.__file__).parent
ROOMS = sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py"))


def public():
    """Every public name of every room, as parameters of a test."""
    modules = {room: importlib.import_module(f"tlcourse.{room}") for room in ROOMS}
    return [
        pytest.param(getattr(module, name), id=f"{room}.{name}")
        for room, module in modules.items()
        for name in module.__all__
    ]


def arguments_of(thing):
    """The names of the arguments that a docstring has to explain."""
    if inspect.isclass(thing) and issubclass(thing, BaseException):
        return []
    if isinstance(thing, Configured):
        # What goes to a base by `**settings` is explained there, once.
        thing = vars(thing).get("__init__", lambda **settings: None)
    parameters = inspect.signature(thing).parameters.values()
    return [
        p.name
        for p in parameters
        if p.name not in ("self", "args", "kwargs") and not p.name.startswith("_")
    ]


def gives_something(function):
    body = ast.parse(textwrap.dedent(inspect.getsource(function)))
    return any(
        isinstance(node, (ast.Yield, ast.YieldFrom))
        or (isinstance(node, ast.Return) and node.value is not None)
        for node in ast.walk(body)
    )


def test_there_are_rooms():
    assert {"backbones", "domains", "measures", "strategies"} <= set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_says_what_it_is_and_lists_what_it_offers(room):
    module = importlib.import_module(f"tlcourse.{room}")
    assert module.__doc__
    assert len(set(module.__all__)) == len(module.__all__)
    assert all(hasattr(module, name) for name in module.__all__)


@pytest.mark.parametrize("thing", public())
def test_a_public_name_is_documented(thing):
    if not callable(thing):
        return  # data: the line above it in the source says what it is
    doc = inspect.getdoc(thing)
    assert doc, "no docstring"
    summary = doc.splitlines()[0]
    assert summary.endswith((".", ":")), summary
    names = arguments_of(thing)
    if names:
        section = "Attributes:" if "Attributes:" in doc else "Args:"
        assert section in doc, f"arguments {names} are not explained"
        explained = doc.split(section, 1)[1]
        for name in names:
            assert (
                f"    {name}:" in explained
                or f"    **{name}:" in explained
                or (f"*{name}:" in explained)
            ), f"`{name}` is not explained"
    if inspect.isfunction(thing) and gives_something(thing):
        assert "Returns" in doc or "Yields" in doc, "what it gives is not said"


@pytest.mark.parametrize(
    ("cls", "method"),
    [
        pytest.param(cls.values[0], name, id=f"{cls.id}.{name}")
        for cls in public()
        if inspect.isclass(cls.values[0])
        for name, member in vars(cls.values[0]).items()
        if not name.startswith("_") and (inspect.isfunction(member) or isinstance(member, property))
    ],
)
def test_a_public_method_is_documented(cls, method):
    assert inspect.getdoc(getattr(cls, method))


def test_every_verb_of_the_package_is_one_of_a_room():
    for name in tlcourse.__all__:
        thing = getattr(tlcourse, name)
        if inspect.ismodule(thing):
            assert name in ROOMS
        else:
            offering = [
                room
                for room in ROOMS
                if getattr(importlib.import_module(f"tlcourse.{room}"), name, None) is thing
                and name in importlib.import_module(f"tlcourse.{room}").__all__
            ]
            assert len(offering) == 1, f"{name} has not one public path but {offering}"


def test_what_the_package_does_not_offer_is_said():
    with pytest.raises(AttributeError, match=r"no attribute 'lode_pair'; it offers .*load_pair"):
        _ = tlcourse.lode_pair


def run(code):
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)


def test_importing_the_package_imports_nothing_heavy():
    heavy = ("keras", "numpy", "matplotlib", "IPython", "tensorflow", "scipy", "sklearn")
    found = run(f"import sys, tlcourse; print([m for m in {heavy} if m in sys.modules])").stdout
    assert found.strip() == "[]"


def test_importing_the_package_costs_a_tenth_of_keras_at_most():
    def seconds(module, times):
        code = (
            "import time; begin = time.perf_counter(); "
            f"import {module}; print(time.perf_counter() - begin)"
        )
        return statistics.median(float(run(code).stdout.split()[-1]) for _ in range(times))

    assert seconds("tlcourse", 3) <= 0.1 * seconds("keras", 1)
