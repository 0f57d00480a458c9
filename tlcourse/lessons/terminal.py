"""The style of the command line's tables."""

from rich import box
from rich.console import Console
from rich.table import Table


def new_console():
    """Return a console that leaves numbers uncoloured and wraps no words (`rich.Console`)."""
    return Console(highlight=False, soft_wrap=False)


def table_of(*columns):
    """Return a table with a single rule; ">" before a name right-aligns the column."""
    table = Table(box=box.SIMPLE_HEAD, header_style="dim", pad_edge=True)
    for column in columns:
        right = column.startswith(">")
        table.add_column(column.lstrip(">"), justify="right" if right else "left")
    return table


def icon(ok):
    """Return the mark for success or failure, as rich markup (str)."""
    # Two shapes, not only two colours.
    return "[green]✓[/]" if ok else "[red]✗[/]"
