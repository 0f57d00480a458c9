"""Locate the files shipped with the course."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[2]


def data_folder():
    """Locate the folder `data`: inside an installed package, beside the package in a checkout.

    Returns:
        `Path`.
    """
    installed = _PACKAGE / "_course" / "data"
    return installed if installed.is_dir() else _PACKAGE.parent / "data"
