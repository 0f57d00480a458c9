"""Grading progress and results in the terminal."""

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from tlcourse.grading.reports.feedback import LOOKS

__all__ = ["GradingProgress", "print_graded", "print_verdicts"]


class GradingProgress:
    """A progress bar on standard error, removed at the end; silent if that is not a terminal."""

    def __init__(self):
        console = Console(stderr=True, highlight=False)
        self._console = console
        self._progress = Progress(
            TextColumn("  grading"),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("[dim]{task.description}"),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = None

    def __enter__(self):
        self._progress.start()
        return self

    def __exit__(self, kind, *_):
        self._progress.stop()
        if kind is KeyboardInterrupt:
            self._console.print("Interrupted. Finished grades are kept: rerun to resume.")

    def begin(self, n):
        """Show the bar.

        Args:
            n: int, total number of submissions.
        """
        self._task = self._progress.add_task("", total=n)

    def done(self, grade, new):
        """Move the bar.

        Args:
            grade: `SubmissionGrade`.
            new: bool; False if it was kept from an earlier run.
        """
        told = f"{grade.student}, {grade.lesson}{'' if new else ' (kept)'}"
        self._progress.update(self._task, advance=1, description=escape(told))


def print_graded(graded):
    """Print one row a lesson, what the teacher should know, and where things lie.

    Args:
        graded: `Graded`.
    """
    console = Console(highlight=False)
    table = Table(box=None, header_style="dim")
    table.add_column("lesson")
    for column in ("submissions", "mean score", "full marks", "not readable"):
        table.add_column(column, justify="right")
    for lesson in sorted({grade.lesson for grade in graded.grades}):
        mine = [grade for grade in graded.grades if grade.lesson == lesson]
        whole = [grade for grade in mine if grade.error is None]
        mean = sum(grade.score for grade in whole) / len(whole) if whole else 0.0
        table.add_row(
            lesson,
            str(len(mine)),
            f"{mean:.1f} of {max((grade.max for grade in mine), default=0):g}",
            str(sum(grade.score == grade.max for grade in whole)),
            str(len(mine) - len(whole)),
        )
    console.print(table)
    for remark in graded.remarks:
        console.print(f"  ! {escape(remark)}", soft_wrap=True)
    console.print(f"  report: {escape(str(graded.out / 'report.html'))}", soft_wrap=True)


def print_verdicts(grade):
    """Print the verdict on each answer of one notebook.

    Args:
        grade: `SubmissionGrade`.
    """
    console = Console(highlight=False)
    for exercise in grade.exercises:
        icon, word, colour = LOOKS[exercise.verdict]
        told = f"[bold {colour}]{icon} {word}[/] · exercise {exercise.id}"
        console.print(f"{told} · {exercise.points:g} of {exercise.max:g} points")
        if exercise.verdict != "passed":
            for line in exercise.message.split("\n"):
                console.print(f"  {escape(line)}", soft_wrap=True)
    console.print(f"{grade.score:g} of {grade.max:g} points")
