"""Drive headless Chromium over its DevTools protocol: pages, real pointer and key events."""

import base64
import itertools
import json
import os
import shutil
import signal
import subprocess
import time
import urllib.request
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_KEYS = {"Tab": (9, ""), "Enter": (13, "\r"), " ": (32, " "), "x": (88, "x")}


def find_chromium():
    """The path of a browser (str), or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class Browser:
    """One page of a headless Chromium with an own, empty profile; a context manager."""

    def __init__(self, program, profile, *, scale=2):
        self._profile = Path(profile)
        self._command = [
            program,
            "--headless=new",
            "--no-sandbox",  # tests may run as root, and open only their own pages
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--no-proxy-server",
            "--remote-debugging-port=0",
            "--remote-allow-origins=*",
            f"--user-data-dir={profile}",
            f"--force-device-scale-factor={scale}",
            "--window-size=1200,1000",
            "about:blank",
        ]
        self._ids = itertools.count(1)

    def __enter__(self):
        import websocket

        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            told = self._profile / "DevToolsActivePort"
            wait_until(lambda: told.is_file() and "\n" in told.read_text(), "a DevTools port", 60)
            port = told.read_text().split()[0]
            pages = self._pages(port)
            address = next(page["webSocketDebuggerUrl"] for page in pages)
            self._socket = websocket.create_connection(address, timeout=60, http_no_proxy=["*"])
            self.call("Page.enable")
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, *_):
        self._socket.close()
        self._stop()

    def _stop(self):
        # Its whole session: what /usr/bin names may be a script that starts the browser.
        os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    @staticmethod
    def _pages(port):
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"http://127.0.0.1:{port}/json/list", timeout=20) as answer:
            return [page for page in json.load(answer) if page["type"] == "page"]

    def call(self, method, **parameters):
        """Call one method of the protocol and return its result (dict)."""
        number = next(self._ids)
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self._socket.recv())
            if answer.get("method") == "Page.javascriptDialogOpening":
                # "Leave this page? Changes may be lost": it would hold up everything else.
                leave = {"method": "Page.handleJavaScriptDialog", "params": {"accept": True}}
                self._socket.send(json.dumps({"id": next(self._ids), **leave}))
            if answer.get("id") == number:
                assert "error" not in answer, answer
                return answer["result"]

    def evaluate(self, expression):
        """Return the value of a JavaScript expression; a promise is awaited."""
        done = self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in done, done["exceptionDetails"]
        return done["result"].get("value")

    def wait_for(self, expression, seconds=60):
        """Wait until a JavaScript expression is true."""
        wait_until(lambda: self.evaluate(f"Boolean({expression})"), expression, seconds)

    def open(self, url):
        self.call("Page.navigate", url=url)

    def draw(self, selector, strokes):
        """Draw strokes on an element with the mouse, points in units of its width and height."""
        for stroke in strokes:
            path = self._on_page(selector, stroke)
            self._mouse("mouseMoved", path[0])
            self._mouse("mousePressed", path[0], buttons=1, clickCount=1)
            for point in path[1:]:
                self._mouse("mouseMoved", point, buttons=1)
            self._mouse("mouseReleased", path[-1], clickCount=1)

    def click(self, selector):
        """Click in the middle of an element."""
        self.draw(selector, [[(0.5, 0.5)]])

    def _on_page(self, selector, points):
        left, top, width, height = self.evaluate(
            "(({x, y, width, height}) => [x, y, width, height])"
            f"(document.querySelector({selector!r}).getBoundingClientRect())"
        )
        return [(left + x * width, top + y * height) for x, y in points]

    def _mouse(self, kind, point, **more):
        button = "none" if kind == "mouseMoved" and not more else "left"
        x, y = point
        self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button=button, **more)

    def touch(self, selector, stroke):
        """Draw one stroke with a finger."""
        for number, (x, y) in enumerate(self._on_page(selector, stroke)):
            kind = "touchMove" if number else "touchStart"
            self.call("Input.dispatchTouchEvent", type=kind, touchPoints=[{"x": x, "y": y}])
        self.call("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])

    def press(self, key, *, shift=False):
        """Press and release one key, such as "Tab"."""
        code, text = _KEYS[key]
        more = {"key": key, "windowsVirtualKeyCode": code, "modifiers": 8 if shift else 0}
        down = "keyDown" if text else "rawKeyDown"
        self.call("Input.dispatchKeyEvent", type=down, text=text, **more)
        self.call("Input.dispatchKeyEvent", type="keyUp", **more)

    def screenshot(self, path):
        shot = self.call("Page.captureScreenshot", format="png")
        Path(path).write_bytes(base64.b64decode(shot["data"]))


def wait_until(is_so, what, seconds):
    """Ask again and again; fail with what was waited for."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, f"waited {seconds} s for {what}"
        time.sleep(0.1)
