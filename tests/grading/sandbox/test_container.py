"""What Docker or Podman is asked for, and what is said when it does not do it."""

import io
import os
import shutil
import sys
import tarfile
from pathlib import Path

import pytest

from tlcourse.exercises.source import notebooks_dir
from tlcourse.grading.sandbox import container as module
from tlcourse.grading.sandbox.container import Container, find_container
from tlcourse.grading.sandbox.sandbox import Limits

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="containers are for Linux only")
LIMITS = Limits(seconds=5, memory=10**9, processes=50, disk=10**7)

# Stands for an engine: writes down how it was called, and runs the program as it is.
ENGINE = """#!/bin/sh
echo "$@" >> {log}
case "$1" in
  image) exit {known} ;;
  import) cat > {tar} ;;
  rm) kill -9 $(cat {pid}) ;;
  run) echo $$ > {pid}
    while [ "$1" != timeout ]; do shift; done
    if [ "$5" = sh ]; then cat "$9" >&2; printf '{limits}' >&2; else exec "$@"; fi ;;
esac
"""


@pytest.fixture
def engine(tmp_path, monkeypatch):
    def make(name="docker", *, known=1, script=ENGINE, limits="50\\n999997440\\n"):
        names = {name: tmp_path / name for name in ("log", "tar", "pid")}
        path = tmp_path / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(script.format(known=known, limits=limits, **names))
        path.chmod(0o755)
        monkeypatch.setattr(
            shutil,
            "which",
            lambda name: str(found) if (found := path.parent / name).exists() else None,
        )
        return path

    return make


def said_to(tmp_path):
    return (tmp_path / "log").read_text().splitlines()


def test_an_engine_that_works_is_found_and_gets_an_image_of_links_alone(engine, tmp_path):
    engine()
    container, why = find_container(LIMITS)
    assert why is None
    assert container.name == "docker"
    looked, imported, run = said_to(tmp_path)
    assert looked.startswith("image inspect tlcourse-nothing:")
    assert imported == f"import - {looked.split()[-1]}"
    assert f" {looked.split()[-1]} timeout --signal KILL 100 sh -c " in run
    with tarfile.open(fileobj=io.BytesIO((tmp_path / "tar").read_bytes())) as tar:
        for member in tar:
            assert member.issym()
            assert str(Path("/", member.name).readlink()) == member.linkname


def test_an_image_that_is_there_is_not_made_again(engine, tmp_path):
    engine(known=0)
    find_container(LIMITS)
    assert [line.split()[0] for line in said_to(tmp_path)] == ["image", "run"]


def test_the_next_engine_is_tried(engine):
    engine("docker", script="#!/bin/sh\necho no daemon >&2; exit 1\n")
    assert find_container(LIMITS) == (None, "docker does not work here (no daemon)")
    engine("podman")
    container, _ = find_container(LIMITS)
    assert container._engine.endswith("podman")


def test_there_is_no_engine(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert find_container(LIMITS) == (None, "neither Docker nor Podman is installed")


def test_an_engine_that_never_answers(engine, monkeypatch):
    engine(script="#!/bin/sh\nexec sleep 60\n")
    monkeypatch.setattr(module, "_TRY_SECONDS", 0.2)
    assert "timed out" in find_container(LIMITS)[1]


def test_what_is_ours_must_be_open_to_it(engine):
    engine(script="#!/bin/sh\nexit 0\n")
    assert "it cannot read our files" in find_container(LIMITS)[1]


def test_an_engine_that_says_more_is_one_all_the_same(engine):
    engine(limits="50\\n(a warning)\\n999997440\\n")
    assert find_container(LIMITS)[1] is None


@pytest.mark.parametrize("limits", ["", "50\\n", "max\\nmax\\n", "51\\n1\\n", "50\\n1000000001\\n"])
def test_an_engine_that_passes_over_limits_is_none(engine, limits):
    engine(limits=limits)
    assert "it does not limit memory and processes" in find_container(LIMITS)[1]


def test_it_is_closed(tmp_path, monkeypatch):
    monkeypatch.setenv("A_TOKEN", "of-the-grader")
    container = Container("docker")
    words = container._command("a-name", "an-image", ["true"], tmp_path / "a,b", LIMITS)
    text = " ".join(words)
    for asked in (
        "--network none", "--cap-drop ALL", "--security-opt no-new-privileges", "--read-only",
        "--pids-limit 50", "--memory 1000000000 --memory-swap 1000000000", "--pull never",
        "--log-driver none", f"--user {os.getuid()}:{os.getgid()}", "size=10000000",
    ):  # fmt: skip
        assert asked in text
    assert "A_TOKEN" not in text
    mounts = [words[i + 1] for i, word in enumerate(words) if word == "--mount"]
    shared = tmp_path / "a,b"
    assert all(each.endswith(",readonly") for each in mounts)
    assert f'type=bind,"source={shared}","target={shared}",readonly' in mounts
    (over,) = [each for each in mounts if each.split(",")[2] == f"target={notebooks_dir()}"]
    assert not any(Path(over.split(",")[1].partition("=")[2]).iterdir())


def test_what_an_engine_leaves_where_it_was_started_goes_with_the_folder(
    engine, tmp_path, monkeypatch
):
    """Podman's monitor writes "oom" there when memory is used up."""
    here, folder = tmp_path / "here", tmp_path / "folder"
    for each in (here, folder):
        each.mkdir()
    monkeypatch.chdir(here)
    container = Container(str(engine(script='#!/bin/sh\n[ "$1" = run ] && touch oom; exit 0\n')))
    process = container.start(["true"], folder=folder, limits=LIMITS)
    process.communicate()
    assert list(folder.iterdir()) == [folder / "oom"]
    assert list(here.iterdir()) == []


def test_what_runs_is_ended_by_the_engine(engine, tmp_path):
    container = Container(str(engine()))
    process = container.start(["sleep", "60"], folder=tmp_path, limits=LIMITS)
    while not (tmp_path / "pid").exists():
        assert process.poll() is None
    container.end(process)
    process.stderr.close()
    assert process.returncode == -9
    assert said_to(tmp_path)[-1].startswith("rm --force --volumes tlcourse-")
    container.end(process)
    assert len(said_to(tmp_path)) == 4
