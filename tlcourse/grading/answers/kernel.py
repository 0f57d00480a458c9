"""Drive a sandboxed kernel from outside.

Only the request channel is used. Whatever the kernel prints or displays is discarded, and a reply
is plain text of limited size that the kernel may have forged.
"""

import json
import secrets
import socket
import sys
import threading
import time
from pathlib import Path

import psutil

from tlcourse.errors import CourseError
from tlcourse.grading.answers.channel import Channel, ChannelBroken
from tlcourse.grading.answers.sandboxed_kernel import MIME_TYPE
from tlcourse.grading.folders import new_folder, remove_folder

__all__ = ["Kernel", "Stopped"]

_LOOK_SECONDS = 0.1  # interval between checks of what the kernel uses
_SPARE = 1_500_000_000  # bytes that TensorFlow reserves and never touches
_SAID = 4000
_KILLED = 128 + 9


class Stopped(Exception):  # noqa: N818 (it is no error of ours)
    """The kernel was stopped; the message tells the student why, in one sentence."""


class Kernel:
    """One kernel of this Python, in a sandbox, for one submission.

    A context manager: on exit nothing of the kernel is left, whatever it did.

    Args:
        sandbox: a sandbox from `find_sandbox`.
        limits: `Limits`.
        modules: names of modules to import before the first request.
    """

    def __init__(self, sandbox, limits, *, modules=()):
        self._sandbox, self._limits, self._modules = sandbox, limits, tuple(modules)

    def __enter__(self):
        self._folder = new_folder()
        self._channel, self._said, self._why, self._ended = None, b"", None, threading.Event()
        self._deadline = time.monotonic() + self._limits.seconds
        key = secrets.token_hex(16)
        # The kernel connects to us, so it needs no writable path of ours.
        self._listener = socket.socket(socket.AF_UNIX)
        path = self._folder / "shell"
        try:
            self._bind(path)
            self._listener.listen(1)
            self._listener.settimeout(_LOOK_SECONDS)
            program = [
                sys.executable,
                "-m",
                "tlcourse.grading.answers.sandboxed_kernel",
                self._settings(path, key),
            ]
            self._process = self._sandbox.start(program, folder=self._folder, limits=self._limits)
        except BaseException:
            self._listener.close()
            remove_folder(self._folder)
            raise
        self._threads = [
            threading.Thread(target=work, daemon=True) for work in (self._listen, self._watch)
        ]
        for thread in self._threads:
            thread.start()
        try:
            self._connect(key)
        except BaseException:
            self.end()
            raise
        return self

    def __exit__(self, *_):
        self.end()

    def run(self, source, *, seconds=None):
        """Run source text.

        Args:
            source: str, source of a cell.
            seconds: float, wall-clock limit; None uses that of `limits`.

        Returns:
            None, or on an error a dict with "type" and "said" (the message's first line).

        Raises:
            Stopped: if it exceeded a limit, or the kernel ended.
        """
        content = self._ask({"code": source, "silent": True}, seconds)
        if content.get("status") == "ok":
            return None
        said = str(content.get("evalue", "")).strip().split("\n")[0]
        kind = str(content.get("ename", "Error")).strip().split("\n")[0]
        return {"type": kind[:100], "said": said[:500]}

    def evaluate(self, expression, *, seconds=None):
        """Evaluate an expression that gives a `tlcourse.grading.answers.sandboxed_kernel.Reply`.

        Args:
            expression: str, a Python expression.
            seconds: as in `run`.

        Returns:
            Str, the reply's text, or None if the result is not a `Reply`.

        Raises:
            Stopped: as in `run`.
        """
        asked = {"code": "", "silent": True, "user_expressions": {"reply": expression}}
        content = self._ask(asked, seconds)
        try:
            text = content["user_expressions"]["reply"]["data"][MIME_TYPE]
        except (KeyError, TypeError):
            return None
        return text if isinstance(text, str) else None

    def end(self):
        """End the kernel and all that it started, and remove its folder."""
        self._ended.set()
        self._listener.close()
        self._sandbox.end(self._process)
        if self._channel is not None:
            self._channel.close()
        for thread in self._threads:
            thread.join(timeout=2)
        remove_folder(self._folder)

    def _bind(self, path):
        try:
            self._listener.bind(str(path))
        except OSError as error:  # a socket's address has a hundred bytes or so
            raise CourseError(
                f"the folder for temporary files, {path.parent.parent}, cannot hold a socket "
                f"({error.strerror or error}); set TMPDIR to a shorter path, such as /tmp."
            ) from error

    def _settings(self, path, key):
        limits = self._sandbox.own_limits(self._limits)
        if limits is not None:
            limits["memory"] += _SPARE
        settings = {
            "shell": str(path),
            "key": key,
            "own": "/tmp" if limits is not None else str(self._folder),
            "limits": limits,
            "modules": self._modules,
        }
        return json.dumps(settings)

    def _listen(self):
        """Read what the process says on standard error, and keep the end of it."""
        with self._process.stderr as stream:
            while part := stream.read1(65536):
                self._said = (self._said + part)[-_SAID:]

    def _watch(self):
        """End the process once it takes more than it may, also while nobody waits for it."""
        while not self._ended.wait(_LOOK_SECONDS):
            self._why = self._too_much()
            if self._why is not None:
                self._sandbox.end(self._process)
                return

    def _too_much(self):
        """Return what the kernel took too much of, in one sentence, or None."""
        taken = _taken(self._process, self._limits.processes)
        if taken["processes"] > self._limits.processes:
            return f"It started more than {self._limits.processes} processes and threads."
        if taken["memory"] > self._limits.memory:
            return f"It used more than {self._limits.memory / 1e9:g} GB of memory."
        return None

    def _connect(self, key):
        while self._channel is None:
            self._wait_for_start()
            try:
                connected, _ = self._listener.accept()
            except TimeoutError:
                continue
            try:
                self._channel = Channel(
                    connected, key=key, most=self._limits.reply, wait=self._wait_for_start
                )
            except ChannelBroken:
                self._stop("It sent an invalid message.")
        self._request("kernel_info_request", {}, self._deadline)

    def _wait_for_start(self):
        self._look(self._deadline, f"It did not start within {self._limits.seconds:g} seconds.")

    def _ask(self, content, seconds):
        """Send a request to execute, and return the content of its reply (dict)."""
        usual = {"store_history": False, "user_expressions": {}, "allow_stdin": False}
        return self._request(
            "execute_request",
            usual | {"stop_on_error": True} | content,
            time.monotonic() + (seconds or self._limits.seconds),
            f"It did not answer within {seconds or self._limits.seconds:g} seconds.",
        )

    def _request(self, kind, content, deadline, late="It did not start in time."):
        self._channel.wait = lambda: self._look(deadline, late)
        try:
            return self._channel.request(kind, content)
        except ChannelBroken:
            self._process_ends(within=1.0)
            self._channel.wait()
            self._stop("It sent a message that is invalid or too large.")

    def _process_ends(self, within):
        until = time.monotonic() + within
        while self._process.poll() is None and time.monotonic() < until:
            time.sleep(_LOOK_SECONDS / 10)

    def _look(self, deadline, late):
        """Stop when the process has ended, or the time is over."""
        if self._why is not None:
            self._stop(self._why)
        if self._process.poll() is not None:
            self.end()  # so that all of its standard error has been read
            said = self._said.decode(errors="replace").strip().split("\n")[-1]
            code = self._process.returncode
            why = f"Its process ended by itself (code {code})"
            if code == _KILLED:  # a container engine kills on too much memory without saying so
                why += f", or was killed for using over {self._limits.memory / 1e9:g} GB of memory"
            raise Stopped(self._why or f"{why}{': ' if said else '.'}{said}")
        if time.monotonic() > deadline:
            self._stop(late)

    def _stop(self, why):
        self.end()
        raise Stopped(why)


def _taken(process, most):
    """Return what a process and all below it hold: bytes of memory, processes and threads.

    Processes and threads are counted. Above `most` processes, memory is not measured.
    """
    found = {"memory": 0, "processes": 0}
    try:
        whole = [psutil.Process(process.pid)]
        whole += whole[0].children(recursive=True)
    except psutil.Error:
        return found
    if len(whole) > most:
        return found | {"processes": len(whole)}
    for one in whole:
        try:
            with one.oneshot():
                found["memory"] += _memory(one)
                found["processes"] += one.num_threads()
        except psutil.Error:  # it has ended in the meantime
            continue
    return found


def _memory(process):
    """Return the bytes that a process holds, without the pages of files."""
    try:
        status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8", errors="replace")
    except OSError:  # not available on this system, or the process has ended
        return process.memory_info().rss
    kinds = ("RssAnon:", "RssShmem:", "VmSwap:")
    return sum(1024 * int(line.split()[1]) for line in status.split("\n") if line.startswith(kinds))
