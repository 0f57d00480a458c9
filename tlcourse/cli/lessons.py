"""Commands for lessons: start, lab, list, run, doctor."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from tlcourse.cli.output import FAILED, WELL, AsJson, print_json


def lab(
    folder: Annotated[
        Path, typer.Option("--dir", metavar="DIR", help="Your workspace; created if missing.")
    ] = Path("tlcourse-workspace"),
    port: Annotated[
        int | None, typer.Option(metavar="N", help="Port to listen on; default: a free one.")
    ] = None,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the browser, or print the URL.")
    ] = True,
):
    """Open the course in JupyterLab, in your own workspace."""
    from tlcourse.lessons.desk import choose_port, make_workspace, open_lab

    port = choose_port(port)  # before anything is created
    workspace = make_workspace(folder)
    print(f"Workspace: {workspace.folder}")
    if workspace.kept:
        print(f"Kept unchanged: {len(workspace.kept)} notebooks of yours")
    print("Starting JupyterLab ...", flush=True)
    open_lab(
        workspace.folder,
        port=port,
        browser=browser,
        on_ready=lambda url: print(f"JupyterLab: {url}\nEnd it with Ctrl-C.", flush=True),
    )


def start(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Created if missing.")],
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Put a new copy beside each notebook you have.")
    ] = False,
):
    """Copy the lessons into a folder; existing notebooks are kept."""
    from tlcourse.lessons.desk import make_workspace

    workspace = make_workspace(folder, fresh=fresh)
    print(f"Workspace: {workspace.folder}")
    for verb, names in (("new ", workspace.written), ("kept", workspace.kept)):
        for name in names:
            print(f"  {verb}  {name}")


def list_lessons(as_json: AsJson = False):
    """List the lessons with minutes, exercises, formulas, papers."""
    from tlcourse.lessons import lessons

    found = lessons()
    if as_json:
        print_json([lesson.to_json() for lesson in found])
        return
    from tlcourse.lessons.desk import print_lessons

    print_lessons(found)


def run(
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="ID", help="Lesson ids; default: all.")
    ] = None,
    seed: Annotated[
        str | None, typer.Option(metavar="N", help="Seed of all random numbers; default: 0.")
    ] = None,
    profile: Annotated[
        str | None, typer.Option(metavar="P", help="quick (CPU, minutes) or full; default: quick.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Keep the executed copies here.")
    ] = None,
    html: Annotated[bool, typer.Option("--html", help="Also keep them as web pages.")] = False,
    cell_timeout: Annotated[
        int, typer.Option(metavar="S", help="Time limit of a cell in seconds.")
    ] = 300,
    hosts: Annotated[
        str | None,
        typer.Option(metavar="HOST:PORT,...", help="Processes that train together, on JAX."),
    ] = None,
    process: Annotated[
        str | None, typer.Option(metavar="N", help="Index of this process in --hosts, from 0.")
    ] = None,
    as_json: AsJson = False,
):
    """Run lessons from top to bottom and report every claim."""
    for name, given in (("TLCOURSE_HOSTS", hosts), ("TLCOURSE_PROCESS", process)):
        if given is not None:
            os.environ[name] = given  # inherited by the lessons' kernels
    from tlcourse.lessons.running import TerminalProgress
    from tlcourse.lessons.running import run_lessons as run_them

    with TerminalProgress() as progress:
        report = run_them(
            ids or (),
            seed=seed,
            profile=profile,
            out=out,
            html=html,
            cell_timeout=cell_timeout,
            watcher=progress,
        )
    if report.process:
        for lesson, execution in report.executions:
            if execution.error:
                print(f"process {report.process}: {lesson.id} {execution.error}", file=sys.stderr)
    elif as_json:
        print_json(report.to_json())
    else:
        from tlcourse.lessons.running import print_run

        print_run(report)
    raise typer.Exit(WELL if report.ok else FAILED)


def doctor(as_json: AsJson = False):
    """Check that this machine can run the course."""
    from rich.console import Console

    from tlcourse.lessons.desk import examine

    console = Console(stderr=True)
    if console.is_terminal:
        with console.status("looking") as status:
            report = examine(lambda name: status.update(f"checking: {name}"))
    else:
        report = examine()
    if as_json:
        print_json(report.to_json())
    else:
        from tlcourse.lessons.desk import print_doctor

        print_doctor(report)
    raise typer.Exit(WELL if report.ok else FAILED)
