"""The pad in JupyterLab, in a real browser: drawn on with real pointer events."""

import json
import os
import re
import subprocess
import sys
import urllib.request

import nbformat
import numpy as np
import pytest
from headless_browser import Browser, find_chromium, wait_until

from tlcourse.lessons.desk import choose_port

CELLS = (
    "import tlcourse as tl\npad = tl.draw_digits(digits=(3, 8))\npad",
    "pad.domain()",
)
CANVAS = ".tlcourse-pad canvas"
DOWN = [(0.5, y) for y in np.linspace(0.2, 0.8, 13)]
ACROSS = [(x, 0.5) for x in np.linspace(0.2, 0.8, 13)]
INK = f"""(() => {{
    const canvas = document.querySelector("{CANVAS}");
    const {{ data }} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let ink = 0;
    for (let i = 3; i < data.length; i += 4) ink += data[i] > 127;
    return ink / (canvas.width * canvas.height);
}})()"""


@pytest.fixture
def workspace(tmp_path):
    folder = tmp_path / "work"
    folder.mkdir()
    cells = [nbformat.v4.new_code_cell(source, id=f"cell-{i}") for i, source in enumerate(CELLS)]
    about = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=about), folder / "pad.ipynb")
    return folder


@pytest.fixture
def lab(workspace, tmp_path):
    """Address of the notebook in a JupyterLab that runs in the workspace, and its token."""
    own = {f"JUPYTER{name}": str(tmp_path / name) for name in ("LAB_SETTINGS_DIR", "_DATA_DIR")}
    own |= {"JUPYTERLAB_WORKSPACES_DIR": str(tmp_path / "spaces")}
    port = str(choose_port())
    command = ["-m", "tlcourse.cli", "lab", "--no-browser", "--dir", str(workspace), "--port", port]
    process = subprocess.Popen(
        [sys.executable, *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, **own},
    )
    lines = []
    try:
        while not lines or not lines[-1].startswith("JupyterLab: "):
            lines.append(process.stdout.readline())
            assert lines[-1], lines
        base, token = lines[-1].split()[1].split("/lab/tree/00_start_here.ipynb?token=")
        yield base, token
    finally:
        process.terminate()
        process.wait(60)
        process.stdout.close()


@pytest.fixture
def browser(tmp_path):
    pytest.importorskip("anywidget", reason="the pad needs anywidget")
    pytest.importorskip("websocket", reason="needs websocket-client")
    program = find_chromium()
    if program is None or sys.platform == "win32":
        pytest.skip("a browser: there is no chromium here")
    with Browser(program, tmp_path / "profile") as browser:
        yield browser


def run_cell(browser, number):
    """Run a cell as people do: click into it, Shift-Enter."""
    browser.evaluate(
        "document.querySelectorAll('.jp-CodeCell').forEach((cell, i) => { cell.id = `code-${i}`; })"
    )
    editor = f"#code-{number} .cm-content"

    def is_in_it():
        browser.click(editor)
        return browser.evaluate(f"document.activeElement === document.querySelector('{editor}')")

    # While JupyterLab still lays out its page, a click goes to what was there a moment before.
    wait_until(is_in_it, f"the cursor in {editor}", 30)
    browser.press("Enter", shift=True)


def open_notebook(browser, lab):
    base, token = lab
    browser.open(f"{base}/lab/tree/pad.ipynb?token={token}&reset")
    idle = "document.querySelector('.jp-Notebook-ExecutionIndicator')?.dataset.status === 'idle'"
    browser.wait_for(f"document.querySelectorAll('.jp-CodeCell').length === 2 && {idle}", 120)

    def is_connected():
        return any(s["kernel"]["connections"] for s in ask(lab, "api/sessions"))

    # Before that, JupyterLab would ask which kernel to run the cell in.
    wait_until(is_connected, "a kernel", 60)
    run_cell(browser, 0)
    browser.wait_for(f"document.querySelector('{CANVAS}')")
    browser.evaluate(f"document.querySelector('{CANVAS}').scrollIntoView({{block: 'center'}})")


def ask(lab, path, **content):
    """Ask the server, by GET or, where there is content, by PUT; what it answers, read as JSON."""
    base, token = lab
    request = urllib.request.Request(
        f"{base}/{path}",
        data=json.dumps(content).encode() if content else None,
        method="PUT" if content else "GET",
        headers={"Authorization": f"token {token}", "Content-Type": "application/json"},
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=20) as answer:
        return json.loads(answer.read() or b"null")


def shown(browser):
    """The prompt and the progress."""
    return browser.evaluate(
        "[...document.querySelectorAll('.tlcourse-pad-status > *')].map((e) => e.textContent)"
    )


def wait_for_shown(browser, prompt, progress):
    wait_until(lambda: shown(browser) == [prompt, progress], f"{prompt}, {progress}", 30)


