"""Print lessons, doctor checks and data sets as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape
from rich.text import Text

from tlcourse.lessons.terminal import icon, new_console, table_of

if TYPE_CHECKING:
    from tlcourse.lessons.catalog import Lesson
    from tlcourse.lessons.desk.doctor import Report


def print_lessons(lessons: list[Lesson]) -> None:
    """Print one row per lesson: id, title, minutes, exercises and points."""
    table = table_of("", "lesson", ">minutes", ">exercises", ">points")
    for lesson in lessons:
        points = sum(points for _, points in lesson.exercises)
        table.add_row(
            f"[bold]{lesson.id}[/]",
            escape(lesson.title),
            str(lesson.minutes),
            str(len(lesson.exercises)),
            str(points),
        )
    new_console().print(table)


def print_doctor(report: Report) -> None:
    """Print one row per check; advice stands below what was found."""
    console = new_console()
    table = table_of("", "check", "found")
    for check in report.checks:
        found = Text(check.value)
        if check.help:
            found.append(f"\n{check.help}", style="dim" if check.ok else "bold")
        table.add_row(icon(check.ok), check.name, found)
    console.print(table)
    bad = sum(not check.ok for check in report.checks)
    word = "This machine can run the course." if report.ok else f"{bad} of these need attention."
    console.print(Text("  " + word, style="bold"))


def print_data_sets(inventory: list[dict]) -> None:
    """Print one row per data set: present or not, name, description, licence, size."""
    table = table_of("", "name", "description", "licence", ">MB")
    for entry in inventory:
        table.add_row(
            icon(entry["present"]),
            f"[bold]{escape(entry['name'])}[/]",
            escape(entry["title"]),
            escape(entry["licence"]),
            f"{entry['bytes'] / 1e6:.1f}" if entry["bytes"] else "?",
        )
    console = new_console()
    console.print(table)
    here = sum(entry["present"] for entry in inventory)
    word = f"  {here} of {len(inventory)} present"
    more = " · fetch one with: tlcourse data fetch NAME"
    console.print(Text.assemble((word, "bold"), (more, "dim")))


def print_verified(checked: list[tuple]) -> None:
    """Print one line per file: its data set, its path, and what is wrong with it."""
    console = new_console()
    for name, path, problem in checked:
        console.print(icon(not problem), Text(name, style="bold"), Text(str(path)), soft_wrap=True)
        if problem:
            console.print(Text(f"  {problem}"), soft_wrap=True)
    well = sum(not problem for _, _, problem in checked)
    word = f"{well} of {len(checked)} files match." if checked else "No data sets are present."
    console.print(Text(word, style="bold"))
