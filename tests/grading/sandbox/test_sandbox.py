"""What is open in the sandbox, seen from inside of it, and what is said where there is none."""

import os
import shutil
import sys

import pytest

from tlcourse.exercises.source import notebooks_dir
from tlcourse.grading.sandbox import bubblewrap
from tlcourse.grading.sandbox import mounts as shown
from tlcourse.grading.sandbox.bubblewrap import Bubblewrap
from tlcourse.grading.sandbox.sandbox import Limits, NoSandbox, Unprotected, find_sandbox
from tlcourse.grading.sandbox.system_calls import filter_program

LIMITS = Limits(seconds=5, memory=10**9, disk=10**7)


def ask(source, folder, sandbox):
    """What Python code prints inside, at its end, and its exit status."""
    program = [sys.executable, "-c", f"import sys; sys.stdout = sys.stderr\n{source}"]
    with sandbox.start(program, folder=folder, limits=LIMITS) as process:
        said = process.communicate(timeout=20)[1].decode()
    return said.strip(), process.returncode


@pytest.fixture(params=["bwrap", "docker"])
def kind(request):
    return request.param


@pytest.fixture
def inside(kind, tmp_path):
    try:
        sandbox = find_sandbox(kind)
    except NoSandbox as problem:
        pytest.skip(str(problem))
    assert sandbox.name == kind
    return lambda source: ask(source, tmp_path, sandbox)[0]


def test_the_environment_stays_outside(inside, kind, monkeypatch):
    monkeypatch.setenv("A_TOKEN", "of-the-grader")
    assert inside("import os; print(os.environ.get('A_TOKEN'), os.environ['HOME'])").endswith(
        "None /tmp/home"
    )
    assert "of-the-grader" not in inside("print(open('/proc/1/environ').read())")
    if kind == "bwrap":  # what starts a container is no process of it
        assert inside("print(len(open('/proc/1/environ').read()))") == "0"


def test_there_is_no_network_but_its_own_loopback(inside, kind):
    assert inside("import socket; print([n for _, n in socket.if_nameindex()])") == "['lo']"
    seen = inside("print(open('/proc/net/route').read().count(chr(10)))")
    assert seen in ("0", "1")  # a title at most
    vsock = "import socket\ntry:\n    socket.socket(40)\nexcept OSError as e:\n    print(e.errno)"
    if kind == "bwrap":  # older engines allow it
        assert inside(vsock) in ("1", "97")


def test_what_holds_for_the_machine_cannot_be_written(inside, kind):
    source = """
import os
found = []
for top in "/proc/sys", "/sys":
    for place, _, files in os.walk(top):
        for name in files:
            try:
                os.close(os.open(f"{place}/{name}", os.O_WRONLY))
                found.append(name)
            except OSError:
                pass
print(found)
"""
    assert inside(source) == "[]"
    assert inside("import os; print(os.path.exists('/sys'))") == str(kind == "docker")


def test_no_capability_and_no_process_of_others(inside):
    assert inside("print([l.split()[1] for l in open('/proc/self/status') if 'Cap' in l])") == str(
        5 * ["0" * 16]
    )
    assert int(inside("import os; print(len([n for n in os.listdir('/proc') if n.isdigit()]))")) < 5
    assert "Seccomp:\t2" in inside("print(open('/proc/self/status').read())")
    assert "Seccomp:\t2" in inside("print(open('/proc/1/status').read())")


def test_right_answers_are_not_there(inside):
    folder = str(notebooks_dir())
    assert inside(f"import os; print(os.path.exists({folder!r}) and os.listdir({folder!r}))") in (
        "[]",
        "False",
    )
    hidden = (
        "from pathlib import Path; import tlcourse.errors as e\n"
        "room = Path(e.__file__).parent / 'exercises'\n"
        "folders = [room / name for name in ('by_lesson', 'judging')]\n"
        "print([list(folder.iterdir()) for folder in folders], (room / 'trial.py').is_file())\n"
        "compiled = room / '__pycache__'\n"
        "print(compiled.exists() and list(compiled.iterdir()))"
    )
    assert inside(hidden) in ("[[], []] True\n[]", "[[], []] True\nFalse")


def test_a_checkout_on_the_path_is_not_shown(inside, monkeypatch):
    checkout = str(shown._PACKAGE.parent)
    monkeypatch.setenv("PYTHONPATH", checkout)
    seen = inside(f"import os, tlcourse; print(sorted(os.listdir({checkout!r})))")
    assert "tlcourse" in seen
    assert ".git" not in seen
    assert "tests" not in seen


