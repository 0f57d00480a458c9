"""What is fetched is whole and right, or not there at all; what went wrong is one line."""

import gzip
import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time

import pytest

from tlcourse.domains.files import fetch_file as transfer_module
from tlcourse.domains.files.download import (
    DataError,
    fetch,
    files_of,
    how_to_get,
    locate,
    verify,
    whole_form,
)
from tlcourse.domains.files.registry import find_data_set
from tlcourse.errors import UnknownName

GOOD = bytes(range(256)) * 1000
OTHER = GOOD[::-1]
HTML = b"<html>Log in first</html>"


def files_in(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.*"))


def told(error):
    line = str(error.value)
    assert "\n" not in line
    return line


@pytest.fixture
def toy(web, cache, publish, file_of, pauses):
    """A data set of one file at two addresses, `/a` and `/b`."""
    file = file_of("toy/toy.bin", GOOD, f"{web.url}/a", f"{web.url}/b")
    publish("toy", (file,))
    return file


def test_a_good_download(toy, web, cache):
    web.pages["/a"] = GOOD
    assert locate("toy") is None
    assert fetch("toy") == (cache / "toy/toy.bin",)
    assert (cache / "toy/toy.bin").read_bytes() == GOOD
    assert files_in(cache) == ["toy/toy.bin"]
    assert locate("toy") == files_of("toy") == (cache / "toy/toy.bin",)
    assert verify("toy") == [(cache / "toy/toy.bin", "")]
    assert fetch("toy") == (cache / "toy/toy.bin",)
    assert web.asked == ["/a"]  # once


@pytest.mark.skipif(os.name == "nt", reason="Windows has other permissions")
def test_others_may_read_a_shared_cache(toy, web, cache):
    web.pages["/a"] = GOOD
    assert fetch("toy")[0].stat().st_mode & 0o777 == 0o644


def test_an_answer_in_small_pieces_and_of_unsaid_length(toy, web, cache):
    def small_pieces(answer):
        answer.send_response(200)
        answer.send_header("Transfer-Encoding", "chunked")
        answer.end_headers()
        for start in range(0, len(GOOD), 1000):
            answer.wfile.write(b"3e8\r\n" + GOOD[start : start + 1000] + b"\r\n")
        answer.wfile.write(b"0\r\n\r\n")

    web.pages["/a"] = small_pieces
    assert fetch("toy")[0].read_bytes() == GOOD


def test_a_packed_file_stays_packed(web, cache, publish, file_of):
    packed = gzip.compress(GOOD)

    def as_apache_says_it(answer):
        answer.send_response(200)
        answer.send_header("Content-Encoding", "x-gzip")
        answer.send_header("Content-Length", str(len(packed)))
        answer.end_headers()
        answer.wfile.write(packed)

    web.pages["/a"] = as_apache_says_it
    publish("toy", (file_of("toy/toy.gz", packed, f"{web.url}/a"),))
    assert fetch("toy")[0].read_bytes() == packed


def test_an_address_that_moved(toy, web):
    def moved(answer):
        answer.send_response(302)
        answer.send_header("Location", "/elsewhere")
        answer.send_header("Content-Length", "0")
        answer.end_headers()

    web.pages |= {"/a": moved, "/elsewhere": GOOD}
    assert fetch("toy")[0].read_bytes() == GOOD


def broken_off(answer):
    answer.send_response(200)
    answer.send_header("Content-Length", str(len(GOOD)))
    answer.end_headers()
    answer.wfile.write(GOOD[:100_000])


def test_what_broke_off_is_fetched_anew(toy, web, cache, pauses):
    def better_the_second_time(answer):
        assert "Range" not in answer.headers
        if web.asked.count("/a") == 1:
            broken_off(answer)
        else:
            answer.send_response(200)
            answer.end_headers()
            answer.wfile.write(GOOD)

    web.pages["/a"] = better_the_second_time
    assert fetch("toy")[0].read_bytes() == GOOD
    assert files_in(cache) == ["toy/toy.bin"]
    assert len(pauses) == 1


@pytest.mark.parametrize(
    ("page", "reason", "n_asked"),
    [
        pytest.param(broken_off, "the answer broke off or stood still", 3, id="half"),
        pytest.param(404, "the server answered 404", 1, id="404"),
        pytest.param(403, "the server answered 403", 1, id="403"),
        pytest.param(500, "the server answered 500", 3, id="500"),
        pytest.param(503, "the server answered 503", 3, id="503"),
        pytest.param(OTHER, "sha256:{sha256} and 256,000 bytes", 3, id="corrupted"),
        pytest.param(GOOD[:-1], "sha256:{sha256} and 256,000 bytes", 1, id="short"),
        pytest.param(GOOD + b"x", "sha256:{sha256} and 256,000 bytes", 1, id="long"),
        pytest.param(HTML, "sha256:{sha256} and 256,000 bytes", 1, id="html"),
        pytest.param(b"", "sha256:{sha256} and 256,000 bytes", 1, id="empty"),
    ],
)
def test_a_bad_answer(toy, web, cache, page, reason, n_asked):
    web.pages["/a"] = page
    web.pages["/b"] = GOOD
    assert fetch("toy")[0].read_bytes() == GOOD  # the next address is tried
    assert web.asked == ["/a"] * n_asked + ["/b"]
    (cache / "toy/toy.bin").unlink()
    web.pages["/b"] = 404
    with pytest.raises(DataError) as error:
        fetch("toy")
    line = told(error)
    assert line.startswith("'toy' could not be fetched (")
    assert line.endswith("); all that needs no real data runs without it.")
    assert f"{web.url}/a: " in line
    assert reason.format(sha256=toy.sha256) in line
    assert f"{web.url}/b: the server answered 404" in line
    assert files_in(cache) == []


def stands_still(web, after):
    def answer_and_wait(answer):
        after(answer)
        web.over.wait(5)

    return answer_and_wait


@pytest.mark.parametrize(
    ("after", "reason"),
    [
        pytest.param(broken_off, "the answer broke off or stood still", id="half"),
        pytest.param(lambda answer: None, "no answer within 0.5 s", id="nothing"),
    ],
)
def test_a_server_that_stalls(toy, web, cache, pauses, monkeypatch, after, reason):
    monkeypatch.setattr(transfer_module, "_TIMEOUT", (5, 0.5))
    monkeypatch.setattr(transfer_module, "_RETRIES", 1)
    web.pages["/a"] = stands_still(web, after)
    with pytest.raises(DataError, match=f"{web.url}/a: {reason}; {web.url}/b: ") as error:
        fetch("toy")
    told(error)
    assert web.asked == ["/a", "/a", "/b"]
    assert len(pauses) == 1
    assert files_in(cache) == []


def endless(answer):
    answer.send_response(200)
    answer.end_headers()
    while True:
        answer.wfile.write(bytes(2**16))


@pytest.mark.parametrize("size", [len(GOOD), None])
def test_an_endless_answer(web, cache, publish, file_of, pauses, monkeypatch, size):
    monkeypatch.setattr(transfer_module, "_LARGEST_UNSTATED", 10**6)
    web.pages["/a"] = endless
    publish("toy", (file_of("toy/toy.bin", GOOD, f"{web.url}/a", bytes=size),))
    with pytest.raises(DataError, match="what came is not the file with sha256:"):
        fetch("toy")
    assert files_in(cache) == []
    assert web.asked == ["/a"]


def test_nothing_listens(cache, publish, file_of, pauses):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/a"
    publish("toy", (file_of("toy/toy.bin", GOOD, url),))
    with pytest.raises(DataError, match=rf"fetched \({url}: no connection\); all that") as error:
        fetch("toy")
    told(error)
    assert pauses == []  # without a network, nobody shall wait


def test_a_certificate_that_is_none(web, cache, publish, file_of, pauses):
    publish("toy", (file_of("toy/toy.bin", GOOD, f"{web.url}/a".replace("http:", "https:")),))
    with pytest.raises(DataError, match="its certificate could not be checked"):
        fetch("toy")


def test_an_md5_where_no_sha256_is_published(web, cache, publish, file_of, pauses):
    web.pages["/a"] = GOOD
    md5 = "1ca2a5b9b0ff4b3a1ae4d0a1b2e7b0d1"
    file = file_of("toy/toy.bin", GOOD, f"{web.url}/a", sha256=None, md5=md5, bytes=None)
    publish("toy", (file,))
    with pytest.raises(DataError, match=f"what came is not the file with md5:{md5}, and was"):
        fetch("toy")


def test_a_damaged_file_is_replaced(toy, web, cache):
    web.pages["/a"] = GOOD
    fetch("toy")
    (cache / "toy/toy.bin").write_bytes(OTHER)
    ((path, problem),) = verify("toy")
    assert path == cache / "toy/toy.bin"
    assert problem == f"its checksum is not sha256:{toy.sha256}"
    assert fetch("toy")[0].read_bytes() == GOOD


def test_an_earlier_file_is_kept_until_a_right_one_is_there(toy, web, cache):
    (cache / "toy").mkdir(parents=True)
    (cache / "toy/toy.bin").write_bytes(OTHER)  # what an older registry called right
    web.pages["/a"] = HTML
    with pytest.raises(DataError):
        fetch("toy")
    assert (cache / "toy/toy.bin").read_bytes() == OTHER


def test_of_several_files_those_that_came_are_kept(web, cache, publish, file_of, pauses):
    form = tuple(file_of(f"toy/{name}.bin", GOOD, f"{web.url}/{name}") for name in "ab")
    publish("toy", form)
    web.pages["/a"] = GOOD
    with pytest.raises(DataError, match="/b: the server answered 404"):
        fetch("toy")
    assert locate("toy") is None
    assert files_in(cache) == ["toy/a.bin"]
    web.pages |= {"/a": 404, "/b": GOOD}
    assert fetch("toy") == (cache / "toy/a.bin", cache / "toy/b.bin")


def test_another_form_is_as_good(web, cache, publish, file_of, pauses):
    forms = [(file_of(f"toy/{name}.bin", GOOD, f"{web.url}/{name}"),) for name in "ab"]
    publish("toy", *forms)
    web.pages["/b"] = GOOD
    assert fetch("toy") == (cache / "toy/b.bin",)
    assert web.asked == ["/a", "/b"]
    web.pages["/a"] = GOOD
    assert fetch("toy") == (cache / "toy/b.bin",)  # it is here


def test_forms_of_one_path_are_told_apart_by_their_size(cache, publish, file_of):
    forms = [(file_of("toy/toy.bin", content),) for content in (GOOD, GOOD[:100])]
    publish("toy", *forms)
    (cache / "toy").mkdir(parents=True)
    for form, content in zip(forms, (GOOD, GOOD[:100]), strict=True):
        (cache / "toy/toy.bin").write_bytes(content)
        assert whole_form(find_data_set("toy")) == (form, cache)
        assert verify("toy") == [(cache / "toy/toy.bin", "")]


def test_two_processes_fetch_at_once(web, cache, file_of):
    both = threading.Barrier(2, timeout=30)

    def in_step(answer):
        answer.send_response(200)
        answer.send_header("Content-Length", str(len(GOOD)))
        answer.end_headers()
        for start in range(0, len(GOOD), 64_000):
            both.wait()
            answer.wfile.write(GOOD[start : start + 64_000])

    web.pages["/a"] = in_step
    processes = [fetching(file_of("toy/toy.bin", GOOD, f"{web.url}/a"), cache) for _ in "ab"]
    for process in processes:
        out, errors = process.communicate(timeout=60)
        assert (process.returncode, out, errors) == (0, f"{cache / 'toy/toy.bin'}\n", "")
    assert web.asked == ["/a", "/a"]
    assert files_in(cache) == ["toy/toy.bin"]
    assert (cache / "toy/toy.bin").read_bytes() == GOOD


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no SIGINT to one process")
def test_ctrl_c_leaves_nothing(web, cache, file_of):
    web.pages["/a"] = stands_still(web, broken_off)
    process = fetching(file_of("toy/toy.bin", GOOD, f"{web.url}/a"), cache)
    while not any(path.stat().st_size for path in cache.rglob("tmp*")):
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    out, errors = process.communicate(timeout=60)
    assert (process.returncode, out, errors) == (130, "", "")
    assert not [path for path in cache.rglob("*") if path.is_file()]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no limit of a process's files")
def test_a_full_disk(web, cache, file_of):
    web.pages["/a"] = GOOD
    full = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))"
    process = fetching(file_of("toy/toy.bin", GOOD, f"{web.url}/a"), cache, full)
    out, errors = process.communicate(timeout=60)
    assert (process.returncode, out) == (1, "")
    assert errors == (
        f"tlcourse: 'toy' could not be written to {cache} (File too large): make room there, or "
        "let TLCOURSE_CACHE name another folder.\n"
    )
    assert not [path for path in cache.rglob("*") if path.is_file()]