def press(browser, label, key):
    """Go to a button with the Tab key alone, and press it."""
    for _ in range(20):
        if browser.evaluate("document.activeElement.textContent") == label:
            browser.press(key)
            return
        browser.press("Tab")
    pytest.fail(f"{label} is not reached with Tab")


def lightness(browser, which):
    """How light a colour of the canvas is, 0 to 255: its `color` or `backgroundColor`."""
    text = browser.evaluate(f"getComputedStyle(document.querySelector('{CANVAS}')).{which}")
    return np.mean([float(number) for number in re.findall(r"[\d.]+", text)[:3]])


def output(browser, number):
    return browser.evaluate(f"document.querySelector('#code-{number} .jp-OutputArea')?.innerText")


@pytest.mark.slow
def test_draw_undo_go_on_and_take_the_domain(browser, lab, workspace, tmp_path):
    file = workspace / "my_digits.json"
    open_notebook(browser, lab)
    assert shown(browser) == ["Draw a 3", "0 of 4"]
    label = browser.evaluate(f"document.querySelector('{CANVAS}').getAttribute('aria-label')")
    assert label == "Draw a 3 here, with mouse, pen or finger"
    assert browser.evaluate(f"document.querySelector('{CANVAS}').width") == 560  # 280 at scale 2
    assert lightness(browser, "color") < 80 < 200 < lightness(browser, "backgroundColor")

    # The mouse draws two strokes; one is taken back, then all; nothing is kept before Next.
    browser.draw(CANVAS, [DOWN, ACROSS])
    both = browser.evaluate(INK)
    press(browser, "Undo", " ")
    one = browser.evaluate(INK)
    assert both == pytest.approx(2 * 0.6 * 0.045, rel=0.2)
    assert one == pytest.approx(both / 2, rel=0.2)
    press(browser, "Clear", "Enter")
    assert browser.evaluate(INK) == 0
    browser.draw(CANVAS, [DOWN, ACROSS])
    press(browser, "Undo", "Enter")
    assert not file.exists()
    browser.screenshot(tmp_path / "light.png")
    press(browser, "Next", "Enter")
    wait_for_shown(browser, "Draw an 8", "1 of 4")
    assert browser.evaluate("document.activeElement.textContent") == "Next"
    browser.press("x")  # in JupyterLab it cuts the cell, but not from within the pad
    assert browser.evaluate("document.querySelectorAll('.jp-CodeCell').length") == 2
    assert browser.evaluate(INK) == 0
    (kept,) = json.loads(file.read_bytes())["drawings"]
    assert kept["digit"] == 3
    np.testing.assert_allclose(kept["strokes"], [DOWN], atol=0.01)

    # A finger draws, and the page does not scroll; what was kept comes back to be drawn anew.
    browser.touch(CANVAS, ACROSS)
    press(browser, "Next", " ")
    wait_for_shown(browser, "Draw a 3", "2 of 4")
    press(browser, "Undo", " ")
    wait_for_shown(browser, "Draw an 8", "1 of 4")
    assert browser.evaluate(INK) == pytest.approx(both / 2, rel=0.2)
    press(browser, "Next", " ")
    wait_for_shown(browser, "Draw a 3", "2 of 4")
    run_cell(browser, 1)
    said = "2 of 4 digits are drawn; draw on, and run this cell again"
    # To its last line: a kernel that still works would keep the next page waiting.
    done = "Domain('drawn-by-program'"
    for line in (said, done):
        wait_until(lambda line=line: line in (output(browser, 1) or ""), line, 60)

    # A new pad, on a dark page, goes on where the other one was.
    dark = json.dumps({"theme": "JupyterLab Dark"})
    ask(lab, "lab/api/settings/@jupyterlab/apputils-extension:themes", raw=dark)
    open_notebook(browser, lab)
    assert shown(browser) == ["Draw a 3", "2 of 4"]
    assert lightness(browser, "backgroundColor") < 80 < 200 < lightness(browser, "color")
    for prompt, progress in (("Draw an 8", "3 of 4"), ("All 4 digits are drawn", "4 of 4")):
        browser.draw(CANVAS, [DOWN])
        browser.screenshot(tmp_path / "dark.png")
        press(browser, "Next", "Enter")
        wait_for_shown(browser, prompt, progress)
    browser.draw(CANVAS, [DOWN])
    assert browser.evaluate(INK) == 0  # nothing is left to draw
    run_cell(browser, 1)
    said = "Domain('own-hand': 2 train + 2 test, 28 × 28 × 1, 2 classes)"
    wait_until(lambda: said in (output(browser, 1) or ""), said, 30)
    assert "Digits in your own hand, kept in my_digits.json." in output(browser, 1)
