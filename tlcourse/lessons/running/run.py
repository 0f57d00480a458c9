"""Run lessons, keep the executed copies, and report."""

import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from tlcourse.atomic import write_atomically
from tlcourse.errors import BadArgument, CourseError
from tlcourse.lessons.catalog import Lesson, find_lesson, lessons
from tlcourse.lessons.profile import (
    keras_backend,
    resolve_data,
    resolve_hosts,
    resolve_profile,
    resolve_seed,
)
from tlcourse.lessons.running.run_notebook import Execution, execute_notebook


class Watcher:
    """Observer of a run; this base class does nothing. See `progress.py`."""

    def lesson_begins(self, lesson: Lesson) -> None:
        """Handle that the kernel of `lesson` is about to start."""

    def cell_done(self, done: int, total: int) -> None:
        """Handle that `done` of the lesson's `total` code cells are done."""

    def lesson_ends(self, lesson: Lesson, execution: Execution) -> None:
        """Handle that the lesson has run, successfully or not."""


@dataclass
class RunReport:
    """The result of a run; `executions` contains (lesson, execution).

    Of several processes that train together, only `process` 0 writes and prints.
    """

    seed: int
    profile: str
    backend: str
    process: int = 0
    seconds: float = 0.0
    executions: list[tuple[Lesson, Execution]] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Tell whether every lesson ran and every claim held."""
        return all(execution.ok for _, execution in self.executions)

    def to_json(self) -> dict:
        """Return what `tlcourse run --json` prints."""
        return {
            "lessons": [
                {
                    "id": lesson.id,
                    "ok": execution.ok,
                    "seconds": round(execution.seconds, 2),
                    "claims": execution.claims,
                    "figures": execution.figures,
                    "error": execution.error,
                }
                for lesson, execution in self.executions
            ],
            "seed": self.seed,
            "profile": self.profile,
            "backend": self.backend,
            "seconds": round(self.seconds, 2),
        }


def run_lessons(
    ids: Sequence[str] = (),
    *,
    seed: int | str | None = None,
    profile: str | None = None,
    out: str | Path | None = None,
    html: bool = False,
    cell_timeout: int = 300,
    watcher: Watcher | None = None,
) -> RunReport:
    """Run lessons one after the other, each in a clean kernel; a failure stops no other lesson.

    The kernels inherit TLCOURSE_HOSTS and TLCOURSE_PROCESS: in one of several processes
    they train together with the kernels of the others.

    Args:
        ids: lesson ids; none means all. Duplicates run once.
        seed: seed of all lessons; None means TLCOURSE_SEED, else 0.
        profile: "quick" or "full"; None means TLCOURSE_PROFILE, else "quick".
        out: folder for the executed copies, created if missing; files of the same
            names are replaced. Of several processes only the first writes.
        html: also write each executed copy as a self-contained web page.
        cell_timeout: time limit of a cell in seconds.
        watcher: `Watcher`, notified of progress.

    Raises:
        UnknownName: if a lesson or the profile is unknown.
        BadArgument: if the seed, time limit, data folder, hosts or `out` is invalid.
        CourseError: if `out` cannot be written.
    """
    watcher = watcher or Watcher()
    chosen = {lesson.id: lesson for lesson in map(find_lesson, ids)} or {
        lesson.id: lesson for lesson in lessons()
    }
    if cell_timeout < 1:
        raise BadArgument(f"the time limit of a cell must be at least 1 s; got {cell_timeout}.")
    if html and out is None:
        raise BadArgument("--html needs a folder for the web pages: add --out DIR.")
    # Report errors now, not once per lesson.
    seed, profile, (_, process) = resolve_seed(seed), resolve_profile(profile), resolve_hosts()
    resolve_data()
    report = RunReport(seed, profile, keras_backend(), process)
    folder = None if out is None or process else _writable(Path(out))
    started = time.monotonic()
    for lesson in chosen.values():
        watcher.lesson_begins(lesson)
        execution = execute_notebook(
            nbformat.read(lesson.path, as_version=4),
            seed=report.seed,
            profile=report.profile,
            cell_timeout=cell_timeout,
            on_cell=watcher.cell_done,
        )
        if folder is not None:
            unkept = _keep(execution.notebook, folder / lesson.path.name, html=html)
            execution.error = execution.error or unkept
        report.executions.append((lesson, execution))
        watcher.lesson_ends(lesson, execution)
    report.seconds = time.monotonic() - started
    return report


def _writable(folder):
    """Create and test the folder now, before minutes of running lessons."""
    made = not folder.exists()
    probe = folder / ".tlcourse-probe"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(probe, lambda file: None)
        probe.unlink()
    except (FileExistsError, NotADirectoryError) as error:
        raise BadArgument(
            f"--out must be a folder; {error.filename or folder} is a file."
        ) from error
    except OSError as error:
        if made:
            with contextlib.suppress(OSError):  # gone already, or never created
                folder.rmdir()
        raise CourseError(
            f"--out {folder} cannot be written: {error.strerror or error}. Choose another folder."
        ) from error
    return folder


def _keep(notebook, path, *, html):
    """Write the executed copy; return an error, or None, so that the other lessons go on."""

    def as_page(file):
        # Loaded late: nbconvert takes a second to import, needed for web pages only.
        from nbconvert import HTMLExporter

        page, _ = HTMLExporter(embed_images=True).from_notebook_node(notebook)
        file.write(page.encode())

    try:
        text = nbformat.writes(notebook, version=4) + "\n"
        write_atomically(path, lambda file: file.write(text.encode()))
        if html:
            write_atomically(path.with_suffix(".html"), as_page)
    except OSError as error:
        return f"the executed copy could not be saved in {path.parent}: {error.strerror or error}"
    return None
