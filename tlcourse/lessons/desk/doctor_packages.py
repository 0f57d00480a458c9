"""Check versions of Python and packages without importing them."""

import platform
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path


@dataclass(frozen=True)
class Check:
    """One check: name, whether it passed, what was found, what to do."""

    name: str
    ok: bool
    value: str
    help: str = ""


def python() -> Check:
    """Tell whether Python is new enough."""
    ok = sys.version_info >= (3, 11)
    return Check(
        "python", ok, platform.python_version(), "" if ok else "Install Python 3.11 or newer."
    )


def packages() -> Iterator[Check]:
    """Tell whether each package that the course needs is there and new enough; none is imported."""
    for name, wanted in _requirements():
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            yield Check(name, False, "missing", f"Run: pip install '{name}{wanted}'")
            continue
        lowest = re.search(r">=\s*([\d.]+)", wanted)
        ok = lowest is None or _numbers(version) >= _numbers(lowest[1])
        yield Check(name, ok, version, "" if ok else f"Run: pip install --upgrade '{name}{wanted}'")


def _requirements():
    """Yield (name, version specifier) of the course's requirements, without extras."""
    try:
        lines = metadata.requires("tlcourse") or []
    except metadata.PackageNotFoundError:  # run from a checkout, not installed
        import tomllib

        project = Path(__file__).parents[3] / "pyproject.toml"
        try:
            lines = tomllib.loads(project.read_text(encoding="utf-8"))["project"]["dependencies"]
        except (OSError, ValueError, KeyError):
            lines = []
    for line in lines:
        requirement, _, marker = line.partition(";")
        if "extra" not in marker:
            name = re.match(r"[\w.-]+", requirement)[0]
            yield name, requirement[len(name) :].strip()


def _numbers(version):
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])
