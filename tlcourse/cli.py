"""The command line: parses, then calls one function of a room.

Only the standard library and typer are imported here; each command imports its
room when it runs, so that `tlcourse --help` answers at once.
"""

import json
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

WELL, FAILED, WRONG_USAGE, INTERRUPTED = 0, 1, 2, 130

app = typer.Typer(
    help="Learn transfer learning by doing it: lessons that run, with exercises that answer.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: half the time, and brackets stay brackets
    context_settings={"help_option_names": ["-h", "--help"]},
)

data = typer.Typer(rich_markup_mode=None)
app.add_typer(data, name="data")

_AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Args:
        arguments: the words after `tlcourse`; None takes those of this process.

    Returns:
        0 well, 1 the thing asked about failed, 2 wrong usage, 130 Ctrl-C.
    """
    for stream in (sys.stdout, sys.stderr):
        # A ✓ must not end the program where the terminal's encoding lacks it.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        code = app(arguments, prog_name="tlcourse", standalone_mode=False) or WELL
        sys.stdout.flush()
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        # `tlcourse list | head -1`: nobody reads on, which is no error of ours.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except Exception as error:
        return _say(error)
    return code


def _say(error):
    """Put an error into one line on standard error; return the exit code it means."""
    from tlcourse.errors import CourseError

    if os.environ.get("TLCOURSE_DEBUG"):
        raise error
    if hasattr(error, "format_message"):  # what typer raises for words it does not know
        message, code = error.format_message(), WRONG_USAGE
    elif isinstance(error, CourseError):
        # A bad argument is a ValueError too; anything else is about the world.
        message, code = str(error), WRONG_USAGE if isinstance(error, ValueError) else FAILED
    elif isinstance(error, OSError):
        message, code = str(error), FAILED
    else:
        message = f"{type(error).__name__}: {error} (a defect of ours; TLCOURSE_DEBUG=1 says more)"
        code = FAILED
    print("tlcourse:", " ".join(message.split()), file=sys.stderr)
    return code


def _version(wanted: bool):
    if wanted:
        from tlcourse import __version__

        print(f"tlcourse {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _first(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version.")
    ] = False,
):
    if context.invoked_subcommand is None:
        print(context.get_help())


@data.callback(invoke_without_command=True)
def _first_of_data(context: typer.Context):
    """Real data: what there is and what of it is here."""
    if context.invoked_subcommand is None:
        print(context.get_help())


@app.command()
def lab(
    folder: Annotated[
        Path, typer.Option("--dir", metavar="DIR", help="Your workspace; made when missing.")
    ] = Path("tlcourse-workspace"),
    port: Annotated[
        int | None, typer.Option(metavar="N", help="Port to listen on; else a free one.")
    ] = None,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the browser, or print the URL.")
    ] = True,
):
    """Open the course in JupyterLab, in a workspace of your own."""
    from tlcourse.lessons.lab import choose_port, open_lab
    from tlcourse.lessons.workspace import make_workspace

    port = choose_port(port)  # before anything is made
    workspace = make_workspace(folder)
    print(f"Workspace: {workspace.folder}")
    if workspace.kept:
        print(f"Kept as they are: {len(workspace.kept)} notebooks of yours")
    print("Starting JupyterLab ...", flush=True)
    open_lab(
        workspace.folder,
        port=port,
        browser=browser,
        on_ready=lambda url: print(f"JupyterLab: {url}\nEnd it with Ctrl-C.", flush=True),
    )


@app.command()
def start(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Made when missing.")],
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Put a new copy beside each notebook you have.")
    ] = False,
):
    """Put the lessons into a folder; notebooks that are there are kept."""
    from tlcourse.lessons.workspace import make_workspace

    workspace = make_workspace(folder, fresh=fresh)
    print(f"Workspace: {workspace.folder}")
    for verb, names in (("new ", workspace.written), ("kept", workspace.kept)):
        for name in names:
            print(f"  {verb}  {name}")


@app.command("list")
def list_lessons(as_json: _AsJson = False):
    """Name the lessons: minutes, exercises, formulas, papers."""
    from tlcourse.lessons.catalog import lessons

    found = lessons()
    if as_json:
        _print_json([lesson.to_json() for lesson in found])
        return
    from tlcourse.lessons.report import print_lessons

    print_lessons(found)


@app.command()
def run(
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="ID", help="Lesson ids; none means all.")
    ] = None,
    seed: Annotated[
        str | None, typer.Option(metavar="N", help="Seed of all random numbers; else 0.")
    ] = None,
    profile: Annotated[
        str | None, typer.Option(metavar="P", help="quick (a CPU, minutes) or full; else quick.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Keep the executed copies there.")
    ] = None,
    html: Annotated[bool, typer.Option("--html", help="Keep web pages of them too.")] = False,
    cell_timeout: Annotated[
        int, typer.Option(metavar="S", help="Seconds that one cell may take.")
    ] = 300,
    hosts: Annotated[
        str | None,
        typer.Option(metavar="HOST:PORT,...", help="Processes that train together, on JAX."),
    ] = None,
    process: Annotated[
        str | None, typer.Option(metavar="N", help="Which of --hosts this is, from 0.")
    ] = None,
    as_json: _AsJson = False,
):
    """Run lessons from top to bottom and report every claim."""
    for name, given in (("TLCOURSE_HOSTS", hosts), ("TLCOURSE_PROCESS", process)):
        if given is not None:
            os.environ[name] = given  # where the lessons' kernels find it
    from tlcourse.lessons.progress import TerminalProgress
    from tlcourse.lessons.run import run as run_lessons

    with TerminalProgress() as progress:
        report = run_lessons(
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
        _print_json(report.to_json())
    else:
        from tlcourse.lessons.report import print_run

        print_run(report)
    raise typer.Exit(WELL if report.ok else FAILED)


@app.command()
def doctor(as_json: _AsJson = False):
    """Look whether this machine can run the course."""
    from rich.console import Console

    from tlcourse.lessons.doctor import doctor as examine

    console = Console(stderr=True)
    if console.is_terminal:
        with console.status("looking") as status:
            report = examine(lambda name: status.update(f"looking at: {name}"))
    else:
        report = examine()
    if as_json:
        _print_json(report.to_json())
    else:
        from tlcourse.lessons.report import print_doctor

        print_doctor(report)
    raise typer.Exit(WELL if report.ok else FAILED)


@app.command()
def pretrain(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="objects8, strokes, sounds, glyphs, words or gpt.")
    ],
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Where weights and model card go.")
    ] = Path("pretrained"),
    epochs: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Instead of the recipe's.")
    ] = None,
    seed: Annotated[
        int, typer.Option(metavar="N", min=0, max=2**32 - 1, help="Of all random numbers.")
    ] = 0,
):
    """Train a backbone of the course anew; goes on where an interrupted training was."""
    from tlcourse.lessons.quiet import quiet_start

    with quiet_start():
        from tlcourse.backbones import pretrain as train_backbone
        from tlcourse.lessons.devices import device_names

        device_names()  # this is what makes TensorFlow look for a GPU, and say so

    verbose = 1 if sys.stderr.isatty() else 2
    done = train_backbone(name, out, epochs=epochs, seed=seed, verbose=verbose)
    low, high = done.interval
    print(f"{done.weights}\n{done.card}")
    print(f"accuracy on the test set {done.accuracy:.1%} [{low:.1%}, {high:.1%}]")


@app.command("release")
def release_course(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Made when missing: a course of nbgrader.")
    ],
    lessons: Annotated[
        str | None, typer.Option(metavar="ID,...", help="Lesson ids, such as 01,04; else all.")
    ] = None,
    students: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The roster, CSV: id, first_name, last_name, email."),
    ] = None,
):
    """Make learners' copies, an answer key and a manifest, as a course of nbgrader."""
    from tlcourse.grading.release import release
    from tlcourse.grading.roster import read_roster

    roster = read_roster(students) if students else ()
    made = release(folder, lessons=lessons.split(",") if lessons else None, students=roster)
    print(f"Course: {made.folder}")
    for verb, names in (("new ", made.written), ("kept", made.kept)):
        for name in names:
            print(f"  {verb}  {name}")


