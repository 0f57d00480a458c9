"""The tables that the command line prints for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:  # what runs notebooks takes two seconds to import
    from tlcourse.lessons.catalog import Lesson
    from tlcourse.lessons.doctor import Report
    from tlcourse.lessons.run import RunReport


def print_lessons(lessons: list[Lesson]) -> None:
    """One row a lesson: id, title, minutes, exercises and points."""
    table = _table("", "lesson", ">minutes", ">exercises", ">points")
    for lesson in lessons:
        points = sum(points for _, points in lesson.exercises)
        table.add_row(
            f"[bold]{lesson.id}[/]",
            escape(lesson.title),
            str(lesson.minutes),
            str(len(lesson.exercises)),
            str(points),
        )
    _console().print(table)


def print_run(report: RunReport) -> None:
    """One row a lesson; below it each claim that failed and each error."""
    console = _console()
    table = _table("", "lesson", ">seconds", ">claims held", ">figures")
    for lesson, execution in report.executions:
        held = sum(claim["holds"] for claim in execution.claims)
        table.add_row(
            _icon(execution.ok),
            f"{lesson.id} {escape(lesson.title)}",
            f"{execution.seconds:.1f}",
            f"{held} of {len(execution.claims)}",
            str(execution.figures),
        )
    console.print(table)
    for lesson, execution in report.executions:
        for claim in execution.claims:
            if not claim["holds"]:
                _trouble(console, lesson.id, f"does not hold: {claim['text']}")
        if execution.error and "ClaimFailed" not in execution.error:
            _trouble(console, lesson.id, execution.error)
    about = f"seed {report.seed} · {report.profile} · {report.backend} · {report.seconds:.1f} s"
    well = sum(execution.ok for _, execution in report.executions)
    word = f"  {well} of {len(report.executions)} well"
    console.print(Text.assemble((word, "bold"), (f" · {about}", "dim")))


def print_doctor(report: Report) -> None:
    """One row a check; what to do stands below what was found."""
    console = _console()
    table = _table("", "check", "found")
    for check in report.checks:
        found = Text(check.value)
        if check.help:
            found.append(f"\n{check.help}", style="dim" if check.ok else "bold")
        table.add_row(_icon(check.ok), check.name, found)
    console.print(table)
    bad = sum(not check.ok for check in report.checks)
    word = "The course can run here." if report.ok else f"{bad} of these need a hand."
    console.print(Text("  " + word, style="bold"))


def print_data_sets(inventory: list[dict]) -> None:
    """One row a data set: whether it is here, its name, what it is, licence, size."""
    table = _table("", "name", "what it is", "licence", ">MB")
    for entry in inventory:
        table.add_row(
            _icon(entry["present"]),
            f"[bold]{escape(entry['name'])}[/]",
            escape(entry["title"]),
            escape(entry["licence"]),
            f"{entry['bytes'] / 1e6:.1f}" if entry["bytes"] else "?",
        )
    console = _console()
    console.print(table)
    here = sum(entry["present"] for entry in inventory)
    word = f"  {here} of {len(inventory)} are here"
    more = " · tlcourse data fetch NAME fetches one"
    console.print(Text.assemble((word, "bold"), (more, "dim")))


def print_verified(checked: list[tuple]) -> None:
    """One line a file: its data set, where it is, and what is wrong with it."""
    console = _console()
    for name, path, problem in checked:
        console.print(_icon(not problem), Text(name, style="bold"), Text(str(path)), soft_wrap=True)
        if problem:
            console.print(Text(f"  {problem}"), soft_wrap=True)
    well = sum(not problem for _, _, problem in checked)
    word = f"{well} of {len(checked)} files are as published." if checked else "Nothing is here."
    console.print(Text(word, style="bold"))


def _console():
    return Console(highlight=False, soft_wrap=False)


def _table(*columns):
    """A table without lines but one; ">" before a name puts the column to the right."""
    table = Table(box=box.SIMPLE_HEAD, header_style="dim", pad_edge=True)
    for column in columns:
        right = column.startswith(">")
        table.add_column(column.lstrip(">"), justify="right" if right else "left")
    return table


def _icon(ok):
    # Two shapes, not only two colours.
    return "[green]✓[/]" if ok else "[red]✗[/]"


def _trouble(console, lesson_id, line):
    console.print(Text.assemble(("  ✗ ", "red"), (f"{lesson_id} ", "bold"), line))
