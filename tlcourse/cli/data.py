"""Commands for real data: list, fetch, verify, locate."""

from typing import Annotated

import typer

from tlcourse.cli.output import FAILED, WELL, AsJson, print_json, say


def list_data(as_json: AsJson = False):
    """List data sets: licence, size, whether present."""
    from tlcourse.domains import inventory

    found = inventory()
    if as_json:
        print_json(found)
        return
    from tlcourse.lessons.desk import print_data_sets

    print_data_sets(found)


def fetch_data(names: Annotated[list[str], typer.Argument(metavar="NAME...")]):
    """Fetch missing data sets and print where they are."""
    from tlcourse.domains import DataError, fetch, locate

    for name in names:
        locate(name)  # report a mistyped name before fetching any other
    code = WELL
    for name in names:
        try:
            for path in fetch(name):
                print(path, flush=True)
        except DataError as error:
            code = say(error)  # the others may succeed
    raise typer.Exit(code)


def verify_data(names: Annotated[list[str] | None, typer.Argument(metavar="[NAME...]")] = None):
    """Compare the files present with the published checksums."""
    from tlcourse.domains.files import verify_all
    from tlcourse.lessons.desk import print_verified

    checked = verify_all(names)
    print_verified(checked)
    raise typer.Exit(FAILED if any(problem for _, _, problem in checked) else WELL)


def path_of_data(name: Annotated[str, typer.Argument(metavar="NAME")]):
    """Print the path of a data set."""
    from tlcourse.domains.files import files_of

    for path in files_of(name):
        print(path)
