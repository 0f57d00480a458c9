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
    """One row a lesson: id, title, minutes, exercises and points."""
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
    """One row a check; what to do stands below what was found."""
    console = new_console()
    table = table_of("", "check", "found")
    for check in report.checks:
        found = Text(check.value)
        if check.help:
            found.append(f"\n{check.help}", style="dim" if check.ok else "bold")
        table.add_row(icon(check.ok), check.name, found)
    console.print(table)
    bad = sum(not check.ok for check in report.checks)
    word = "The course can run here." if report.ok else f"{bad} of these need a hand."
    console.print(Text("  " + word, style="bold"))


def print_data_sets(inventory: list[dict]) -> None:
    """One row a data set: whether it is here, its name, what it is, licence, size."""
    table = table_of("", "name", "what it is", "licence", ">MB")
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
    word = f"  {here} of {len(inventory)} are here"
    more = " · tlcourse data fetch NAME fetches one"
    console.print(Text.assemble((word, "bold"), (more, "dim")))


def print_verified(checked: list[tuple]) -> None:
    """One line a file: its data set, where it is, and what is wrong with it."""
    console = new_console()
    for name, path, problem in checked:
        console.print(icon(not problem), Text(name, style="bold"), Text(str(path)), soft_wrap=True)
        if problem:
            console.print(Text(f"  {problem}"), soft_wrap=True)
    well = sum(not problem for _, _, problem in checked)
    word = f"{well} of {len(checked)} files are as published." if checked else "Nothing is here."
    console.print(Text(word, style="bold"))
