"""Commands for grading: release, grade, and a learner's own check."""

from pathlib import Path
from typing import Annotated

import typer

from tlcourse.cli.output import FAILED, WELL, AsJson, print_json


def release_course(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="nbgrader course; created if missing.")
    ],
    lessons: Annotated[
        str | None, typer.Option(metavar="ID,...", help="Lesson ids, such as 01,04; default: all.")
    ] = None,
    students: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The roster, CSV: id, first_name, last_name, email."),
    ] = None,
):
    """Make an nbgrader course: learners' copies, answer key, manifest."""
    from tlcourse.grading.nbgrader import read_roster, release

    roster = read_roster(students) if students else ()
    made = release(folder, lessons=lessons.split(",") if lessons else None, students=roster)
    print(f"Course: {made.folder}")
    for verb, names in (("new ", made.written), ("kept", made.kept)):
        for name in names:
            print(f"  {verb}  {name}")


def grade(
    submissions: Annotated[
        Path, typer.Argument(metavar="SUBMISSIONS", help="Folder with <student>/<lesson>.ipynb.")
    ],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Grades, feedback and a report.")],
    gradebook: Annotated[
        str | None, typer.Option(metavar="URL", help="nbgrader database to write grades to.")
    ] = None,
    jobs: Annotated[int, typer.Option(metavar="N", min=1, help="Submissions at a time.")] = 1,
    scheduler: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Dask scheduler, for many machines; or local."),
    ] = None,
    sandbox: Annotated[
        str, typer.Option(metavar="KIND", help="auto, bwrap, docker, or none (no protection).")
    ] = "auto",
    secret: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Seeds the inputs; default: DIR/secret.")
    ] = None,
    timeout: Annotated[
        float, typer.Option(metavar="S", min=1, help="Time limit of an answer in seconds.")
    ] = 60.0,
    memory: Annotated[
        float, typer.Option(metavar="GIB", min=0.5, help="Memory limit of a submission in GiB.")
    ] = 4.0,
    solutions: Annotated[
        bool, typer.Option("--solutions", help="Show right answers in the feedback.")
    ] = False,
    as_json: AsJson = False,
):
    """Grade submissions in a sandbox; rerun to resume."""
    from tlcourse.grading import Limits, grade_class
    from tlcourse.grading.reports import GradingProgress, print_graded

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
        print_json({"submissions": [each.to_record() for each in graded.grades]})
    else:
        print_graded(graded)


def check(
    notebook: Annotated[Path, typer.Argument(metavar="NOTEBOOK", help="Your copy of a lesson.")],
    timeout: Annotated[
        float, typer.Option(metavar="S", min=1, help="Time limit of an answer in seconds.")
    ] = 60.0,
    as_json: AsJson = False,
):
    """Grade your own notebook as a teacher would, on other inputs."""
    from tlcourse.grading import Limits, check_notebook
    from tlcourse.grading.reports import print_verdicts

    graded = check_notebook(notebook, limits=Limits(seconds=timeout))
    if as_json:
        print_json(graded.to_record())
    else:
        print_verdicts(graded)
    raise typer.Exit(WELL if graded.score == graded.max else FAILED)