@app.command()
def grade(
    submissions: Annotated[
        Path, typer.Argument(metavar="SUBMISSIONS", help="Holds <student>/<lesson>.ipynb.")
    ],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Grades, feedback and a report.")],
    gradebook: Annotated[
        str | None, typer.Option(metavar="URL", help="nbgrader's, to write grades to.")
    ] = None,
    jobs: Annotated[int, typer.Option(metavar="N", min=1, help="How many at a time.")] = 1,
    scheduler: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Dask's, to grade on many machines; or local."),
    ] = None,
    sandbox: Annotated[
        str, typer.Option(metavar="KIND", help="auto, bwrap, docker, or none (no protection).")
    ] = "auto",
    secret: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Inputs are drawn from it; else DIR/secret.")
    ] = None,
    timeout: Annotated[
        float, typer.Option(metavar="S", min=1, help="Seconds that an answer may take.")
    ] = 60.0,
    memory: Annotated[
        float, typer.Option(metavar="GIB", min=0.5, help="That a submission may take.")
    ] = 4.0,
    solutions: Annotated[
        bool, typer.Option("--solutions", help="Show right answers in the feedback.")
    ] = False,
    as_json: _AsJson = False,
):
    """Grade submissions in a sandbox; goes on where an interrupted run was."""
    from tlcourse.grading.grade_class import grade_class
    from tlcourse.grading.sandbox import Limits
    from tlcourse.grading.terminal import GradingProgress, print_graded

    with GradingProgress() as progress:
        graded = grade_class(
            submissions,
            out,
            limits=Limits(seconds=timeout, memory=int(memory * 2**30)),
            gradebook=gradebook,
            jobs=jobs,
            scheduler=scheduler,
            sandbox=sandbox,
            secret=secret,
            solutions=solutions,
            on_begin=progress.begin,
            on_done=progress.done,
        )
    if as_json:
        _print_json({"submissions": [each.to_record() for each in graded.grades]})
    else:
        print_graded(graded)


