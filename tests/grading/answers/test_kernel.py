"""A kernel answers, or is stopped with a reason; at its end nothing of it is left."""

import contextlib
import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil
import pytest

from tlcourse.errors import CourseError
from tlcourse.grading.answers.channel import Channel, ChannelBroken
from tlcourse.grading.answers.kernel import Kernel, Stopped
from tlcourse.grading.sandbox.sandbox import Limits, NoSandbox, Unprotected, find_sandbox

LIMITS = Limits(seconds=20, memory=10**9, processes=100, reply=10**6)
REPLY = "__import__('tlcourse.grading.answers.sandboxed_kernel', fromlist=['Reply']).Reply({!r})"


@pytest.fixture(scope="module")
def kernel():
    with Kernel(Unprotected(), LIMITS) as kernel:
        yield kernel


def test_it_runs_and_keeps_what_was_run(kernel):
    assert kernel.run("x = 3") is None
    assert kernel.run("assert x == 3; print('not seen')") is None


def test_it_tells_what_was_raised(kernel):
    assert kernel.run("1 / 0") == {"type": "ZeroDivisionError", "said": "division by zero"}
    assert kernel.run("raise ValueError('a\\nb')")["said"] == "a"
    assert len(kernel.run("raise ValueError('a' * 5000)")["said"]) == 500
    assert kernel.run("def f(:")["type"] == "SyntaxError"


def test_only_replies_of_their_own_kind_are_taken(kernel):
    assert kernel.evaluate(REPLY.format("[1]")) == "[1]"
    assert kernel.evaluate("1 + 1") is None
    assert kernel.evaluate("1 / 0") is None


def test_an_answer_that_does_not_come():
    with (
        Kernel(Unprotected(), LIMITS) as kernel,
        pytest.raises(Stopped, match=r"It did not answer within 0\.5 seconds"),
    ):
        kernel.run("import time; time.sleep(9)", seconds=0.5)


def test_a_reply_that_is_too_large():
    with Kernel(Unprotected(), LIMITS) as kernel, pytest.raises(Stopped, match="too large"):
        kernel.evaluate(REPLY.format("x") + ".__class__('x' * 2_000_000)")


@pytest.mark.parametrize("kind", ["auto", "none"])
def test_it_ends_with_a_grader_that_is_killed(kind, tmp_path):
    try:
        find_sandbox(kind)
    except NoSandbox as problem:
        pytest.skip(str(problem))
    source = (
        "import time\nfrom tlcourse.grading.answers.kernel import Kernel\n"
        "from tlcourse.grading.sandbox.sandbox import Limits, find_sandbox\n"
        f"Kernel(find_sandbox({kind!r}), Limits()).__enter__()\n"
        "print(1, flush=True)\ntime.sleep(60)"
    )
    command, settings = [sys.executable, "-c", source], {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=settings) as grader:
        assert grader.stdout.readline() == b"1\n"
        assert _kernels_in(tmp_path)
        grader.kill()
    until = time.monotonic() + 10
    while (left := _kernels_in(tmp_path)) and time.monotonic() < until:
        time.sleep(0.1)
    assert left == []


def _kernels_in(folder):
    """The numbers of processes that were started with a path in this folder."""
    return [
        process.pid
        for process in psutil.process_iter(["cmdline"])
        if any(str(folder / "tlg-") in word for word in process.info["cmdline"] or ())
    ]


