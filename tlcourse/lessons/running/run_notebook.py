"""Run one notebook in a clean kernel; collect its claims and its first error."""

import copy
import logging
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from tlcourse.lessons.claim import MIME_TYPE
from tlcourse.lessons.running.kernel import kernel_environment, new_kernel_manager

_FIGURES = {"image/png", "image/svg+xml"}


@dataclass
class Execution:
    """The result of running one notebook.

    Attributes:
        notebook: the executed copy; cells after a stop have no outputs.
        claims: dicts with text, value and holds, in the order of the cells.
        figures: number of outputs that are images.
        error: the first error, in one line; None if there was none.
        seconds: wall-clock time, including the kernel's start.
    """

    notebook: NotebookNode
    claims: list[dict] = field(default_factory=list)
    figures: int = 0
    error: str | None = None
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Tell whether every cell ran and every claim held."""
        return self.error is None and all(claim["holds"] for claim in self.claims)


def execute_notebook(
    notebook: NotebookNode,
    *,
    seed: int = 0,
    profile: str = "quick",
    cell_timeout: int = 300,
    on_cell: Callable[[int, int], None] = lambda done, total: None,
) -> Execution:
    """Execute a notebook from top to bottom in a clean kernel of this interpreter.

    The kernel works in a temporary folder, which is removed with everything the
    notebook wrote there. A failed claim and a failed graded check do not stop the
    notebook (no later cell needs them); any other error, a dead kernel and a cell
    over its time limit do. None of these is raised: see the result. Ctrl-C ends
    the kernel and propagates as KeyboardInterrupt.

    Args:
        notebook: not changed; a copy is executed.
        seed: passed to the kernel as TLCOURSE_SEED.
        profile: passed to the kernel as TLCOURSE_PROFILE.
        cell_timeout: time limit of a cell in seconds.
        on_cell: called with (code cells done, code cells in total).
    """
    started = time.monotonic()
    done = Execution(copy.deepcopy(notebook))
    with tempfile.TemporaryDirectory(prefix="tlcourse-", ignore_cleanup_errors=True) as folder:
        work, ipython = Path(folder, "work"), Path(folder, "ipython")
        work.mkdir()
        ipython.mkdir()
        environment = kernel_environment(ipython, TLCOURSE_SEED=str(seed), TLCOURSE_PROFILE=profile)
        with Path(folder, "kernel.log").open("w+b") as log:
            try:
                done.error = _run_cells(
                    done.notebook,
                    cell_timeout=cell_timeout,
                    on_cell=on_cell,
                    # Keep what the kernel prints itself out of our own output.
                    kernel={"cwd": str(work), "env": environment, "stdout": log, "stderr": log},
                )
            except RuntimeError as error:  # the kernel never answered
                log.seek(0)
                said = log.read().decode(errors="replace")
                done.error = f"the kernel did not start: {_last_line(said) or error}"
    _describe_figures(done.notebook)
    for output in _outputs(done.notebook):
        data = output.get("data", {})
        done.figures += bool(_FIGURES & set(data))
        if MIME_TYPE in data:
            done.claims.append(data[MIME_TYPE])
    done.seconds = time.monotonic() - started
    return done


def _run_cells(notebook, *, cell_timeout, on_cell, kernel):
    """Execute the cells in place; return the first error in one line, or None."""
    log = logging.Logger("tlcourse.run", level=logging.CRITICAL)  # errors are in the result
    client = NotebookClient(
        notebook, km=new_kernel_manager(), timeout=cell_timeout, record_timing=False, log=log
    )
    cells = [
        (index, cell)
        for index, cell in enumerate(notebook.cells)
        if cell.cell_type == "code" and cell.source.strip()
    ]
    for _, cell in cells:
        cell.outputs, cell.execution_count = [], None
    first_error = None
    with client.setup_kernel(cleanup_kc=True, **kernel):
        try:
            for number, (index, cell) in enumerate(cells, start=1):
                on_cell(number - 1, len(cells))
                error, stop = _run_cell(client, cell, index, number)
                first_error = first_error or error
                if stop:
                    break
            else:
                on_cell(len(cells), len(cells))
        except BaseException:
            client.shutdown_kernel = "immediate"
            raise
        if first_error and stop:
            client.shutdown_kernel = "immediate"  # it may be in an endless loop
    return first_error


def _run_cell(client, cell, index, number):
    """Run one cell; return (error or None, True to stop there)."""
    try:
        client.execute_cell(cell, index, execution_count=number)
    except CellTimeoutError:
        return f"cell [{number}]: took longer than {client.timeout} s and was stopped", True
    except DeadKernelError:
        return f"cell [{number}]: the kernel died (often for lack of memory)", True
    except CellExecutionError as error:
        graded = cell.metadata.get("nbgrader", {}).get("grade", False)
        stop = error.ename != "ClaimFailed" and not (graded and error.ename == "AssertionError")
        # Keras and others write pages: the first line is the message, the rest is in the copy.
        what = next((line.strip() for line in error.evalue.splitlines() if line.strip()), "")
        return f"cell [{number}]: {error.ename}{': ' if what else ''}{what}", stop
    return None, False


def _outputs(notebook):
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def _describe_figures(notebook):
    """Add to each figure's alternative text, its title so far, the claims that stand below it."""
    claims = []
    for cell in reversed(notebook.cells):
        if cell.cell_type != "code":
            claims = []  # what follows is another thought
        for output in reversed(cell.get("outputs", [])):
            data = output.get("data", {})
            if MIME_TYPE in data:
                claims.insert(0, data[MIME_TYPE]["text"])
            alt = output.get("metadata", {}).get("image/png", {}).get("alt")
            if alt is not None:
                output.metadata["image/png"]["alt"] = ". ".join([alt, *claims]) + "."
                claims = []


def _last_line(text):
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "")
