"""`tlcourse data` from outside: what it prints, where, and its exit codes."""

import json

import pytest

from tlcourse.cli import main
from tlcourse.domains import data_sets

GOOD, OTHER = b"good" * 1000, b"else" * 1000


@pytest.fixture
def toys(web, cache, publish, file_of, pauses):
    """Two data sets, `one` of a file and `two` of two; the server has them all."""
    pages = {"one/a": GOOD, "two/b": GOOD, "two/c": GOOD}
    web.pages = {f"/{path}": content for path, content in pages.items()}
    files = {path: file_of(path, content, f"{web.url}/{path}") for path, content in pages.items()}
    publish("one", (files["one/a"],))
    publish("two", (files["two/b"], files["two/c"]))


def assert_one_line(told, *words):
    assert told.err.startswith("tlcourse: ")
    assert told.err.count("\n") == 1
    for word in words:
        assert word in told.err


def test_help_names_the_commands(capsys):
    for words in (["data"], ["data", "--help"], ["data", "-h"]):
        assert main(words) == 0
        out = capsys.readouterr().out
        for name in ("list", "fetch", "verify", "path"):
            assert f"\n  {name} " in out
        assert "..." not in out.split("Commands:")[1]  # no summary is too long for its line


def test_list_as_json(toys, cache, web, capsys):
    assert main(["data", "list", "--json"]) == 0
    told = capsys.readouterr()
    assert told.err == ""
    one, two = json.loads(told.out)
    assert one["name"] == "one"
    assert one["title"] == "one, for tests"
    assert (one["licence"], one["citation"]) == ("CC0", "Nobody 2026")
    assert one["home"] == "https://nowhere.example"
    assert (one["present"], one["path"], one["bytes"]) == (False, None, 4000)
    assert len(one["sha256"]) == 64
    assert one["md5"] is None
    assert one["urls"] == [f"{web.url}/one/a"]
    assert two["bytes"] == 8000
    assert [file["name"] for file in two["files"]] == ["two/b", "two/c"]
    assert two["sha256"] == two["files"][0]["sha256"]
    assert two["urls"] == [f"{web.url}/two/b", f"{web.url}/two/c"]
    assert web.asked == []
    main(["data", "fetch", "two"])
    capsys.readouterr()
    main(["data", "list", "--json"])
    one, two = json.loads(capsys.readouterr().out)
    assert not one["present"]
    assert two["present"]
    assert two["path"] == str(cache / "two/b")
    assert [file["path"] for file in two["files"]] == [str(cache / "two/b"), str(cache / "two/c")]


def test_list_tells_of_the_form_that_is_here(put, publish, file_of, capsys):
    upstream = file_of("toy/a.zip", GOOD, "https://nowhere.example/a.zip", checksum_from="Them")
    publish("toy", (upstream,), (file_of("toy/b.zip", OTHER[:100]),))
    path = put("toy/b.zip", OTHER[:100])
    main(["data", "list", "--json"])
    (toy,) = json.loads(capsys.readouterr().out)
    assert (toy["present"], toy["path"], toy["bytes"]) == (True, str(path), 100)
    assert toy["sha256"] == file_of("", OTHER[:100]).sha256
    assert toy["checksum_from"].startswith("the course")
    assert toy["urls"] == ["https://nowhere.example/a.zip"]


def test_list_of_a_set_whose_size_and_sha256_nobody_states(cache, publish, file_of, capsys):
    known = file_of("toy/a", GOOD)
    publish("toy", (known, file_of("toy/b", GOOD, sha256=None, md5="0" * 32, bytes=None)))
    main(["data", "list", "--json"])
    (toy,) = json.loads(capsys.readouterr().out)
    assert toy["bytes"] is None
    assert (toy["files"][1]["sha256"], toy["files"][1]["md5"]) == (None, "0" * 32)
    assert main(["data", "list"]) == 0
    assert " ? " in capsys.readouterr().out


