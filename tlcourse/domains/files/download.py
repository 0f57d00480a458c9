"""Locate, fetch and verify real data, in a mirror or the cache."""

import os
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from tlcourse.arguments import verb
from tlcourse.domains.files.cache import cache_folder
from tlcourse.domains.files.fetch_file import NotFetched, transfer
from tlcourse.domains.files.registry import data_sets, find_data_set
from tlcourse.errors import CourseError


class DataError(CourseError):
    """Real data is missing, or could not be fetched or read."""


@verb
def locate(name):
    """Find the files of a data set without fetching anything.

    Args:
        name: str, one of `data_sets()`.

    Returns:
        Tuple of `Path`, the files of the first complete form, in the folder named by
        `TLCOURSE_DATA` or in the cache; None if there is none.

    Raises:
        UnknownName: (a ValueError) for an unknown name; suggests similar ones.
    """
    form, folder = whole_form(find_data_set(name))
    return None if form is None else tuple(folder / file.path for file in form)


def whole_form(data_set):
    """Return the form of a data set that is here and its folder, or `(None, None)`.

    Args:
        data_set: `DataSet`.

    Returns:
        `(form, folder)`: tuple of `DataFile`, and the `Path` that their paths are relative to.
    """
    for folder in filter(None, (_mirror()[0], _downloads())):
        form = _whole_form_in(folder, data_set)
        if form is not None:
            return form, folder
    return None, None


def files_of(name):
    """Return the files of a data set, as `locate` does.

    Args:
        name: str, one of `data_sets()`.

    Returns:
        Tuple of `Path`.

    Raises:
        DataError: if it is not on this machine; one line with the command that fetches it.
    """
    found = locate(name)
    if found is None:
        raise DataError(how_to_get(name))
    return found


def how_to_get(name):
    """Return one line that says what is missing and how it comes here (str)."""
    size = sum(file.bytes or 0 for file in find_data_set(name).forms[0])
    megabytes = f" ({size / 1e6:.0f} MB)" if size else ""
    return (
        f"The data set '{name}' is not on this machine: `tlcourse data fetch {name}` fetches it"
        f"{megabytes}, or TLCOURSE_DATA names a folder that has it; all else runs without it."
    )


@verb
def fetch(name):
    """Fetch a data set into the cache, unless it is here already.

    If `TLCOURSE_DATA` is an http(s) address, try that mirror first, then the public addresses. A
    file is moved into place only if its checksum matches; until then an earlier file stays.

    Args:
        name: str, one of `data_sets()`.

    Returns:
        Tuple of `Path`.

    Raises:
        UnknownName: (a ValueError) for an unknown name; suggests similar ones.
        DataError: in one line, what was tried and what went wrong.
    """
    data_set = find_data_set(name)
    form, folder = whole_form(data_set)
    # A mirror folder belongs to its owner: `verify` reports it, but nothing changes it.
    if form and (folder == _mirror()[0] or not any(problem for _, problem in verify(name))):
        return tuple(folder / file.path for file in form)
    failures = []
    for form in _forms_with_urls(data_set):
        try:
            return tuple(_first_that_gives(file, urls) for file, urls in form)
        except NotFetched as error:
            failures.append(str(error))
        except OSError as error:
            raise DataError(
                f"'{name}' could not be written to {_downloads()} ({error.strerror or error}): "
                "make room there, or let TLCOURSE_CACHE name another folder."
            ) from error
    raise DataError(
        f"'{name}' could not be fetched ({'; '.join(failures)}); all that needs no real data runs "
        "without it."
    )


@verb
def verify(name):
    """Compare the files of a data set with the published checksums.

    Args:
        name: str, one of `data_sets()`.

    Returns:
        List of `(path, problem)`: `Path` and str, "" if the file matches. Empty if none is present.

    Raises:
        UnknownName: (a ValueError) for an unknown name; suggests similar ones.
    """
    form, folder = whole_form(find_data_set(name))
    return [(folder / file.path, _problem(file, folder)) for file in form or ()]


def verify_all(names=None):
    """Compare the files of several data sets with the published checksums.

    Args:
        names: iterable of str, of `data_sets()`; None means all that are present.

    Returns:
        List of `(name, path, problem)`: str, `Path` and str, "" if the file matches.

    Raises:
        UnknownName: (a ValueError) for an unknown name; suggests similar ones.
        DataError: if one of `names` is not present.
    """
    for name in names or ():
        files_of(name)
    return [(name, *checked) for name in names or data_sets() for checked in verify(name)]


def _problem(file, folder):
    import pooch

    path = str(folder / file.path)
    kind = file.checksum.split(":")[0]
    if f"{kind}:{pooch.file_hash(path, alg=kind)}" == file.checksum:
        return ""
    return f"its checksum is not {file.checksum}"


def _whole_form_in(folder, data_set):
    def n_other_sizes(form):
        return sum(file.bytes not in (None, (folder / file.path).stat().st_size) for file in form)

    whole = (
        form for form in data_set.forms if all((folder / file.path).is_file() for file in form)
    )
    # Forms may share a path; then the size identifies the form.
    return min(whole, key=n_other_sizes, default=None)


def _mirror():
    """Return what TLCOURSE_DATA names: `(folder, None)`, `(None, address)` or `(None, None)`."""
    named = os.environ.get("TLCOURSE_DATA")
    if not named:
        return None, None
    parts = urlsplit(named)
    if parts.scheme in ("http", "https"):
        return None, named.rstrip("/")
    if parts.scheme == "file":
        return Path(url2pathname(parts.path)), None
    return Path(named).expanduser(), None


def _downloads():
    return cache_folder() / "data"


def _forms_with_urls(data_set):
    """Yield the forms that can be fetched, those of the mirror first: lists of (file, urls)."""
    mirror = _mirror()[1]
    if mirror:
        for form in data_set.forms:
            yield [(file, (f"{mirror}/{file.path}",)) for file in form]
    for form in data_set.forms:
        if all(file.urls for file in form):
            yield [(file, file.urls) for file in form]


def _first_that_gives(file, urls):
    failures = []
    for url in urls:
        try:
            return transfer(file, url, _downloads())
        except NotFetched as error:
            failures.append(str(error))
    raise NotFetched("; ".join(failures))
