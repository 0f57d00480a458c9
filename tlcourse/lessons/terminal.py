"""What the tables of the command line look like."""

from rich import box
from rich.console import Console
from rich.table import Table


def new_console():
    """Returns a console that leaves numbers uncoloured and wraps no word (`rich.Console`)."""
    return Console(highlight=False, soft_wrap=False)


def table_of(*columns):
    """Returns a table without lines but one; ">" before a name puts the column to the right."""
    table = Table(box=box.SIMPLE_HEAD, header_style="dim", pad_edge=True)
    for column in columns:
        right = column.startswith(">")
        table.add_column(column.lstrip(">"), justify="right" if right else "left")
    return table


def icon(ok):
    """Returns the mark of what is well or not, as markup of rich (str)."""
    # Two shapes, not only two colours.
    return "[green]✓[/]" if ok else "[red]✗[/]"