@app.command()
def check(
    notebook: Annotated[Path, typer.Argument(metavar="NOTEBOOK", help="Your copy of a lesson.")],
    timeout: Annotated[
        float, typer.Option(metavar="S", min=1, help="Seconds that an answer may take.")
    ] = 60.0,
    as_json: _AsJson = False,
):
    """Grade your own notebook as a teacher would, on other inputs."""
    from tlcourse.grading.own_copy import check_notebook
    from tlcourse.grading.sandbox import Limits
    from tlcourse.grading.terminal import print_verdicts

    graded = check_notebook(notebook, limits=Limits(seconds=timeout))
    if as_json:
        _print_json(graded.to_record())
    else:
        print_verdicts(graded)
    raise typer.Exit(WELL if graded.score == graded.max else FAILED)


@data.command("list")
def list_data(as_json: _AsJson = False):
    """Name the data sets: licence, size, what is here."""
    from tlcourse.domains import inventory

    found = inventory()
    if as_json:
        _print_json(found)
        return
    from tlcourse.lessons.report import print_data_sets

    print_data_sets(found)


@data.command("fetch")
def fetch_data(names: Annotated[list[str], typer.Argument(metavar="NAME...")]):
    """Fetch data sets that are not here; say where they are."""
    from tlcourse.domains import DataError, fetch, locate

    for name in names:
        locate(name)  # a mistyped one is said before any other is fetched
    code = WELL
    for name in names:
        try:
            for path in fetch(name):
                print(path, flush=True)
        except DataError as error:
            code = _say(error)  # the others may come all the same
    raise typer.Exit(code)


@data.command("verify")
def verify_data(names: Annotated[list[str] | None, typer.Argument(metavar="[NAME...]")] = None):
    """Compare what is here with the published checksums."""
    from tlcourse.domains.download import verify_all
    from tlcourse.lessons.report import print_verified

    checked = verify_all(names)
    print_verified(checked)
    raise typer.Exit(FAILED if any(problem for _, _, problem in checked) else WELL)


@data.command("path")
def path_of_data(name: Annotated[str, typer.Argument(metavar="NAME")]):
    """Say where the files of a data set are."""
    from tlcourse.domains.download import files_of

    for path in files_of(name):
        print(path)


def _print_json(document):
    # allow_nan: NaN is no JSON, and a document that others cannot read is a defect.
    print(json.dumps(document, indent=2, allow_nan=False))


if __name__ == "__main__":
    sys.exit(main())
