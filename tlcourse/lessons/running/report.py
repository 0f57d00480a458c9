"""Print the results of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape
from rich.text import Text

from tlcourse.lessons.terminal import icon, new_console, table_of

if TYPE_CHECKING:  # the notebook runner takes two seconds to import
    from tlcourse.lessons.running.run import RunReport


def print_run(report: RunReport) -> None:
    """Print one row per lesson; below it each failed claim and each error."""
    console = new_console()
    table = table_of("", "lesson", ">seconds", ">claims held", ">figures")
    for lesson, execution in report.executions:
        held = sum(claim["holds"] for claim in execution.claims)
        table.add_row(
            icon(execution.ok),
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


def _trouble(console, lesson_id, line):
    console.print(Text.assemble(("  ✗ ", "red"), (f"{lesson_id} ", "bold"), line))
