"""Read untrusted archives in memory; nothing is unpacked to disk."""

import bz2
import contextlib
import gzip
import stat
import tarfile
import zipfile
from pathlib import PureWindowsPath

from tlcourse.domains.files.download import DataError

_LIMIT = 2**32  # bytes in total: the largest data set has a fifth of it
_MEMBER_LIMIT = 2**28  # bytes of one member, which must fit in memory
_CHUNK = 2**16


def read_members(path, wanted):
    """Yield the files of a zip or tar.gz archive, in the archive's order.

    Paths that lead elsewhere, links and devices are refused, as is an archive that unpacks to more
    than any data set contains; each is a sign of a malicious archive.

    Args:
        path: `Path` of the archive; .zip and .npz are zip archives, any other is a tar.gz.
        wanted: function of a member's name (str), True for those to read.

    Yields:
        `(name, content)`: str and bytes.

    Raises:
        DataError: if the archive is damaged or refused; names the file.
    """
    read = _zip if path.suffix in (".zip", ".npz") else _tar
    with _opened(path) as file:
        yield from read(path, file, wanted)


def unpack(path):
    """Return the content of a single packed file.

    Args:
        path: `Path` of a .gz or .bz2 file.

    Returns:
        Bytes, the content.

    Raises:
        DataError: if the file is damaged or unpacks to more than any data set contains.
    """
    unpacked = bz2.BZ2File if path.suffix == ".bz2" else gzip.open
    with _opened(path) as file, unpacked(file) as content:
        whole = content.read(_MEMBER_LIMIT + 1)
        _check_size(path, len(whole), _MEMBER_LIMIT)
        return whole


def damaged(path, reason):
    """Return the `DataError` for a file that is not what it should be.

    Args:
        path: `Path` of the file.
        reason: str or exception, what is wrong with it.
    """
    line = " ".join(str(reason).split()) or type(reason).__name__
    return DataError(f"{path} is damaged ({line}); fetch it again.")


@contextlib.contextmanager
def _opened(path):
    """Open a file; what goes wrong while it is read becomes an error that names it."""
    with path.open("rb") as file:
        try:
            yield file
        except (DataError, MemoryError):
            raise
        except Exception as error:  # a damaged archive can make its reader raise nearly anything
            raise damaged(path, error) from error


def _zip(path, file, wanted):
    with zipfile.ZipFile(file) as archive:
        members = archive.infolist()
        for member in members:
            kind = stat.S_IFMT(member.external_attr >> 16)
            _check_name(path, member.orig_filename)
            _check_kind(path, member.filename, kind in (0, stat.S_IFREG, stat.S_IFDIR))
            _check_size(path, member.file_size, _MEMBER_LIMIT)
            _check_packing(path, member)
        _check_size(path, sum(member.file_size for member in members), _LIMIT)
        for member in members:
            if not member.is_dir() and wanted(member.filename):
                # Read no more than the directory declares; `archive.read` would unpack everything.
                with archive.open(member) as content:
                    yield member.filename, content.read(member.file_size)


def _tar(path, file, wanted):
    with _Careful(fileobj=file) as unpacked, tarfile.open(fileobj=unpacked, mode="r:") as archive:
        for member in archive:
            _check_name(path, member.name)
            _check_kind(path, member.name, member.isfile() or member.isdir())
            _check_size(path, member.size, _MEMBER_LIMIT)
            _check_size(path, member.offset_data + member.size, _LIMIT)
            if member.isfile() and wanted(member.name):
                yield member.name, archive.extractfile(member).read()
        # The checksum follows after all that, where tarfile does not look.
        while unpacked.read(_CHUNK):
            _check_size(path, unpacked.tell(), _LIMIT)


class _Careful(gzip.GzipFile):
    """A gzip file that limits each read to the size of a member.

    tarfile reads a long name, or other data before a member, at the length that it declares.
    """

    def read(self, size=-1):
        if not 0 <= size <= _MEMBER_LIMIT:
            raise tarfile.ReadError(f"a header of {size} bytes")
        return super().read(size)


def _check_name(path, name):
    # As on Windows, where a drive or backslashes also lead elsewhere.
    if "\\" in name or PureWindowsPath(name).anchor or ".." in PureWindowsPath(name).parts:
        raise DataError(f"{path} is refused: it holds a path that leads outside, {name!r}.")


def _check_kind(path, name, is_plain):
    if not is_plain:
        raise DataError(f"{path} is refused: it holds a link or device, {name!r}.")


def _check_packing(path, member):
    # The other methods unpack without a bound, whatever limit is requested.
    is_encrypted = member.flag_bits & 1
    if is_encrypted or member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise DataError(
            f"{path} is refused: {member.filename!r} is encrypted, or oddly compressed."
        )


def _check_size(path, size, limit):
    if not 0 <= size <= limit:
        raise DataError(f"{path} is refused: it unpacks to more than {limit:,} bytes.")
