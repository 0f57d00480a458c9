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
        path: where it lies in a mirror and in the cache, such as "usps/usps.h5".
        urls: public addresses, the first that answers is taken; none for a form of mirrors only.
        sha256: 64 hexadecimal digits, or None where only an MD5 is published.
        md5: 32 hexadecimal digits, or None.
        bytes: its size, or None where nobody states it.
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
        """The checksum as pooch writes it, `sha256:...` or `md5:...` (str)."""
        return f"sha256:{self.sha256}" if self.sha256 else f"md5:{self.md5}"


@dataclass(frozen=True, kw_only=True)
class DataSet:
    """A data set and the forms in which it comes.

    Attributes:
        name: such as "mnist".
        title: one line that says what it is.
        licence: the licence, or "not stated".
        citation: the paper to cite, with its year.
        home: address of its own page.
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
        UnknownName: (a ValueError) with the near names.
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