def test_of_the_search_path_only_packages_are_shown(tmp_path, monkeypatch):
    """Not a checkout, by whatever name, nor where somebody works."""
    alias, packages, work = tmp_path / "alias", tmp_path / "packages", tmp_path / "work"
    alias.symlink_to(shown._PACKAGE.parent)
    for folder in (packages, work / "here"):
        folder.mkdir(parents=True)
    monkeypatch.chdir(work / "here")
    named = [alias, packages, work, work / "here", shown._PACKAGE.parent.parent]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(map(str, named)))
    assert shown._search_path() == [str(packages)]
    assert str(packages) in shown.python_folders()
    assert str(alias) not in shown.python_folders()
    found = shown.variables()["PYTHONPATH"].split(os.pathsep)
    assert found == [str(packages), str(shown._PACKAGE.parent)]


def test_memory_that_nobody_counts_is_refused(inside, kind):
    if kind == "docker":
        pytest.skip("an engine counts it with the rest of a container")
    for source in (
        "import os; os.memfd_create('x')",
        "import mmap; mmap.mmap(-1, 4096)",
        "import mmap; mmap.mmap(open('/dev/zero', 'r+b').fileno(), 4096)",
    ):
        assert "Error" in inside(source)
    ours = "import mmap; print(len(mmap.mmap(-1, 4096, flags=mmap.MAP_PRIVATE | mmap.MAP_ANON)))"
    assert inside(ours) == "4096"


def test_its_folder_can_be_read_and_not_written(inside, tmp_path):
    (tmp_path / "a").write_text("x")
    assert inside(f"print(open({str(tmp_path / 'a')!r}).read()); open('/tmp/b', 'w')") == "x"
    assert "Read-only file system" in inside(f"open({str(tmp_path / 'b')!r}, 'w')")
    assert sorted(tmp_path.iterdir()) == [tmp_path / "a"]


def test_the_filter_is_for_machines_that_are_known():
    assert filter_program("riscv64") is None
    for machine in ("x86_64", "aarch64"):
        program = filter_program(machine)
        assert len(program) % 8 == 0
        assert program[-8:] == bytes.fromhex("060000000000ff7f")  # what is not refused is allowed


def test_the_filter_can_be_put_on_from_inside(tmp_path):
    """It holds for the process and what it starts; here, in a sandbox that puts none on."""
    if not sys.platform.startswith("linux"):
        pytest.skip("system calls are filtered on Linux only")
    source = (
        "import os, subprocess\n"
        "from tlcourse.grading.sandbox.system_calls import refuse_from_now_on\n"
        "os.close(os.memfd_create('x'))\nrefuse_from_now_on()\n"
        "try:\n    os.memfd_create('x')\nexcept OSError as error:\n    print(error.errno)\n"
        "print(subprocess.run(['grep', 'Seccomp:', '/proc/self/status'], capture_output=True))"
    )
    said, code = ask(source, tmp_path, Unprotected())
    assert code == 0
    assert said.startswith("38\n")
    assert "Seccomp:\\t2" in said


def test_none_runs_programs_as_they_are(tmp_path):
    sandbox = find_sandbox("none")
    assert isinstance(sandbox, Unprotected)
    assert ask("import os; print(os.getpid() > 2)", tmp_path, sandbox) == ("True", 0)


def test_there_is_no_sandbox(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(NoSandbox, match=r"bwrap\) is not installed.*apt install bubblewrap"):
        find_sandbox("auto")


def test_a_system_that_is_not_linux(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(NoSandbox, match="needs Linux"):
        find_sandbox("bwrap")


@pytest.mark.parametrize(
    ("script", "why"),
    [
        (
            "echo 'bwrap: No permissions' >&2; echo ' to create' >&2; exit 1",
            "No permissions to create",
        ),
        ("exec sleep 60", "it does not exit"),
    ],
)
def test_a_sandbox_that_does_not_work(script, why, tmp_path, monkeypatch):
    if not sys.platform.startswith("linux"):
        pytest.skip("bubblewrap needs Linux")
    program = tmp_path / "bwrap"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setattr(shutil, "which", lambda name: str(program))
    monkeypatch.setattr(bubblewrap, "_TRY_SECONDS", 1)
    with pytest.raises(NoSandbox, match=rf"does not work here \((bwrap: )?{why}\)"):
        find_sandbox("bwrap")


def test_an_unknown_sandbox():
    with pytest.raises(ValueError, match=r"`sandbox` is 'dcker'.*Did you mean 'docker'"):
        find_sandbox("dcker")


def test_only_what_python_needs_is_set(monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    monkeypatch.setenv("A_TOKEN", "of-the-grader")
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    words = Bubblewrap()._command(["true"], [], "/tmp/x", LIMITS)
    assert words[words.index("KERAS_BACKEND") + 1] == "jax"
    assert "A_TOKEN" not in words
    assert words[-2:] == ["--", "true"]
