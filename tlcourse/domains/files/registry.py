"""Registry of data sets: licence, size, addresses, checksums, citation."""

import functools
import tomllib
from dataclasses import dataclass

from tlcourse.domains.files.shipped import data_folder
from tlcourse.errors import UnknownName, near


@dataclass(frozen=True, kw_only=True)
class DataFile:
    """One file of a data set.

    Attributes:
        path: path in a mirror and in the cache, such as "usps/usps.h5".
        urls: public addresses, tried in order; empty for a form found only in mirrors.
        sha256: 64 hexadecimal digits, or None if only an MD5 is published.
        md5: 32 hexadecimal digits, or None.
        bytes: size of the file, or None if it is not published.
        checksum_from: who published the checksum.
    """

    path: str
    urls: tuple[str, ...] = ()
    sha256: str | None = None
    md5: str | None = None
    bytes: int | None = None
    checksum_from: str = "the course: of the file that its loader was tested on"

    @property
    def checksum(self):
        """The checksum in pooch's notation, `sha256:...` or `md5:...` (str)."""
        return f"sha256:{self.sha256}" if self.sha256 else f"md5:{self.md5}"


@dataclass(frozen=True, kw_only=True)
class DataSet:
    """A data set and its forms.

    Attributes:
        name: id, such as "mnist".
        title: description in one line.
        licence: the licence, or "not stated".
        citation: the paper to cite, with its year.
        home: address of its home page.
        forms: each a tuple of `DataFile`; any one of them is enough, the first is preferred.
    """

    name: str
    title: str
    licence: str
    citation: str
    home: str
    forms: tuple[tuple[DataFile, ...], ...]


def data_sets():
    """List all real data sets.

    Returns:
        Dict, name to `DataSet`.
    """
    return dict(_read(data_folder() / "registry.toml"))


def find_data_set(name):
    """Return the `DataSet` of that name.

    Args:
        name: str, one of `data_sets()`.

    Raises:
        UnknownName: (a ValueError) for an unknown name; suggests similar ones.
    """
    known = data_sets()
    if not isinstance(name, str) or name not in known:
        raise UnknownName(f"Unknown data set {name!r}.{near(name, known)}")
    return known[name]


@functools.cache
def _read(path):
    with path.open("rb") as file:
        tables = tomllib.load(file)
    return {name: _data_set(name, table) for name, table in tables.items()}


def _data_set(name, table):
    forms = tuple(
        tuple(
            DataFile(**{**entry, "urls": tuple(entry.get("urls", ()))}) for entry in form["files"]
        )
        for form in table["forms"]
    )
    return DataSet(name=name, **{**table, "forms": forms})
