"""What a sandbox may see: what Python needs, and no right answer."""

import os
import sys
from pathlib import Path

from tlcourse.domains import data_folder
from tlcourse.exercises import notebooks_dir

__all__ = [
    "emptied_folders",
    "python_folders",
    "system_links",
    "system_paths",
    "variables",
]

_PACKAGE = Path(__file__).resolve().parents[2]
# These folders contain what judges answers; nothing that runs beside an answer is in them.
_JUDGING = [_PACKAGE / "exercises" / name for name in ("by_lesson", "judging")]
_SYSTEM = ("/usr", "/bin", "/lib", "/lib32", "/lib64", "/sbin", "/etc/ld.so.cache")


def variables():
    """Return the environment (dict): nothing of ours but where Python finds its packages."""
    settings = {
        "PATH": os.pathsep.join([str(Path(sys.prefix, "bin")), "/usr/bin", "/bin"]),
        "HOME": "/tmp/home",
        "IPYTHONDIR": "/tmp/home/.ipython",
        "TMPDIR": "/tmp",
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    for name in ("KERAS_BACKEND", "LD_LIBRARY_PATH"):
        if name in os.environ:
            settings[name] = os.environ[name]
    if os.environ.get("PYTHONPATH"):
        # Show this package itself, but not the whole checkout that it may lie in.
        settings["PYTHONPATH"] = os.pathsep.join([*_search_path(), str(_PACKAGE.parent)])
    return settings


def system_links():
    """Return those of the system's folders that are links (dict of path to target, str)."""
    return {path: str(Path(path).readlink()) for path in _SYSTEM if Path(path).is_symlink()}


def system_paths():
    """Return the system's programs and libraries (list of str), without the links."""
    return [path for path in _SYSTEM if Path(path).exists() and not Path(path).is_symlink()]


def python_folders():
    """Return the folders of the interpreter, its packages, this package and its data (list)."""
    places = {Path(sys.prefix), Path(sys.base_prefix), _PACKAGE, data_folder()}
    return sorted({str(place.absolute()) for place in places} | set(_search_path()))


def _search_path():
    """Return the folders of PYTHONPATH (list of str) that hold packages and nothing of ours.

    A checkout contains the notebooks once more, in its history; the working directory or home
    directory may contain submissions and grades.
    """
    named = [Path(place) for place in os.environ.get("PYTHONPATH", "").split(os.pathsep) if place]
    private = [_PACKAGE.parent, Path.cwd(), Path.home().resolve()]
    resolved = [place.resolve() for place in named if place.is_dir()]
    return [
        str(place) for place in resolved if not any(each.is_relative_to(place) for each in private)
    ]


def emptied_folders():
    """Return the folders (list of str) that hold or judge right answers, to be laid over."""
    # An editable install keeps a second copy of the notebooks beside the packages.
    installed = [Path(place, "tlcourse", "_course", "notebooks") for place in sys.path if place]
    # What was compiled before a file moved or was hidden may still lie beside the others.
    compiled = _PACKAGE / "exercises" / "__pycache__"
    folders = {notebooks_dir(), compiled, *_JUDGING, *installed}
    return sorted(str(folder.absolute()) for folder in folders if folder.is_dir())
