"""A web server of the test's own, and data sets that it publishes there."""

import contextlib
import hashlib
import io
import tarfile
import threading
import types
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tlcourse.domains.files import registry
from tlcourse.domains.files.registry import DataFile, DataSet


class Web:
    """What the server answers: `pages[path]` is bytes, a status, or a function of the handler."""

    def __init__(self, url):
        self.url = url
        self.pages = {}
        self.asked = []
        self.over = threading.Event()


@pytest.fixture
def web(monkeypatch):
    """A server on loopback; what no page was given for is not found."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            site.asked.append(self.path)
            self.close_connection = True
            with contextlib.suppress(OSError):  # the reader may be gone
                answer(self, site.pages.get(self.path, 404))

        def end_headers(self):
            # Else the client may ask the next thing on a connection that is closed by then.
            self.send_header("Connection", "close")
            super().end_headers()

        def log_message(self, *words):
            pass

    def answer(handler, page):
        if callable(page):
            page(handler)
            return
        status, body = (200, page) if isinstance(page, bytes) else (page, b"<html>no</html>")
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        site = Web(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        yield site
        site.over.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """The folder that downloads go to, not there yet; no mirror is named."""
    monkeypatch.setenv("TLCOURSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("TLCOURSE_DATA", raising=False)
    return tmp_path / "cache" / "data"


@pytest.fixture
def publish(monkeypatch):
    """Function of a name and forms that makes a data set, the only ones that there are."""
    known = {}
    monkeypatch.setattr(registry, "_read", lambda path: known)

    def add(name, *forms):
        known[name] = DataSet(
            name=name,
            title=f"{name}, for tests",
            licence="CC0",
            citation="Nobody 2026",
            home="https://nowhere.example",
            forms=forms,
        )

    return add


@pytest.fixture
def file_of():
    """Function of a path, the right content and addresses that describes a file."""

    def describe(path, content, *urls, **changes):
        facts = {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content), **changes}
        return DataFile(path=path, urls=urls, **facts)

    return describe


@pytest.fixture
def pauses(monkeypatch):
    """Makes retries wait no time; lists how long they would."""
    waited = []
    monkeypatch.setattr("pooch.core.time", types.SimpleNamespace(sleep=waited.append))
    return waited


@pytest.fixture
def mirror(tmp_path, monkeypatch):
    """A mirror folder, empty and named, with a cache of its own."""
    monkeypatch.setenv("TLCOURSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("TLCOURSE_DATA", str(tmp_path / "mirror"))
    return tmp_path / "mirror"


@pytest.fixture
def packed():
    """Function of a file's name and members (dict, name to bytes): a zip or tar.gz as bytes."""

    def pack(name, members):
        body = io.BytesIO()
        if name.endswith(".zip"):
            with zipfile.ZipFile(body, "w") as archive:
                for member, content in members.items():
                    archive.writestr(member, content)
        else:
            with tarfile.open(fileobj=body, mode="w:gz") as archive:
                for member, content in members.items():
                    entry = tarfile.TarInfo(member)
                    entry.size = len(content)
                    archive.addfile(entry, io.BytesIO(content))
        return body.getvalue()

    return pack


@pytest.fixture
def put(mirror):
    """Function of a path and bytes that puts a file into the mirror folder."""

    def write(path, content):
        (mirror / path).parent.mkdir(parents=True, exist_ok=True)
        (mirror / path).write_bytes(content)
        return mirror / path

    return write


@pytest.fixture
def no_test_image_was_trained_on():
    """Function that asserts it of a domain."""

    def check(domain):
        train = {image.tobytes() for image in domain.x_train}
        assert not any(image.tobytes() in train for image in domain.x_test)

    return check
