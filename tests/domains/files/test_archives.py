"""Archives of strangers: what could harm or is damaged is refused in one line."""

import bz2
import contextlib
import gzip
import io
import struct
import tarfile
import tempfile
import tracemalloc
import zipfile

import numpy as np
import pytest

from tlcourse.domains.files import archives
from tlcourse.domains.files.archives import read_members, unpack
from tlcourse.domains.files.download import DataError

MEMBERS = {"a/one.txt": b"first", "a/b/two.txt": b"second" * 1000, "ünï.txt": b"", "c.bin": b"x"}
EVIL_NAMES = (
    *("../evil", "a/../../evil", "..", "/etc/evil", "//server/share/evil"),
    *("C:/evil", "c:evil", "C:\\evil", "..\\evil", "a\\evil", "\\\\server\\share\\evil"),
)


def zip_of(members, **options):
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", **{"compression": zipfile.ZIP_DEFLATED, **options}) as archive:
        for name, content in members.items():
            entry = zipfile.ZipInfo("x") if isinstance(name, str) else name
            if isinstance(name, str):
                entry.filename = entry.orig_filename = name  # as it is, on Windows too
                entry.compress_type = archive.compression
            archive.writestr(entry, content)
    return body.getvalue()


def tar_of(members):
    body = io.BytesIO()
    with tarfile.open(fileobj=body, mode="w:gz") as archive:
        for name, content in members.items():
            entry = tarfile.TarInfo(name) if isinstance(name, str) else name
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return body.getvalue()


@pytest.fixture(params=["zip", "tar.gz"])
def pack(request, tmp_path):
    """Function of members that writes an archive of either kind and returns its path."""
    path = tmp_path / f"data.{request.param}"

    def write(members):
        path.write_bytes((zip_of if request.param == "zip" else tar_of)(members))
        return path

    return write


@pytest.fixture(autouse=True)
def nothing_is_unpacked_to_disk(tmp_path, monkeypatch):
    """Every test here: reading an archive writes no file."""
    for name in ("work", "temporary"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    yield
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and path.parent != tmp_path]
    assert len([path for path in tmp_path.iterdir() if path.is_file()]) <= 1


@contextlib.contextmanager
def at_most(size):
    """Asserts that what is done within takes no more memory than that, in bytes."""
    tracemalloc.start()
    yield
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < size


def everything(name):
    return True


def read(path):
    return dict(read_members(path, everything))


def assert_refused(path, reason):
    with pytest.raises(DataError, match=reason) as error:
        read(path)
    assert "\n" not in str(error.value)
    assert str(path) in str(error.value)


def test_members_come_as_they_were_packed(pack):
    path = pack(MEMBERS)
    assert read(path) == MEMBERS
    assert list(read(path)) == list(MEMBERS)


def test_only_what_is_wanted_is_read(pack):
    path = pack(MEMBERS)
    wanted = dict(read_members(path, lambda name: name.endswith(".bin")))
    assert wanted == {"c.bin": b"x"}


def test_folders_are_no_members(tmp_path):
    folder = tarfile.TarInfo("a")
    folder.type = tarfile.DIRTYPE
    (tmp_path / "data.tgz").write_bytes(tar_of({folder: b"", "a/one": b"1"}))
    assert read(tmp_path / "data.tgz") == {"a/one": b"1"}
    (tmp_path / "data.tgz").unlink()
    (tmp_path / "data.zip").write_bytes(zip_of({"a/": b"", "a/one": b"1"}))
    assert read(tmp_path / "data.zip") == {"a/one": b"1"}


@pytest.mark.parametrize("name", EVIL_NAMES)
def test_a_name_that_leads_elsewhere(pack, name):
    assert_refused(pack({"good": b"", name: b"evil"}), "is refused: it holds a path that leads")


@pytest.mark.parametrize("name", ["a..b/c", "...", "a/.hidden", "ab: c", "with space/ü.jpg"])
def test_a_name_that_only_looks_odd(pack, name):
    assert read(pack({name: b"good"})) == {name: b"good"}


@pytest.mark.parametrize("kind", ["SYMTYPE", "LNKTYPE", "CHRTYPE", "BLKTYPE", "FIFOTYPE"])
def test_a_link_or_device_in_a_tar(tmp_path, kind):
    entry = tarfile.TarInfo("evil")
    entry.type = getattr(tarfile, kind)
    entry.linkname = "/etc/passwd"
    (tmp_path / "data.tar.gz").write_bytes(tar_of({"good": b"", entry: b""}))
    assert_refused(tmp_path / "data.tar.gz", "is refused: it holds a link or device, 'evil'")


@pytest.mark.parametrize("mode", [0o120777, 0o020666, 0o060666, 0o010666, 0o140666])
def test_a_link_or_device_in_a_zip(tmp_path, mode):
    entry = zipfile.ZipInfo("evil")
    entry.external_attr = mode << 16
    (tmp_path / "data.zip").write_bytes(zip_of({"good": b"", entry: b"/etc/passwd"}))
    assert_refused(tmp_path / "data.zip", "is refused: it holds a link or device, 'evil'")


@pytest.mark.parametrize(("limit", "members"), [("_LIMIT", 5), ("_MEMBER_LIMIT", 1)])
def test_a_bomb(pack, monkeypatch, limit, members):
    size = 10_000_000
    monkeypatch.setattr(archives, limit, members * size - 1)
    path = pack({str(i): bytes(size) for i in range(members)})
    assert path.stat().st_size < 100_000
    assert_refused(path, rf"is refused: it unpacks to more than {members * size - 1:,} bytes")
    monkeypatch.setattr(archives, limit, members * size + 100_000)
    assert len(read(path)) == members


