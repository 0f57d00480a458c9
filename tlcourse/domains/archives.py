"""Archives from strangers, read in memory: nothing is unpacked to disk."""

import lzma
import tarfile
import zipfile
import zlib
from pathlib import PurePosixPath

from tlcourse.domains.download import DataError

_LIMIT = 2**32  # bytes in all: the largest data set holds a fifth of it


def read_members(path, wanted, *, limit=_LIMIT):
    """Yields the files of a zip or tar archive, in the archive's order.

    Names that point elsewhere, links and devices are refused, as is an archive that unpacks to
    more than `limit`; each is a sign of an archive that was made to harm.

    Args:
        path: `Path` of the archive.
        wanted: function of a member's name (str), True for those to be read.
        limit: bytes of all members together.

    Yields:
        `(name, content)`: str and bytes.

    Raises:
        DataError: when the archive is damaged or refused; it names the file.
    """
    try:
        yield from (_zip if zipfile.is_zipfile(path) else _tar)(path, wanted, limit)
    except (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError) as error:
        raise DataError(f"{path} is damaged ({error}); fetch it again.") from error
    except (NotImplementedError, RuntimeError) as error:  # an unknown method; a password
        raise DataError(f"{path} cannot be read ({error}); fetch it again.") from error
    except OSError as error:
        # gzip says "not a gzipped file" and a bad checksum with an OSError that has no number.
        if error.errno is not None:
            raise
        raise DataError(f"{path} is damaged ({error}); fetch it again.") from error


def _zip(path, wanted, limit):
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        for member in members:
            is_link = (member.external_attr >> 16) & 0o170000 == 0o120000
            _check(path, member.filename, is_link)
        _check_size(path, sum(member.file_size for member in members), limit)
        for member in members:
            if not member.is_dir() and wanted(member.filename):
                # Reads as much as the directory declares, which was added up, and no more.
                yield member.filename, archive.read(member)


def _tar(path, wanted, limit):
    total = 0
    with tarfile.open(path) as archive:
        for member in archive:
            _check(path, member.name, not (member.isfile() or member.isdir()))
            total += member.size
            _check_size(path, total, limit)
            if member.isfile() and wanted(member.name):
                yield member.name, archive.extractfile(member).read()


def _check(path, name, is_special):
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if is_special or ".." in parts or (parts and (parts[0] == "/" or parts[0].endswith(":"))):
        kind = "a link or device" if is_special else "a path that leads elsewhere"
        raise DataError(f"{path} is refused: it holds {kind}, {name!r}.")


def _check_size(path, total, limit):
    if total > limit:
        raise DataError(f"{path} is refused: it unpacks to more than {limit / 2**30:.1f} GiB.")
