"""Fetch one file: pooch places it whole and verified, or not at all."""

import logging
import sys
from pathlib import Path

_TIMEOUT = (10, 30)  # seconds to connect, and between two pieces of a response
_RETRIES = 2
_CHUNK = 2**16  # bytes
_LARGEST_UNSTATED = 2**28  # bytes, for a file whose size is not published


class NotFetched(Exception):  # noqa: N818 (it is no fault of anyone's here)
    """An address did not deliver the file; the message says why, in a few words."""


def transfer(file, url, folder):
    """Fetch one file, unless it is there and right.

    It is written to a temporary file and moved into place once its checksum matches: several
    processes may fetch at once, and an earlier file stays until then. An interrupted transfer is
    retried twice; a refusal is not.

    Args:
        file: `DataFile`.
        url: str, http or https.
        folder: `Path` that `file.path` is relative to.

    Returns:
        `Path` of the file.

    Raises:
        NotFetched: if this address does not deliver the file.
        OSError: if the folder cannot be written or is full.
    """
    import pooch
    from requests import RequestException

    pooch.get_logger().setLevel(logging.ERROR)
    # pooch makes it too, but fails if another process does so at the same moment.
    (folder / file.path).parent.mkdir(parents=True, exist_ok=True)
    source = pooch.create(
        path=folder,
        base_url="",
        registry={file.path: file.checksum},
        urls={file.path: url},
        retry_if_failed=_RETRIES,
    )
    try:
        return Path(source.fetch(file.path, downloader=lambda *words: _download(file, *words)))
    except RequestException as error:
        raise NotFetched(f"{url}: {_reason(error)}") from error
    except ValueError as error:  # pooch's error for a wrong checksum
        raise NotFetched(f"{url}: {_not_it(file)}") from error


def _download(file, url, place, _):
    """Write the answer of an address to a place, as pooch asks it of a downloader."""
    import requests

    # Keep a .gz as it is: decompressed on the way, it would not match its checksum.
    headers = {"Accept-Encoding": "identity"}
    try:
        answer = requests.get(url, stream=True, timeout=_TIMEOUT, headers=headers)
    except requests.exceptions.SSLError as error:
        raise NotFetched(f"{url}: its certificate could not be checked") from error
    except requests.ConnectionError as error:
        raise NotFetched(f"{url}: no connection") from error
    with answer:
        if answer.status_code >= 500:
            answer.raise_for_status()  # worth retrying
        if answer.status_code != 200:
            raise NotFetched(f"{url}: the server answered {answer.status_code}")
        answer.raw.headers.pop("Content-Encoding", None)  # some servers set it for every .gz
        if file.bytes and answer.headers.get("Content-Length") not in (None, str(file.bytes)):
            raise NotFetched(f"{url}: {_not_it(file)}")
        _write(file, url, place, answer.iter_content(_CHUNK))


def _write(file, url, place, pieces):
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn

    columns = "{task.description}", BarColumn(), DownloadColumn(), TimeRemainingColumn()
    bar = Progress(
        *columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()
    )
    written = 0
    with Path(place).open("wb") as target, bar:
        task = bar.add_task(file.path, total=file.bytes)
        for piece in pieces:
            written += len(piece)
            if written > (file.bytes or _LARGEST_UNSTATED):  # it may be endless
                raise NotFetched(f"{url}: {_not_it(file)}")
            target.write(piece)
            bar.update(task, completed=written)
    # A temporary file is private to its owner; a cache may be shared.
    Path(place).chmod(0o644)


def _not_it(file):
    size = f" and {file.bytes:,} bytes" if file.bytes else ""
    return (
        f"what came is not the file with {file.checksum}{size}, and was removed (a login page or "
        "a proxy in between does this, and so does a file that was replaced)"
    )


def _reason(error):
    import requests

    if isinstance(error, requests.HTTPError):
        return f"the server answered {error.response.status_code}"
    if isinstance(error, requests.Timeout):
        return f"no answer within {_TIMEOUT[1]} s"
    if isinstance(error, (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        return "the answer broke off or stood still"
    return type(error).__name__