def test_list_for_people(toys, capsys):
    main(["data", "fetch", "one"])
    capsys.readouterr()
    assert main(["data", "list"]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert any(row.split()[:5] == ["✓", "one", "one,", "for", "tests"] for row in rows)
    assert any(row.split()[:2] == ["✗", "two"] and "CC0" in row and "0.0" in row for row in rows)
    assert "1 of 2 present" in rows[-1]


def test_list_of_the_real_registry(cache, capsys):
    assert main(["data", "list", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [entry["name"] for entry in found] == list(data_sets())
    for entry in found:
        assert not entry["present"]
        assert entry["urls"]
        assert entry["checksum_from"]
        assert entry["bytes"] or entry["name"] == "usps"
        assert entry["sha256"] or entry["md5"]
    assert main(["data", "list"]) == 0
    assert "CC BY-SA 3.0" in capsys.readouterr().out


def test_fetch_says_where_the_files_are(toys, cache, web, capsys):
    assert main(["data", "fetch", "one", "two"]) == 0
    told = capsys.readouterr()
    assert told.out == f"{cache / 'one/a'}\n{cache / 'two/b'}\n{cache / 'two/c'}\n"
    assert told.err == ""  # no bar where nobody watches
    web.pages = {}
    assert main(["data", "fetch", "two"]) == 0
    assert capsys.readouterr().out == f"{cache / 'two/b'}\n{cache / 'two/c'}\n"


def test_fetch_goes_on_after_a_failure(toys, cache, web, capsys):
    web.pages["/one/a"] = 404
    assert main(["data", "fetch", "one", "two"]) == 1
    told = capsys.readouterr()
    assert told.out == f"{cache / 'two/b'}\n{cache / 'two/c'}\n"
    assert_one_line(told, "'one' could not be fetched", "the server answered 404")


def test_a_bar_where_somebody_watches(toys, monkeypatch, capsys):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert main(["data", "fetch", "one"]) == 0
    assert "one/a" in capsys.readouterr().err


def test_verify(toys, cache, capsys):
    assert main(["data", "verify"]) == 0
    assert capsys.readouterr().out == "No data sets are present.\n"
    main(["data", "fetch", "one", "two"])
    capsys.readouterr()
    assert main(["data", "verify"]) == 0
    out = capsys.readouterr().out
    assert f"✓ two {cache / 'two/c'}\n" in out
    assert out.endswith("3 of 3 files match.\n")
    (cache / "two/b").write_bytes(OTHER)
    assert main(["data", "verify"]) == 1
    told = capsys.readouterr()
    assert f"✗ two {cache / 'two/b'}\n" in told.out
    assert "its checksum is not sha256:" in told.out
    assert told.out.endswith("2 of 3 files match.\n")
    assert told.err == ""
    assert main(["data", "verify", "one"]) == 0
    capsys.readouterr()
    assert main(["data", "fetch", "two"]) == 0
    assert main(["data", "verify", "two"]) == 0


@pytest.mark.parametrize("command", ["verify", "path"])
def test_what_is_not_here_is_one_line(toys, capsys, command):
    assert main(["data", command, "one"]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert_one_line(told, "'one' is not on this machine", "`tlcourse data fetch one`", "all else")


def test_path(toys, cache, capsys):
    main(["data", "fetch", "two"])
    capsys.readouterr()
    assert main(["data", "path", "two"]) == 0
    assert capsys.readouterr().out == f"{cache / 'two/b'}\n{cache / 'two/c'}\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["fetch"], "Missing argument 'NAME...'"),
        (["fetch", "one", "tow"], "Unknown data set 'tow'. Did you mean 'two'"),
        (["verify", "one", "tow"], "Did you mean 'two'"),
        (["path", "tow"], "Did you mean 'two'"),
        (["path"], "Missing argument 'NAME'"),
        (["path", "one", "two"], "two"),
        (["list", "--jsno"], "--jsno"),
        (["fecth"], "fecth"),
    ],
)
def test_wrong_usage_is_one_line(toys, web, cache, capsys, words, message):
    (cache / "one").mkdir(parents=True)
    (cache / "one/a").write_bytes(GOOD)
    assert main(["data", *words]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert_one_line(told, message)
    assert web.asked == []  # nothing is fetched before all names are known
