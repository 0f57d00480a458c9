"""JupyterLab starts in the workspace, on this machine alone, behind a token."""

import json
import signal
import socket
import sys
import urllib.error
import urllib.request

import pytest

from tlcourse.errors import BadArgument, CourseError
from tlcourse.lessons.desk import lab


@pytest.fixture
def taken():
    """A port that something listens on."""
    with socket.create_server((lab.HOST, 0)) as server:
        yield server.getsockname()[1]


def fetch(url):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, ""


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_no_port_number(port):
    with pytest.raises(BadArgument, match=f"--port must be from 1 to 65535; got {port}"):
        lab.choose_port(port)


def test_a_port_in_use(taken):
    with pytest.raises(CourseError, match=f"port {taken} cannot be used") as caught:
        lab.choose_port(taken)
    assert not isinstance(caught.value, ValueError)


def test_a_free_port_when_the_usual_one_is_taken(taken, monkeypatch):
    monkeypatch.setattr(lab, "_USUAL_PORT", taken)
    assert lab.choose_port() not in (taken, None)


def test_a_server_that_does_not_start(tmp_path, monkeypatch):
    broken = [sys.executable, "-c", "raise SystemExit('No module named jupyterlab')"]
    monkeypatch.setattr(lab, "_command", lambda *arguments: broken)
    urls = []
    with pytest.raises(CourseError, match="ended with code 1: No module named jupyterlab"):
        lab.open_lab(tmp_path, port=lab.choose_port(), on_ready=urls.append)
    assert urls == []


@pytest.mark.skipif(sys.platform == "win32", reason="sends POSIX signals")
@pytest.mark.parametrize(
    "ending", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)]
)
def test_it_really_starts(course, command, tmp_path, ending):
    course("00", "Start here", "x = 1")
    work = tmp_path / "work"
    process = command("lab", "--no-browser", "--dir", work, "--port", lab.choose_port())
    lines = []
    while not lines or not lines[-1].startswith("JupyterLab: "):
        lines.append(process.stdout.readline())
        assert lines[-1], process.stderr.read()
    assert lines[0] == f"Workspace: {work}\n"
    url = lines[-1].split()[1]
    base, token = url.split("/lab/tree/00_start_here.ipynb?token=")
    assert base.startswith("http://127.0.0.1:")

    assert fetch(f"{base}/api/status")[0] == 403
    assert fetch(f"{base}/api/status?token=wrong")[0] == 403
    assert fetch(f"{base}/api/status?token={token}")[0] == 200
    status, page = fetch(url)
    assert status == 200
    assert "JupyterLab" in page
    files = json.loads(fetch(f"{base}/api/contents?token={token}")[1])["content"]
    assert [file["name"] for file in files] == ["00_start_here.ipynb"]
    kernels = json.loads(fetch(f"{base}/api/kernelspecs?token={token}")[1])["kernelspecs"]
    assert kernels["python3"]["spec"]["argv"][0] == sys.executable
    name = "@jupyterlab/apputils-extension:notification"
    asked = json.loads(fetch(f"{base}/lab/api/settings/{name}?token={token}")[1])
    assert asked["schema"]["properties"]["fetchNews"]["default"] == "false"  # no question of news

    process.send_signal(ending)
    assert process.wait(timeout=30) == 0
    assert process.stdout.read() == "End it with Ctrl-C.\n"
    assert process.stderr.read() == ""
    with pytest.raises(urllib.error.URLError):
        fetch(f"{base}/api/status")
