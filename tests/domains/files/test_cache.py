"""The cache saves time and costs nothing: no wrong array, no crash, no half file."""

import errno
import os
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
import pytest

from tlcourse.domains.files import cache as cache_module
from tlcourse.domains.files.cache import cache_folder, cached, fingerprint
from tlcourse.domains.images.glyphs import glyphs

ARRAYS = {"images": np.arange(60, dtype="uint8").reshape(3, 4, 5), "labels": np.array([1, 0, 2])}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("TLCOURSE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def never():
    raise AssertionError("this was made before")


def files_in(folder):
    return sorted(path.name for path in folder.rglob("*"))


def assert_same(got, expected=ARRAYS):
    assert got.keys() == expected.keys()
    for name, array in expected.items():
        assert got[name].dtype == array.dtype
        np.testing.assert_array_equal(got[name], array)


def test_what_was_made_is_read_back(folder):
    assert_same(cached("things", {"n": 3}, lambda: ARRAYS))
    assert_same(cached("things", {"n": 3}, never))
    assert len(files_in(folder)) == 1


def test_a_hit_gives_the_same_bytes_in_less_time(folder):
    start = time.process_time()
    made = glyphs(n=2000)
    between = time.process_time()
    read = glyphs(n=2000)
    end = time.process_time()
    for part in ("x_train", "labels_train", "x_test", "labels_test"):
        assert getattr(made, part).tobytes() == getattr(read, part).tobytes()
    assert end - between < (between - start) / 2


@pytest.mark.parametrize("recipe", [{"n": 4}, {"n": 3, "seed": 0}, {"n": "3"}, {}])
def test_another_recipe_is_made_on_its_own(folder, recipe):
    cached("things", {"n": 3}, lambda: ARRAYS)
    other = {"images": np.zeros(1)}
    assert_same(cached("things", recipe, lambda: other), other)
    assert len(files_in(folder)) == 2


def test_the_order_of_a_recipe_does_not_matter(folder):
    cached("things", {"a": 1, "b": 2}, lambda: ARRAYS)
    assert_same(cached("things", {"b": 2, "a": 1}, never))


def test_glyphs_of_another_seed_or_code_are_drawn_anew(folder, monkeypatch):
    one = glyphs(n=40)
    assert not np.array_equal(one.x_train, glyphs(n=40, seed=1).x_train)
    monkeypatch.setattr(
        sys.modules["tlcourse.domains.images.glyphs"], "fingerprint", lambda *files: "edited"
    )
    glyphs(n=40)
    assert len(files_in(folder)) == 3


def test_a_fingerprint_follows_the_content(tmp_path):
    file = tmp_path / "a.py"
    file.write_text("x = 1")
    before = fingerprint(file)
    file.write_text("x = 2")
    assert fingerprint(file) != before


@pytest.mark.parametrize(
    "damage",
    [
        lambda raw: b"",
        lambda raw: raw[: len(raw) // 2],
        lambda raw: raw[:-1],
        lambda raw: b"not an archive at all",
        lambda raw: b"\x80\x04K\x01.",  # a pickle
        lambda raw: b"\x93NUMPY\x01\x00\x10\x00{'descr': '<f8'}",
        lambda raw: raw.replace(bytes(range(20)), bytes(20)),
    ],
    ids=["empty", "half", "last byte gone", "text", "pickle", "bare array", "changed values"],
)
def test_a_damaged_file_is_made_again_with_a_warning(folder, damage):
    cached("things", {}, lambda: ARRAYS)
    (file,) = folder.iterdir()
    whole = file.read_bytes()
    assert damage(whole) != whole
    file.write_bytes(damage(whole))
    with pytest.warns(UserWarning, match=rf"{file.name} is damaged; it is made again"):
        assert_same(cached("things", {}, lambda: ARRAYS))
    assert file.read_bytes() == whole
    assert_same(cached("things", {}, never))


def test_no_single_flipped_byte_gives_wrong_arrays(folder):
    cached("things", {}, lambda: ARRAYS)
    (file,) = folder.iterdir()
    whole = file.read_bytes()
    for place in range(len(whole)):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        with warnings.catch_warnings(action="ignore"):
            assert_same(cached("things", {}, lambda: ARRAYS))


def test_a_path_that_cannot_be_a_folder_warns_and_goes_on(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("mine")
    monkeypatch.setenv("TLCOURSE_CACHE", str(tmp_path / "file"))
    with pytest.warns(UserWarning, match=r"could not be written .*TLCOURSE_CACHE"):
        assert_same(cached("things", {}, lambda: ARRAYS))
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
@pytest.mark.parametrize("mode", [0o000, 0o555], ids=["blocked", "read-only"])
def test_a_folder_without_permission_warns_once_and_goes_on(mode, monkeypatch):
    # Not in tmp_path, whose parents only their owner may enter.
    with tempfile.TemporaryDirectory() as top:
        folder = Path(top) / "cache"
        folder.mkdir()
        Path(top).chmod(0o755)
        folder.chmod(mode)
        monkeypatch.setenv("TLCOURSE_CACHE", str(folder))
        root = os.geteuid() == 0
        if root:  # nothing is forbidden to root
            os.seteuid(65534)
        try:
            with pytest.warns(UserWarning, match="could not be written") as seen:
                assert_same(cached("things", {}, lambda: ARRAYS))
        finally:
            if root:
                os.seteuid(0)
            folder.chmod(0o755)
        assert "Permission denied" in str(seen[0].message)
        assert len(seen) == 1
        assert files_in(folder) == []


def test_a_full_disk_warns_and_goes_on(folder, monkeypatch):
    def full(path, write):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(cache_module, "write_atomically", full)
    with pytest.warns(UserWarning, match=r"could not be written \(No space left on device\)"):
        assert_same(cached("things", {}, lambda: ARRAYS))
    with pytest.warns(UserWarning, match="could not be written"):
        assert glyphs(n=40).n_classes == 10


def test_a_disk_that_fills_while_writing_leaves_no_half_file(folder, monkeypatch):
    def full(descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.warns(UserWarning, match="No space left"):
        assert_same(cached("things", {}, lambda: ARRAYS))
    assert files_in(folder) == []


def test_ctrl_c_leaves_nothing(folder, monkeypatch):
    def interrupted(*descriptor):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cached("things", {}, interrupted)
    monkeypatch.setattr(os, "fsync", interrupted)  # all bytes are in the temporary file by then
    with pytest.raises(KeyboardInterrupt):
        cached("things", {}, lambda: ARRAYS)
    assert not folder.exists() or files_in(folder) == []


def test_several_processes_at_once_all_get_the_arrays(folder):
    code = (
        "import hashlib, warnings; warnings.simplefilter('error')\n"
        "from tlcourse.domains.images.glyphs import glyphs\n"
        "print(hashlib.sha256(glyphs(n=200).x_train.tobytes()).hexdigest())"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    answers = {process.communicate(timeout=60)[0] for process in processes}
    assert [process.returncode for process in processes] == [0] * 4
    assert len(answers) == 1
    assert len(files_in(folder)) == 1


def test_the_folder_is_the_users_own_without_a_setting(monkeypatch):
    monkeypatch.delenv("TLCOURSE_CACHE")
    assert "tlcourse" in str(cache_folder())
    monkeypatch.setenv("TLCOURSE_CACHE", "~/elsewhere")
    assert cache_folder() == Path.home() / "elsewhere"
