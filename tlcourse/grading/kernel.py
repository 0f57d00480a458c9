"""A kernel in a sandbox, driven from outside: it is asked, it answers, it is ended.

Only the channel for requests is used. What the kernel prints or shows goes nowhere, however much it
is, and a reply is plain text of limited size that the kernel may have made up.
"""

import json
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil
import zmq
from jupyter_client.session import Session

from tlcourse.grading.inside import MIME_TYPE

__all__ = ["Kernel", "Stopped"]

_LOOK_SECONDS = 0.1  # how often it is looked what the kernel takes
_SPARE = 1_500_000_000  # bytes that TensorFlow asks for and never touches
_SHELL_PORT, _PORTS = 1, ("shell", "iopub", "stdin", "control", "hb")
_MAX_FOLDER = 2_000_000  # bytes in the folder of the sockets
_SAID = 4000


class Stopped(Exception):  # noqa: N818 (it is no error of ours)
    """The kernel was ended; the message says why, in one sentence for the student."""


class Kernel:
    """One kernel of this Python, in a sandbox, for one submission.

    Use it as a context manager: at the end nothing of it is left, whatever it did.

    Args:
        sandbox: what `find_sandbox` returned.
        limits: `Limits`.
        modules: names of modules to import before the first request.
    """

    def __init__(self, sandbox, limits, *, modules=()):
        self._sandbox, self._limits, self._modules = sandbox, limits, tuple(modules)

    def __enter__(self):
        # A short path: that of a socket may have 107 bytes.
        self._folder = Path(tempfile.mkdtemp(prefix="tlg-"))
        key = secrets.token_hex(16)
        connection = {
            "transport": "ipc",
            "ip": str(self._folder / "k"),
            "key": key,
            "signature_scheme": "hmac-sha256",
            **{f"{name}_port": number for number, name in enumerate(_PORTS, _SHELL_PORT)},
        }
        file = self._folder / "connection.json"
        file.write_text(json.dumps(connection), encoding="utf-8")
        self._session = Session(key=key.encode(), signature_scheme="hmac-sha256")
        self._context, self._socket = zmq.Context(), None
        program = [sys.executable, "-m", "tlcourse.grading.inside", self._settings(file)]
        self._process = subprocess.Popen(
            self._sandbox.command(program, folder=self._folder, limits=self._limits),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        self._said = b""
        threading.Thread(target=self._listen, daemon=True).start()
        try:
            self._connect()
        except BaseException:
            self.end()
            raise
        return self

    def __exit__(self, *_):
        self.end()

    def run(self, source, *, seconds=None):
        """Runs source text.

        Args:
            source: str, of a cell.
            seconds: wall-clock time that it may take; None takes that of the limits.

        Returns:
            None, or when it raised a dict with "type" and "said" (its first line).

        Raises:
            Stopped: if it took too much of anything, or the kernel ended.
        """
        content = self._ask({"code": source, "silent": True}, seconds)
        if content.get("status") == "ok":
            return None
        said = str(content.get("evalue", "")).strip().split("\n")[0]
        return {"type": str(content.get("ename", "Error"))[:100], "said": said[:500]}

    def evaluate(self, expression, *, seconds=None):
        """Evaluates an expression that gives a `tlcourse.grading.inside.Reply`.

        Args:
            expression: str.
            seconds: as in `run`.

        Returns:
            Str, its text, or None when something else came.

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
        """Ends the kernel and all that it started, and removes its folder."""
        _kill(self._process)
        if self._socket is not None:
            self._socket.close(linger=0)
        self._context.destroy(linger=0)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _settings(self, file):
        limits = {
            "memory": self._limits.memory + _SPARE,
            "disk": self._limits.disk,
            "processes": self._limits.processes,
        }
        settings = {
            "connection_file": str(file),
            "limits": None if self._sandbox.name == "none" else limits,
            "modules": self._modules,
        }
        return json.dumps(settings)

    def _listen(self):
        """Reads what the process says on standard error, and keeps the end of it."""
        with self._process.stderr as stream:
            while part := stream.read1(65536):
                self._said = (self._said + part)[-_SAID:]

    def _connect(self):
        deadline = time.monotonic() + self._limits.seconds
        path = self._folder / f"k-{_SHELL_PORT}"
        while True:
            if path.is_socket():
                self._open(path)
                if self._is_ready(deadline):
                    return
                self._socket.close(linger=0)
            self._look(deadline)
            time.sleep(_LOOK_SECONDS / 2)

    def _open(self, path):
        self._socket = self._context.socket(zmq.DEALER)
        self._socket.identity = self._session.bsession
        self._socket.setsockopt(zmq.MAXMSGSIZE, self._limits.reply)
        # Once: a later file of that name could lead anywhere.
        self._socket.setsockopt(zmq.RECONNECT_IVL, -1)
        self._socket.connect(f"ipc://{path}")

    def _is_ready(self, deadline):
        try:
            self._request("kernel_info_request", {}, min(deadline, time.monotonic() + 2.0))
        except _TooLate:
            return False
        return True

    def _ask(self, content, seconds):
        """Sends a request to execute, and returns the content of its reply (dict)."""
        usual = {"store_history": False, "user_expressions": {}, "allow_stdin": False}
        seconds = seconds or self._limits.seconds
        try:
            return self._request(
                "execute_request",
                usual | {"stop_on_error": True} | content,
                time.monotonic() + seconds,
            )
        except _TooLate:
            self.end()
            raise Stopped(
                f"No answer came within {seconds:g} seconds, or it was too large to be read."
            ) from None

    def _request(self, kind, content, deadline):
        message = self._session.msg(kind, content)
        self._session.send(self._socket, message)
        while True:
            if self._socket.poll(1000 * _LOOK_SECONDS):
                reply = self._receive()
                # What does not answer this very request was not asked for.
                if reply and reply["parent_header"].get("msg_id") == message["header"]["msg_id"]:
                    return reply["content"] if isinstance(reply["content"], dict) else {}
            self._look(deadline)

    def _receive(self):
        try:
            _, parts = self._session.feed_identities(self._socket.recv_multipart(copy=True))
            return self._session.deserialize(parts)
        except (ValueError, TypeError, KeyError, IndexError, RecursionError, zmq.ZMQError):
            return None  # a forged or broken message is none

    def _look(self, deadline):
        """Ends the kernel where it took more than it may."""
        if self._process.poll() is not None:
            said = self._said.decode(errors="replace").strip().split("\n")[-1]
            code = self._process.returncode
            self.end()
            raise Stopped(f"Its process ended by itself (code {code}){': ' if said else '.'}{said}")
        taken = _taken(self._process)
        if taken["memory"] > self._limits.memory:
            self.end()
            raise Stopped(f"It took more than {self._limits.memory / 1e9:g} GB of memory.")
        if taken["processes"] > self._limits.processes:
            self.end()
            raise Stopped(f"It started more than {self._limits.processes} processes and threads.")
        if _size(self._folder) > _MAX_FOLDER:
            self.end()
            raise Stopped("It wrote where it may not.")
        if time.monotonic() > deadline:
            raise _TooLate


class _TooLate(Exception):  # noqa: N818
    """The deadline of a request has passed."""


def _taken(process):
    """Returns what a process and all below it hold: bytes of memory, processes and threads."""
    found = {"memory": 0, "processes": 0}
    try:
        whole = [psutil.Process(process.pid)]
        whole += whole[0].children(recursive=True)
    except psutil.Error:
        return found
    for one in whole:
        try:
            with one.oneshot():
                memory = one.memory_info()
                found["memory"] += memory.rss - getattr(memory, "shared", 0)
                found["processes"] += one.num_threads()
        except psutil.Error:  # it has ended meanwhile
            continue
    return found


def _size(folder):
    """Returns the bytes of the files in a folder, links not followed."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.lstat().st_size
        except OSError:
            continue
    return total


def _kill(process):
    """Ends a process and all below it; of a sandbox the first ending ends the rest."""
    try:
        below = psutil.Process(process.pid).children(recursive=True)
    except psutil.Error:
        below = []
    process.kill()
    process.wait()
    for one in below:
        try:
            one.kill()
        except psutil.Error:
            continue
