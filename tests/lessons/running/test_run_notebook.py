"""One notebook in a clean kernel: what it claims, and how it may fail."""

import os
import sys
import time
from pathlib import Path

import pytest

from tlcourse.lessons.running.run_notebook import execute_notebook

CLAIM = "from tlcourse.lessons import claim"


def text_of(cell):
    return "".join(output.get("text", "") for output in cell.outputs)


def test_a_figures_words_are_its_title_and_the_claims_below_it(notebook):
    claim = 'tl.claim("One is {value}", 1, True)'
    source = notebook(
        "import tlcourse as tl\ntl.setup()",
        claim.replace("One", "Before"),
        "import matplotlib.pyplot as plt\nplt.gca().set_title('A line')\nplt.show()",
        claim,
    )
    done = execute_notebook(source)
    (figure,) = [
        output
        for cell in done.notebook.cells
        for output in cell.outputs
        if "image/png" in output.get("data", {})
    ]
    assert figure.metadata["image/png"]["alt"] == "A line. One is 1."


def test_claims_figures_and_progress(notebook):
    source = notebook(
        CLAIM,
        "claim('wins by {value}', 0.5, True)",
        "import matplotlib.pyplot as plt; plt.plot([1, 2]); plt.show()",
        "",
        "claim('twice', [1.0, 2.0], True)",
    )
    seen = []
    done = execute_notebook(source, on_cell=lambda *at: seen.append(at))
    assert (done.ok, done.error, done.figures) == (True, None, 1)
    assert done.claims == [
        {"text": "wins by 0.5", "value": 0.5, "holds": True},
        {
            "text": "twice (measured: 1.5 (1 to 2 over 2 runs))",
            "value": [1.0, 2.0],
            "holds": True,
        },
    ]
    assert seen == [(0, 4), (1, 4), (2, 4), (3, 4), (4, 4)]
    assert source.cells[1].outputs == []  # the source is left as it is
    assert 0 < done.seconds < 60


def test_the_kernel_is_clean_and_ours(notebook, tmp_path, monkeypatch):
    (tmp_path / "mirror").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TLCOURSE_DATA", "mirror")
    monkeypatch.setenv("MPLBACKEND", "Agg")
    monkeypatch.delenv("TLCOURSE_SEED", raising=False)
    ask = "import os, sys; print(os.environ.get({!r}))"
    done = execute_notebook(
        notebook(
            "import sys; print(sys.executable)",
            "import os; print(os.getcwd()); open('litter.txt', 'w').close()",
            *map(ask.format, ("TLCOURSE_SEED", "TLCOURSE_PROFILE", "TLCOURSE_DATA")),
        ),
        seed=7,
        profile="full",
    )
    said = [text_of(cell).strip() for cell in done.notebook.cells]
    assert done.ok
    assert said[0] == sys.executable
    assert not Path(said[1]).exists()
    assert said[2:] == ["7", "full", str(tmp_path / "mirror")]
    assert "TLCOURSE_SEED" not in os.environ
    assert [path.name for path in tmp_path.iterdir()] == ["mirror"]


def test_a_failing_claim_does_not_stop_the_notebook(notebook):
    done = execute_notebook(
        notebook(CLAIM, "claim('a', 1, False)", "claim('b', 2, False)", "claim('c', 3, True)")
    )
    assert not done.ok
    assert done.error.startswith("cell [2]: ClaimFailed: ")
    assert [claim["holds"] for claim in done.claims] == [False, False, True]


def test_a_failing_graded_check_does_not_stop_the_notebook(notebook):
    source = notebook("assert False, 'wrong: [1] is not [2]'", "print('on')")
    source.cells[0].metadata["nbgrader"] = {"grade": True}
    done = execute_notebook(source)
    assert done.error == "cell [1]: AssertionError: wrong: [1] is not [2]"
    assert text_of(done.notebook.cells[1]) == "on\n"


def test_any_other_error_stops_it(notebook):
    done = execute_notebook(notebook("x = 1", "1 / 0", "print('on')"))
    assert done.error == "cell [2]: ZeroDivisionError: division by zero"
    assert text_of(done.notebook.cells[2]) == ""


def test_an_error_of_many_lines_is_said_in_one(notebook):
    done = execute_notebook(notebook(r"raise ValueError('\nfirst\nsecond')"))
    assert done.error == "cell [1]: ValueError: first"


def test_a_cell_that_never_ends(notebook):
    stubborn = "while True:\n  try:\n    while True: pass\n  except KeyboardInterrupt: pass"
    started = time.monotonic()
    done = execute_notebook(notebook("x = 1", stubborn, "print('on')"), cell_timeout=2)
    assert done.error == "cell [2]: took longer than 2 s and was stopped"
    assert time.monotonic() - started < 30


def test_a_kernel_that_dies(notebook):
    done = execute_notebook(notebook("x = 1", "import os; os._exit(3)", "print('on')"))
    assert done.error.startswith("cell [2]: the kernel died")


def test_a_kernel_that_does_not_start(notebook, monkeypatch):
    command = [sys.executable, "-c", "raise SystemExit('no ipykernel here')"]
    spec = sys.modules["tlcourse.lessons.running.kernel"].KERNEL_SPEC
    monkeypatch.setitem(spec, "argv", [*command, "{connection_file}"])
    done = execute_notebook(notebook("x = 1"))
    assert done.error == "the kernel did not start: no ipykernel here"


@pytest.mark.parametrize("stored", ["old output"])
def test_stored_outputs_do_not_count(notebook, stored):
    import nbformat

    source = notebook("1 / 0", "x = 1")
    data = {"image/png": "", "text/plain": stored}
    source.cells[1].outputs = [nbformat.v4.new_output("display_data", data)]
    assert execute_notebook(source).figures == 0