def test_nothing_is_left_of_one_that_is_ended_while_it_starts(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    try:
        sandbox = find_sandbox("auto")
    except NoSandbox as problem:
        pytest.skip(str(problem))
    for number in range(40):
        program = [sys.executable, "-c", "import time; time.sleep(60)", str(tmp_path / "tlg-")]
        process = sandbox.start(program, folder=tmp_path, limits=LIMITS)
        time.sleep(number / 4000)
        sandbox.end(process)
        process.stderr.close()
    assert _kernels_in(tmp_path) == []


def test_a_process_that_ends_itself():
    with Kernel(Unprotected(), LIMITS) as kernel, pytest.raises(Stopped, match=r"code 5\)"):
        kernel.run("import os; os._exit(5)")


def test_memory_is_watched_while_nobody_asks():
    limits = Limits(seconds=20, memory=300 * 10**6)
    with Kernel(Unprotected(), limits) as kernel:
        source = "import threading, time\nheld = []\ndef take():\n    time.sleep(0.1)\n"
        source += "    held.append(bytearray(b'x') * 400_000_000)\n"
        assert kernel.run(f"{source}threading.Thread(target=take).start()") is None
        until = time.monotonic() + 10
        while kernel._process.poll() is None and time.monotonic() < until:
            time.sleep(0.05)
        with pytest.raises(Stopped, match=r"more than 0\.3 GB of memory"):
            kernel.run("1")


def test_nothing_is_left(monkeypatch):
    folder = tempfile.mkdtemp(prefix="k-", dir="/tmp")
    monkeypatch.setattr(tempfile, "tempdir", folder)
    before = {process.pid for process in psutil.Process().children(recursive=True)}
    with Kernel(Unprotected(), LIMITS) as kernel:
        kernel.run("import subprocess; subprocess.Popen(['sleep', '60'])")
    after = {process.pid for process in psutil.Process().children(recursive=True)}
    assert after <= before
    assert list(Path(folder).iterdir()) == []
    Path(folder).rmdir()


def test_a_kernel_that_does_not_start():
    class Broken(Unprotected):
        def start(self, program, **options):
            program = ["sh", "-c", "echo first >&2; echo no room >&2; exit 3"]
            return super().start(program, **options)

    with pytest.raises(Stopped, match=r"ended by itself \(code 3\): no room"):
        Kernel(Broken(), LIMITS).__enter__()


# The channel, against a peer that is played by hand.


@pytest.fixture
def peer():
    """Plays the kernel's end: after the greeting it sends what `then` makes of a request."""
    folder = Path(tempfile.mkdtemp(prefix="k-", dir="/tmp"))
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(folder / "s"))
    listener.listen()
    threads = []

    def play(then):
        def work():
            one, _ = listener.accept()
            with one:
                one.sendall(b"\xff" + bytes(8) + b"\x7f\x03\x00" + bytes(52))
                data = b""
                while b"execute_request" not in data:
                    data += one.recv(65536)
                asked = json.loads(data[data.index(b'{"msg_id"') :].split(b"}")[0] + b"}")["msg_id"]
                with contextlib.suppress(OSError):  # the other end has had enough
                    for part in then(asked):
                        one.sendall(part)
                    one.recv(1)

        threads.append(threading.Thread(target=work))
        threads[0].start()
        return folder / "s"

    yield play
    for thread in threads:
        thread.join(timeout=5)
    listener.close()
    (folder / "s").unlink()
    folder.rmdir()


def framed(*frames):
    return b"".join(
        struct.pack(">BQ", 2 | (i < len(frames) - 1), len(f)) + f for i, f in enumerate(frames)
    )


def reply(asked, content):
    parent = json.dumps({"msg_id": asked}).encode()
    return framed(b"<IDS|MSG>", b"", b"{}", parent, b"{}", content)


def asking(path, most=10**6, seconds=2.0):
    until = time.monotonic() + seconds

    def wait():
        if time.monotonic() > until:
            raise TimeoutError

    connected = socket.socket(socket.AF_UNIX)
    connected.connect(str(path))
    channel = Channel(connected, key="k", most=most, wait=wait)
    try:
        return channel.request("execute_request", {"code": ""})
    finally:
        channel.close()


def test_replies_to_other_requests_are_passed_over(peer):
    def then(asked):
        yield reply("another", b'{"status": "forged"}')
        yield framed(b"") + framed(b"<IDS|MSG>") + framed(b"a", b"b", b"c")
        yield framed(b"<IDS|MSG>", b"", b"{}", b"[1]", b"{}", b"{}")
        yield reply(asked, b"\xff") + reply(asked, b"[" * 100_000)
        yield reply(asked, b'{"status": "ok"}') + reply(asked, b'{"status": "late"}')

    assert asking(peer(then)) == {"status": "ok"}


@pytest.mark.parametrize("content", [b"[1]", b"null", b'{"a": [' + b"[]," * 50_000 + b"1]}"])
def test_contents_of_another_form_are_empty(content, peer):
    assert asking(peer(lambda asked: [reply(asked, content)])) == {}


def test_messages_beyond_the_limits(peer):
    with pytest.raises(ChannelBroken):
        asking(peer(lambda asked: [struct.pack(">BQ", 2, 2**60)]))


def test_many_parts_are_one_message(peer):
    with pytest.raises(ChannelBroken):
        asking(peer(lambda asked: [framed(*30 * [bytes(50_000)])]))


def test_parts_without_end(peer):
    with pytest.raises(ChannelBroken):
        asking(peer(lambda asked: [framed(*100 * [b""])]))


def test_a_byte_at_a_time_is_no_way_to_stay(peer):
    def then(asked):
        for byte in reply(asked, b'"' + bytes(1000)):
            time.sleep(0.02)
            yield bytes([byte])

    begin = time.monotonic()
    with pytest.raises(TimeoutError):
        asking(peer(then), seconds=0.5)
    assert time.monotonic() - begin < 1.5


def test_a_folder_whose_name_is_too_long_for_a_socket(tmp_path, monkeypatch):
    long = tmp_path / ("n" * 100)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    with pytest.raises(CourseError, match="set TMPDIR to a shorter path"):
        Kernel(Unprotected(), LIMITS).__enter__()
    assert not list(long.iterdir())
