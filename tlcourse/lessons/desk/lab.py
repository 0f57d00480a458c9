"""Open JupyterLab in the workspace, on this machine only, with a token."""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

from tlcourse.errors import BadArgument, CourseError
from tlcourse.lessons.profile import resolve_data
from tlcourse.lessons.running import KERNEL_SPEC

HOST = "127.0.0.1"
# Disable the news prompt and update checks during the first lesson; the learner's own settings
# override these defaults.
_DEFAULT_SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
    }
}
_USUAL_PORT = 8888
_START_SECONDS = 120
_STOP_SECONDS = 15


def open_lab(
    folder: str | os.PathLike,
    *,
    first: str = "00_start_here.ipynb",
    port: int,
    browser: bool = True,
    on_ready: Callable[[str], None] = lambda url: None,
) -> None:
    """Start JupyterLab in a folder and wait until it ends.

    It listens on 127.0.0.1 only and requires a token, new each time. End it with
    Ctrl-C (silently, its kernels included) or File > Shut Down.

    Args:
        folder: an existing workspace; files outside it cannot be opened.
        first: the notebook in it to open.
        port: the port to listen on, from `choose_port`.
        browser: open the web browser.
        on_ready: called with the URL, including the token, once the server answers.

    Raises:
        CourseError: if JupyterLab does not start.
    """
    token = secrets.token_hex(24)
    url = f"http://{HOST}:{port}/lab/tree/{first}?token={token}"
    with tempfile.TemporaryDirectory(prefix="tlcourse-lab-", ignore_cleanup_errors=True) as own:
        spec = Path(own, "kernels", "python3", "kernel.json")
        spec.parent.mkdir(parents=True)
        spec.write_text(json.dumps(KERNEL_SPEC), encoding="utf-8")
        settings = Path(own, "labconfig", "default_setting_overrides.json")
        settings.parent.mkdir()
        settings.write_text(json.dumps(_DEFAULT_SETTINGS), encoding="utf-8")
        with Path(own, "lab.log").open("w+b") as log, _end_on_termination():
            server = subprocess.Popen(
                _command(Path(folder).absolute(), port, first, browser),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=_environment(own, token),
            )
            try:
                if _answers(server, port, token):
                    on_ready(url)
                server.wait()
            except KeyboardInterrupt:
                return
            finally:
                _stop(server)
            if server.returncode != 0:
                log.seek(0)
                said = log.read().decode(errors="replace").strip().splitlines()
                raise CourseError(
                    f"JupyterLab ended with code {server.returncode}:"
                    f" {said[-1].strip() if said else 'no message'}. Try: jupyter lab --debug"
                )


def choose_port(port: int | None = None) -> int:
    """Return a free port: `port` itself if it is free; for None 8888, or else any free one.

    Raises:
        BadArgument: if `port` is not a port number.
        CourseError: if it is in use.
    """
    if port is None:
        return _bound_port(_USUAL_PORT) or _bound_port(0)
    if not 1 <= port <= 65535:
        raise BadArgument(f"--port must be from 1 to 65535; got {port}.")
    if not _bound_port(port):
        raise CourseError(
            f"port {port} cannot be used (it is in use or needs privileges); choose another, or"
            " omit --port for a free one."
        )
    return port


def _bound_port(port):
    """Return the port that could be bound (the system's choice for 0), or None."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        if os.name == "posix":
            # As Jupyter does; otherwise a lab just closed blocks its port for a minute.
            # On Windows the same option would let two servers share a port.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return None
        return probe.getsockname()[1]


def _command(folder, port, first, browser):
    options = {
        "ServerApp.ip": HOST,
        "ServerApp.port": port,
        "ServerApp.port_retries": 0,
        "ServerApp.root_dir": folder,
        "ServerApp.open_browser": browser,
        "ServerApp.answer_yes": True,  # Ctrl-C ends it; a prompt would be hidden in the log
        "LabApp.default_url": f"/lab/tree/{first}",
    }
    # Containers often run as root; the server is local and requires a token.
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options["ServerApp.allow_root"] = True
    named = (f"--{name}={value}" for name, value in options.items())
    return [sys.executable, "-m", "jupyterlab", *named]


def _environment(own, token):
    # A token in the environment is not in the process list, unlike one on the command line.
    environment = {**os.environ, "JUPYTER_TOKEN": token}
    # First on the search path, so that "Python 3" in a notebook is this interpreter.
    search = [own, *filter(None, [os.environ.get("JUPYTER_PATH")])]
    environment["JUPYTER_PATH"] = os.pathsep.join(search)
    config = [own, *filter(None, [os.environ.get("JUPYTER_CONFIG_PATH")])]
    environment["JUPYTER_CONFIG_PATH"] = os.pathsep.join(config)
    if data := resolve_data():
        environment["TLCOURSE_DATA"] = data
    return environment


def _answers(server, port, token):
    """Wait until the server answers; return False if it ended instead."""
    request = urllib.request.Request(
        f"http://{HOST}:{port}/api/status", headers={"Authorization": f"token {token}"}
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # bypass any proxy
    deadline = time.monotonic() + _START_SECONDS
    while server.poll() is None:
        try:
            with opener.open(request, timeout=5):
                return True
        except OSError:  # refused while it starts; urllib raises subclasses of it
            if time.monotonic() > deadline:
                raise CourseError(f"JupyterLab did not answer in {_START_SECONDS} s.") from None
            time.sleep(0.2)
    return False


def _stop(server):
    """End the server and its kernels, by force if necessary."""
    if server.poll() is None:
        server.terminate()
        try:
            server.wait(_STOP_SECONDS)
        except (subprocess.TimeoutExpired, KeyboardInterrupt):  # a second Ctrl-C kills at once
            server.kill()
            server.wait()


@contextmanager
def _end_on_termination():
    """Turn SIGTERM and SIGHUP (a closed terminal) into the same orderly end as Ctrl-C."""

    def end(number, frame):
        raise KeyboardInterrupt

    # Only the main thread may set handlers; elsewhere (a test, a notebook) there is no terminal.
    mine = threading.current_thread() is threading.main_thread()
    names = [name for name in ("SIGTERM", "SIGHUP") if mine and hasattr(signal, name)]
    before = {name: signal.signal(getattr(signal, name), end) for name in names}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)
