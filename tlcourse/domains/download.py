"""Real data on this machine: found in the named mirror or the cache, fetched when asked for."""

import contextlib
import logging
import os
import sys
from pathlib import Path
from urllib.parse import quote, unquote, urlparse

from tlcourse.domains.cache import cache_folder
from tlcourse.domains.registry import data_sets, find_data_set
from tlcourse.errors import CourseError

_TIMEOUT = (10, 30)  # seconds to connect, and between two pieces of an answer
_RETRIES = 2
_CHUNK = 2**16  # bytes


class DataError(CourseError):
    """Real data that is not here, or could not be fetched or read."""


def locate(name):
    """Finds the files of a data set without fetching anything.

    Args:
        name: str, one of `tlcourse.domains.data_sets()`.

    Returns:
        Tuple of `Path`, the files of the first form that is whole, in the folder that
        `TLCOURSE_DATA` names or in the cache; None when there is none.

    Raises:
        UnknownName: (a ValueError) with the near names.
    """
    data_set = find_data_set(name)
    for folder in filter(None, (_mirror()[0], _downloads())):
        for form in data_set.forms:
            paths = tuple(folder / file.path for file in form)
            if all(path.is_file() for path in paths):
                return paths
    return None


def files_of(name):
    """Returns the files of a data set, as `locate` does.

    Raises:
        DataError: in one line, when it is not here: what to type to get it.
    """
    found = locate(name)
    if found is None:
        raise DataError(how_to_get(name))
    return found


def how_to_get(name):
    """Returns one line that says what is missing and how it comes here (str)."""
    size = sum(file.bytes or 0 for file in find_data_set(name).forms[0])
    megabytes = f" ({size / 1e6:.0f} MB)" if size else ""
    return (
        f"The data set '{name}' is not on this machine: `tlcourse data fetch {name}` fetches it"
        f"{megabytes}, or TLCOURSE_DATA names a folder that has it; all else runs without it."
    )


def fetch(name):
    """Fetches a data set, unless it is here already.

    Where `TLCOURSE_DATA` is an http(s) address, that mirror is asked first; then the public
    addresses are. A file is placed only once its checksum is right, in one step: several processes
    may fetch at once, and what was there before stays until then.

    Args:
        name: str, one of `tlcourse.domains.data_sets()`.

    Returns:
        Tuple of `Path`.

    Raises:
        UnknownName: (a ValueError) with the near names.
        DataError: in one line, what was tried and what went wrong.
        OSError: when the cache cannot be written or is full.
    """
    data_set = find_data_set(name)
    found = locate(name)
    if found is not None and not _wrong(found):
        return found
    folder, url = _mirror()
    if found is not None and folder is not None and found[0].is_relative_to(folder):
        return found  # a mirror folder is its owner's: `verify` speaks of it, nobody changes it
    failures = []
    for form in data_set.forms if url else ():
        with _collect(failures):
            return tuple(_get(file, [f"{url}/{quote(file.path)}"]) for file in form)
    for form in data_set.forms:
        if all(file.urls for file in form):
            with _collect(failures):
                return tuple(_get(file, file.urls) for file in form)
    raise DataError(f"'{name}' could not be fetched: {'; '.join(dict.fromkeys(failures))}.")


def verify(name):
    """Compares the files of a data set with the published checksums.

    Returns:
        List of `(path, problem)`: `Path` and str, "" when all is well. Empty when nothing is here.
    """
    found = locate(name)
    wrong = _wrong(found or ())
    return [(path, wrong.get(path, "")) for path in found or ()]


def _mirror():
    """Returns what TLCOURSE_DATA names: `(folder, None)`, `(None, address)` or `(None, None)`."""
    named = os.environ.get("TLCOURSE_DATA")
    if not named:
        return None, None
    parts = urlparse(named)
    if parts.scheme in ("http", "https"):
        return None, named.rstrip("/")
    if parts.scheme == "file":
        path = unquote(parts.path)
        # file:///C:/data has a slash before the drive that no Windows path has.
        return Path(path[1:] if path[2:3] == ":" else path), None
    return Path(named).expanduser(), None


def _downloads():
    return cache_folder() / "data"


def _wrong(paths):
    """Returns the files whose checksum is none of the published ones: dict, path to problem."""
    import pooch

    wrong = {}
    for path in paths:
        known = [
            file.checksum
            for data_set in data_sets().values()
            for form in data_set.forms
            for file in form
            if path.as_posix().endswith("/" + file.path)
        ]
        if not any(_digest(pooch, path, checksum) == checksum for checksum in known):
            wrong[path] = f"its checksum is not {' or '.join(known)}"
    return wrong


def _digest(pooch, path, like):
    kind = like.split(":")[0]
    return f"{kind}:{pooch.file_hash(str(path), alg=kind)}"


@contextlib.contextmanager
def _collect(failures):
    """Notes what failed and lets the next way be tried."""
    try:
        yield
    except _AddressError as error:
        failures.append(str(error))


class _AddressError(Exception):
    """One address did not give the file."""


def _get(file, urls):
    """Fetches one file from the first address that gives it; returns its path."""
    failures = []
    for url in urls:
        with _collect(failures):
            return _get_from(file, url)
    raise _AddressError("; ".join(failures))


def _get_from(file, url):
    import pooch
    from requests.exceptions import ConnectionError as NoConnection
    from requests.exceptions import HTTPError, RequestException, Timeout

    pooch.get_logger().setLevel(logging.ERROR)
    downloader = pooch.HTTPDownloader(
        progressbar=_Progress(file),
        chunk_size=_CHUNK,
        timeout=_TIMEOUT,
        headers={"Accept-Encoding": "identity"},  # else a .gz may arrive unpacked
    )
    source = pooch.create(
        path=_downloads(),
        base_url="",
        registry={file.path: file.checksum},
        urls={file.path: url},
        retry_if_failed=_RETRIES,
    )
    try:
        return Path(source.fetch(file.path, downloader=downloader))
    except HTTPError as error:
        reason = f"the server answered {error.response.status_code}"
    except Timeout:
        reason = f"the server was silent for {_TIMEOUT[1]} s"
    except NoConnection:
        reason = "no connection"
    except RequestException as error:
        reason = f"{type(error).__name__}"
    except ValueError:  # pooch's word for a wrong checksum; the file is removed by then
        reason = (
            f"what came does not have the checksum {file.checksum}; it was removed (a login page "
            "or a proxy in between does this, and so does a file that was replaced)"
        )
    raise _AddressError(f"{url}: {reason}")


class _Progress:
    """What pooch tells of a download: a bar in a terminal; an end for one that has none."""

    total = 0

    def __init__(self, file):
        self._file = file
        self._come = 0
        self._bar = None

    def reset(self):
        """Called once the answer's size is known, and again at the end."""

    def update(self, n):
        """Counts n more bytes; pooch rounds each piece up to the chunk size.

        Raises:
            ValueError: when more comes than the file has: an endless answer shall not fill a disk.
        """
        self._come += n
        if self._file.bytes is not None and self._come - n > self._file.bytes:
            raise ValueError("more came than the file has")
        if self._bar is None and sys.stderr.isatty():
            self._bar = self._started()
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], completed=self._come)

    def close(self):
        """Takes the bar away."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
        self._come = 0

    def _started(self):
        from rich.console import Console
        from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn

        bar = Progress(
            "{task.description}",
            BarColumn(),
            DownloadColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        bar.add_task(self._file.path, total=self._file.bytes or self.total or None)
        bar.start()
        return bar
