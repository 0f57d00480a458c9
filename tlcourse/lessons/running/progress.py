"""Progress of running lessons in the terminal."""

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column

from tlcourse.lessons.catalog import Lesson
from tlcourse.lessons.running.run import Watcher
from tlcourse.lessons.running.run_notebook import Execution


class TerminalProgress(Watcher):
    """One row per lesson that runs or has run, removed before the report.

    It writes to standard error, so that standard output contains only the report;
    silent if standard error is not a terminal. A context manager.
    """

    def __init__(self):
        console = Console(stderr=True, highlight=False)
        self._progress = Progress(
            TextColumn("  {task.fields[mark]} {task.description}"),
            BarColumn(bar_width=24),
            TextColumn("[dim]{task.fields[cells]}", table_column=Column(min_width=14)),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._row = None

    def __enter__(self):
        self._progress.start()
        return self

    def __exit__(self, *stopped):
        self._progress.stop()

    def lesson_begins(self, lesson: Lesson) -> None:
        """Show a new row."""
        self._row = self._progress.add_task(
            f"{lesson.id} {escape(lesson.title)}", total=None, mark="·", cells="starting"
        )

    def cell_done(self, done: int, total: int) -> None:
        """Advance the bar."""
        cells = f"cell {min(done + 1, total)} of {total}"
        self._progress.update(self._row, completed=done, total=total, cells=cells)

    def lesson_ends(self, lesson: Lesson, execution: Execution) -> None:
        """Show the outcome and stop the clock."""
        mark = "[green]✓[/]" if execution.ok else "[red]✗[/]"
        self._progress.stop_task(self._row)
        self._progress.update(self._row, mark=mark, cells="")