def test_a_bomb_is_left_as_soon_as_it_shows(pack, monkeypatch):
    monkeypatch.setattr(archives, "_LIMIT", 3_500_000)
    members = read_members(pack({name: bytes(10**6) for name in "abcde"}), everything)
    names = []
    with pytest.raises(DataError, match="is refused"):
        names.extend(name for name, _ in members)
    assert len(names) <= 3


def test_a_zip_that_holds_more_than_it_says(tmp_path):
    packed = zip_of({"a": bytes(10**8)})
    (tmp_path / "data.zip").write_bytes(packed.replace(struct.pack("<L", 10**8), b"\1\0\0\0"))
    with at_most(10**6):
        assert_refused(tmp_path / "data.zip", r"is damaged \(Bad CRC-32")


def test_a_bomb_in_what_stands_before_a_member(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "_MEMBER_LIMIT", 10**6)
    entry = tarfile.TarInfo("a")
    entry.type = tarfile.GNUTYPE_LONGNAME
    (tmp_path / "data.tar.gz").write_bytes(tar_of({entry: bytes(10**7)}))
    assert_refused(tmp_path / "data.tar.gz", r"is damaged \(a header of 10000384 bytes\)")


def test_a_bomb_behind_the_last_member(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "_LIMIT", 10**6)
    body = gzip.decompress(tar_of(MEMBERS)) + bytes(10**7)
    (tmp_path / "data.tar.gz").write_bytes(gzip.compress(body))
    assert_refused(tmp_path / "data.tar.gz", "is refused: it unpacks to more than 1,000,000 bytes")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_method_that_cannot_be_bounded(tmp_path, method):
    (tmp_path / "data.zip").write_bytes(zip_of(MEMBERS, compression=method))
    assert_refused(tmp_path / "data.zip", "is refused: 'a/one.txt' is encrypted, or oddly comp")


@pytest.mark.parametrize("share", [0, 0.01, 0.5, 0.9, 0.999])
def test_a_truncated_archive(pack, rng, share):
    path = pack({"noise": rng.bytes(100_000), **MEMBERS})
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
    assert_refused(path, r"is damaged \(.+\); fetch it again\.")


def test_a_changed_byte(pack, rng):
    path = pack({"noise": rng.bytes(100_000), **MEMBERS})
    raw = bytearray(path.read_bytes())
    raw[50_000] ^= 1
    path.write_bytes(raw)
    assert_refused(path, "is damaged .*CRC")


def test_a_wrong_checksum_at_the_very_end(tmp_path):
    packed = tar_of(MEMBERS)
    (tmp_path / "data.tar.gz").write_bytes(packed[:-8] + bytes(4) + packed[-4:])
    assert_refused(tmp_path / "data.tar.gz", r"is damaged \(CRC check failed")


def test_an_encrypted_zip(tmp_path):
    packed = bytearray(zip_of({"secret": b"x" * 100}))
    for signature, flags in ((b"PK\1\2", 8), (b"PK\3\4", 6)):
        packed[packed.index(signature) + flags] |= 1
    (tmp_path / "data.zip").write_bytes(packed)
    assert_refused(tmp_path / "data.zip", "is refused: 'secret' is encrypted, or oddly")


@pytest.mark.parametrize("content", [b"", b"<html>Log in first</html>", bytes(1000), b"PK\3\4"])
def test_what_is_no_archive(pack, content):
    path = pack({})
    path.write_bytes(content)
    assert_refused(path, "is damaged")


def test_no_byte_that_changes_ends_in_another_error(pack, rng):
    """Sixty archives with a few bytes changed anywhere: each is read, or refused in one line."""
    path = pack(MEMBERS)
    whole = np.frombuffer(path.read_bytes(), "uint8")
    refusals = []
    for _ in range(60):
        raw = whole.copy()
        raw[rng.integers(len(raw), size=3)] = rng.integers(256, size=3)
        path.write_bytes(raw.tobytes())
        try:
            read(path)
        except DataError as error:
            refusals.append(str(error))
    assert len(refusals) > 30
    assert all(line.startswith(f"{path} is ") and "\n" not in line for line in refusals)


def test_an_archive_that_is_not_there_or_a_folder(tmp_path):
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "none.zip")
    with pytest.raises(IsADirectoryError):
        read(tmp_path)


def test_a_reader_may_leave_early(pack):
    members = read_members(pack(MEMBERS), everything)
    assert next(members) == ("a/one.txt", b"first")
    members.close()


@pytest.mark.parametrize(("suffix", "packed"), [(".gz", gzip.compress), (".bz2", bz2.compress)])
def test_a_single_packed_file(tmp_path, suffix, packed):
    path = tmp_path / f"file{suffix}"
    whole = packed(bytes(10**6))
    path.write_bytes(whole)
    assert unpack(path) == bytes(10**6)
    for damage in (b"", b"<html>", whole[: len(whole) // 2], whole[:-4] + b"xxxx", bytes(1000)):
        path.write_bytes(damage)
        if damage:
            with pytest.raises(DataError, match=rf"{path.name} is damaged \(.+\); fetch it again"):
                unpack(path)


@pytest.mark.parametrize(("suffix", "packed"), [(".gz", gzip.compress), (".bz2", bz2.compress)])
def test_a_bomb_in_a_single_packed_file(tmp_path, monkeypatch, suffix, packed):
    path = tmp_path / f"file{suffix}"
    path.write_bytes(packed(bytes(3 * 10**7)))
    monkeypatch.setattr(archives, "_MEMBER_LIMIT", 10**6)
    with at_most(10**7), pytest.raises(DataError, match="it unpacks to more than 1,000,000 bytes"):
        unpack(path)