def test_a_cache_that_cannot_be_written(toy, web, cache):
    web.pages["/a"] = GOOD
    cache.parent.mkdir()
    cache.write_text("a file, where a folder should be")
    with pytest.raises(DataError, match=r"could not be written to .*: make room there, or let"):
        fetch("toy")


def fetching(file, cache, before=""):
    """Starts `tlcourse data fetch toy` in a process that knows of one data set, `toy`."""
    code = f"""
        {before}
        from tlcourse.cli import main
        from tlcourse.domains.files import registry
        from tlcourse.domains.files.registry import DataFile, DataSet
        about = dict.fromkeys(("title", "licence", "citation", "home"), "?")
        toy = DataSet(name="toy", forms=(({file!r},),), **about)
        registry._read = lambda path: dict(toy=toy)
        raise SystemExit(main(["data", "fetch", "toy"]))
    """
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)],
        env={**os.environ, "TLCOURSE_CACHE": str(cache.parent)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("form", ["{folder}", "{uri}"])
def test_a_mirror_folder(toy, web, cache, tmp_path, monkeypatch, form):
    folder = tmp_path / "Größe & co 漢字 100%"
    (folder / "toy").mkdir(parents=True)
    monkeypatch.setenv("TLCOURSE_DATA", form.format(folder=folder, uri=folder.as_uri()))
    assert locate("toy") is None
    (folder / "toy/toy.bin").write_bytes(OTHER)  # it may be packed anew
    assert locate("toy") == fetch("toy") == (folder / "toy/toy.bin",)
    assert verify("toy")[0][1].startswith("its checksum is not")
    (folder / "toy/toy.bin").write_bytes(GOOD)
    assert verify("toy") == [(folder / "toy/toy.bin", "")]
    assert web.asked == []
    assert not cache.exists()
    (folder / "toy/toy.bin").unlink()
    web.pages["/a"] = GOOD
    assert fetch("toy") == (cache / "toy/toy.bin",)  # what the mirror lacks
    assert files_in(folder) == []


def test_a_mirror_in_the_home_folder(toy, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("TLCOURSE_DATA", "~/mirror")
    (tmp_path / "mirror/toy").mkdir(parents=True)
    (tmp_path / "mirror/toy/toy.bin").write_bytes(GOOD)
    assert locate("toy") == (tmp_path / "mirror/toy/toy.bin",)


@pytest.mark.parametrize("end", ["", "/"])
def test_a_mirror_on_the_web(web, cache, publish, file_of, pauses, monkeypatch, end):
    monkeypatch.setenv("TLCOURSE_DATA", f"{web.url}/my%20mirror{end}")
    upstream = file_of("toy/upstream.bin", GOOD, f"{web.url}/a")
    publish("toy", (upstream,), (file_of("toy/packed anew.bin", OTHER),))
    web.pages["/my%20mirror/toy/packed%20anew.bin"] = OTHER
    assert locate("toy") is None
    assert fetch("toy") == (cache / "toy/packed anew.bin",)
    assert locate("toy") == (cache / "toy/packed anew.bin",)
    assert "/a" not in web.asked  # the mirror first, in any form
    (cache / "toy/packed anew.bin").unlink()
    web.pages = {"/a": GOOD}
    assert fetch("toy") == (cache / "toy/upstream.bin",)


@pytest.mark.parametrize("name", ["mnist", "usps", "omniglot", "fsdd", "rt-polarity"])
def test_the_real_files_behind_a_web_mirror(shared_data, web, cache, pauses, monkeypatch, name):
    found = {path.name: path.read_bytes() for path in (shared_data / name).iterdir()}
    web.pages = {f"/{name}/{file}": content for file, content in found.items()}
    monkeypatch.setenv("TLCOURSE_DATA", web.url)
    paths = fetch(name)
    assert {path.name: path.read_bytes() for path in paths} == found
    assert all(path.is_relative_to(cache) for path in paths)
    assert {problem for _, problem in verify(name)} == {""}
    assert pauses == []


def test_a_mirror_that_is_none(toy, web, cache, monkeypatch):
    web.pages["/a"] = GOOD
    monkeypatch.setenv("TLCOURSE_DATA", "http://")
    assert fetch("toy")[0].read_bytes() == GOOD


def test_what_is_missing_is_one_line(toy, web):
    with pytest.raises(DataError) as error:
        files_of("toy")
    assert told(error) == how_to_get("toy")
    assert "`tlcourse data fetch toy`" in how_to_get("toy")
    assert "all else runs without it" in how_to_get("toy")
    assert verify("toy") == []
    assert web.asked == []  # looking costs no network


@pytest.mark.parametrize("ask", [fetch, locate, verify, files_of, how_to_get])
def test_an_unknown_name(toy, ask):
    with pytest.raises(UnknownName, match=r"Unknown data set 'toi'\. Did you mean 'toy'"):
        ask("toi")
