"""The folder of the files that ship with the course."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[2]


def data_folder():
    """Locate the folder `data`.

    Returns:
        `Path`: inside an installed package, beside the package in a checkout.
    """
    installed = _PACKAGE / "_course" / "data"
    return installed if installed.is_dir() else _PACKAGE.parent / "data"
