"""Arguments come before the environment, that before the default; both are examined."""

import pytest

from tlcourse.errors import BadArgument, UnknownName
from tlcourse.lessons.profile import (
    keras_backend,
    resolve_data,
    resolve_hosts,
    resolve_profile,
    resolve_seed,
)


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch):
    for name in ("PROFILE", "SEED", "DATA", "HOSTS", "PROCESS"):
        monkeypatch.delenv(f"TLCOURSE_{name}", raising=False)


def test_defaults():
    assert (resolve_profile(), resolve_seed(), resolve_data()) == ("quick", 0, None)


def test_environment_before_default(monkeypatch, tmp_path):
    monkeypatch.setenv("TLCOURSE_PROFILE", "full")
    monkeypatch.setenv("TLCOURSE_SEED", "12")
    monkeypatch.setenv("TLCOURSE_DATA", str(tmp_path))
    assert (resolve_profile(), resolve_seed(), resolve_data()) == ("full", 12, str(tmp_path))


def test_argument_before_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("TLCOURSE_PROFILE", "full")
    monkeypatch.setenv("TLCOURSE_SEED", "12")
    monkeypatch.setenv("TLCOURSE_DATA", "/does/not/exist")
    assert resolve_profile("quick") == "quick"
    assert resolve_seed(0) == 0
    assert resolve_data(tmp_path) == str(tmp_path)


@pytest.mark.parametrize("seed", [-1, "-1", "x", "", 2.5, True, 2**32, "1_0", "²", "٣"])
def test_bad_seed(seed):
    with pytest.raises(BadArgument, match=r"`seed` must be a whole number from 0 to 4294967295"):
        resolve_seed(seed)


def test_a_bad_seed_names_the_variable_it_came_from(monkeypatch):
    monkeypatch.setenv("TLCOURSE_SEED", "many")
    with pytest.raises(BadArgument, match=r"TLCOURSE_SEED must .*; got 'many'"):
        resolve_seed()


def test_the_largest_seed():
    assert resolve_seed(str(2**32 - 1)) == 2**32 - 1


def test_unknown_profile():
    with pytest.raises(UnknownName, match=r"unknown profile 'quik'. Did you mean 'quick'\?"):
        resolve_profile("quik")


def test_data_becomes_absolute(monkeypatch, tmp_path):
    (tmp_path / "mirror").mkdir()
    monkeypatch.chdir(tmp_path)
    assert resolve_data("mirror") == str(tmp_path / "mirror")


def test_data_may_be_a_url():
    assert resolve_data("https://example.org/data") == "https://example.org/data"


def test_missing_data_folder(tmp_path):
    with pytest.raises(BadArgument, match="`data` must be an existing folder or a URL"):
        resolve_data(tmp_path / "no")


def test_backend_as_keras_finds_it(tmp_path):
    environment = {"KERAS_HOME": str(tmp_path)}
    assert keras_backend(environment) == "tensorflow"
    (tmp_path / "keras.json").write_text('{"backend": "jax"}')
    assert keras_backend(environment) == "jax"
    assert keras_backend({**environment, "KERAS_BACKEND": "torch"}) == "torch"
    (tmp_path / "keras.json").write_text("[broken")
    assert keras_backend(environment) == "tensorflow"


def test_one_process_alone(monkeypatch):
    assert resolve_hosts() == ([], 0)
    monkeypatch.setenv("TLCOURSE_HOSTS", "")  # as a launcher's script may leave it
    assert resolve_hosts() == ([], 0)


def test_several_processes(monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    monkeypatch.setenv("TLCOURSE_HOSTS", "10.0.0.1:1234,[::1]:80,node-3:1")
    monkeypatch.setenv("TLCOURSE_PROCESS", "2")
    assert resolve_hosts() == (["10.0.0.1:1234", "[::1]:80", "node-3:1"], 2)


@pytest.mark.parametrize(
    ("hosts", "process", "message"),
    [
        ("a:1,b:2", "", "TLCOURSE_PROCESS .* from 0 to 1, .*; got ''"),
        ("a:1,b:2", "2", "TLCOURSE_PROCESS .* from 0 to 1, .*; got '2'"),
        ("a:1,b:2", "-1", "TLCOURSE_PROCESS"),
        ("a:1,b:2", "one", "TLCOURSE_PROCESS"),
        ("", "1", "TLCOURSE_HOSTS .* must be HOST:PORT for each .*; got ''"),
        ("a:1", "0", "TLCOURSE_HOSTS .*; got 'a:1'"),
        ("a:1,b", "0", "TLCOURSE_HOSTS .*; got 'a:1,b'"),
        ("a:1,b:", "0", "TLCOURSE_HOSTS"),
    ],
)
def test_processes_that_cannot_be(monkeypatch, hosts, process, message):
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    monkeypatch.setenv("TLCOURSE_HOSTS", hosts)
    monkeypatch.setenv("TLCOURSE_PROCESS", process)
    with pytest.raises(BadArgument, match=message):
        resolve_hosts()


def test_several_processes_need_jax(monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")
    monkeypatch.setenv("TLCOURSE_HOSTS", "a:1,b:2")
    monkeypatch.setenv("TLCOURSE_PROCESS", "0")
    with pytest.raises(BadArgument, match="needs KERAS_BACKEND=jax; got 'tensorflow'"):
        resolve_hosts()
