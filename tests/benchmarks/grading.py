"""What grading costs: beside running the answers alone, beside nbgrader, with one job and with two.

The submissions are notebooks with a lesson's imports, its right answers and its check cells; the
rest of a lesson, which trains for a minute, is left out for all alike. Measured in one run:

    plain      the imports and answers run in a kernel of their own (nbclient), without a check;
               two at a time shows what the machine itself gains by that
    tlcourse   `grade_all`, in a sandbox where there is one, one job and two
    nbgrader   `nbgrader autograde`, which runs answers and checks in one kernel

Ours may cost at most 1 s and 10 % more than plain for each submission after the first, and two
jobs must grade the class at least 1.7 times as fast as one.

    python tests/benchmarks/grading.py --json
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import nbformat
from nbclient import NotebookClient
from rich.console import Console
from rich.table import Table

from tlcourse.exercises.source import lesson_files
from tlcourse.grading.batch import grade_all
from tlcourse.grading.layout import find_submissions
from tlcourse.grading.local_jobs import LocalJobs
from tlcourse.grading.nbgrader.course import release
from tlcourse.grading.sandbox.sandbox import Limits, NoSandbox, find_sandbox
from tlcourse.lessons.running.kernel import new_kernel_manager

EXTRA_SECONDS, EXTRA_SHARE, FASTER = 1.0, 0.10, 1.7


def shortened(path):
    """Returns a notebook's imports, answers and checks, and no experiment."""
    notebook = nbformat.read(path, as_version=4)
    notebook.cells = [
        cell
        for cell in notebook.cells
        if cell.cell_type == "code" and ("nbgrader" in cell.metadata or _only_imports(cell.source))
    ]
    return notebook


def _only_imports(source):
    lines = [line for line in source.split("\n") if line.strip()]
    return all(line.startswith(("import ", "from ")) for line in lines)


def make_class(folder, lessons, n):
    """Writes n students' submissions and returns what `find_submissions` finds."""
    for number in range(n):
        for lesson in lessons:
            path = lesson_files()[lesson]
            to = folder / f"s{number:03d}" / path.stem / path.name
            to.parent.mkdir(parents=True)
            nbformat.write(shortened(path), to)
    return find_submissions(folder)[0]


def plain(path):
    """Runs a submission's imports and answers, as the student would."""
    notebook = nbformat.read(path, as_version=4)
    notebook.cells = [
        cell for cell in notebook.cells if not cell.metadata.get("nbgrader", {}).get("grade")
    ]
    NotebookClient(notebook, km=new_kernel_manager(), timeout=300).execute()


def nbgrader(course):
    """Runs nbgrader's autograder over a course folder; returns seconds."""
    assignments = sorted(path.name for path in (course / "source").iterdir())
    for assignment in assignments:
        _call_nbgrader(course, "generate_assignment", assignment, "--force")
    begin = time.perf_counter()
    for assignment in assignments:
        _call_nbgrader(course, "autograde", assignment, "--create", "--force")
    return time.perf_counter() - begin


def _call_nbgrader(course, *words):
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *words],
        cwd=course,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PATH": path},
    )
    if done.returncode:
        raise SystemExit(f"nbgrader: {done.stderr.strip()[-2000:]}")


def course_of(folder, lessons, n):
    """Makes nbgrader's course with the same submissions, its sources shortened as they are."""
    course = folder / "course"
    release(course, lessons=lessons)
    for lesson in lessons:
        path = lesson_files()[lesson]
        nbformat.write(shortened(path), course / "source" / path.stem / path.name)
    make_class(course / "submitted", lessons, n)
    return course


def measure(lessons, n, folder, say):
    """Returns one row for each way."""
    handed = make_class(folder / "in", lessons, n)
    try:
        sandbox = find_sandbox()
    except NoSandbox:
        sandbox = find_sandbox("none")
    seconds = {}
    say("plain")
    each = []
    for one in handed:
        begin = time.perf_counter()
        plain(one.path)
        each.append(time.perf_counter() - begin)
    seconds["plain"] = sum(each[len(lessons) :])
    say("plain, two at a time")
    begin = time.perf_counter()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(plain, [one.path for one in handed]))
    seconds["plain, 2"] = time.perf_counter() - begin
    seconds["plain, all"] = sum(each)
    for jobs in (1, 2):
        say(f"tlcourse, {jobs} jobs")
        ends, begin = [], time.perf_counter()
        with LocalJobs(jobs, b"a secret of sixteen bytes", sandbox, Limits()) as workers:
            grades = grade_all(
                handed,
                folder / f"out{jobs}",
                workers=workers,
                on_done=lambda *_, ends=ends: ends.append(time.perf_counter()),
            )
        if any(grade.score < grade.max for grade in grades):
            raise SystemExit("right answers did not get full marks")
        # From the end of the first student's on: by then all right answers have been worked out.
        seconds[f"tlcourse, {jobs}"] = ends[-1] - sorted(ends)[len(lessons) - 1]
        seconds[f"whole, {jobs}"] = ends[-1] - begin
    say("nbgrader")
    whole = nbgrader(course_of(folder, lessons, n))
    counted = len(handed) - len(lessons)
    rows = [
        {
            "lib": lib,
            "method": method,
            "each_s": round(value / count, 2),
            "seconds": round(value, 1),
        }
        for lib, method, value, count in (
            ("plain", "run", seconds["plain"], counted),
            ("plain", "all", seconds["plain, all"], len(handed)),
            ("plain", "2 at a time, all", seconds["plain, 2"], len(handed)),
            ("tlcourse", "1 job", seconds["tlcourse, 1"], counted),
            ("tlcourse", "1 job, all", seconds["whole, 1"], len(handed)),
            ("tlcourse", "2 jobs, all", seconds["whole, 2"], len(handed)),
            ("nbgrader", "autograde, all", whole, len(handed)),
        )
    ]
    return [row | {"seed": 0, "target_acc": None, "epoch_s": None} for row in rows], sandbox.name


def missed(rows):
    """Yields a sentence for each number that was not reached."""
    each = {(row["lib"], row["method"]): row["each_s"] for row in rows}
    alone, ours = each["plain", "run"], each["tlcourse", "1 job"]
    if ours > alone * (1 + EXTRA_SHARE) + EXTRA_SECONDS:
        yield f"{ours:.2f} s a submission; at most {alone:.2f} and 10 % and 1 s"
    ratio = each["tlcourse", "1 job, all"] / each["tlcourse", "2 jobs, all"]
    if ratio < FASTER:
        yield f"two jobs are {ratio:.2f} times as fast as one; at least {FASTER}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, default=5, help="at least 2")
    parser.add_argument("--lessons", nargs="+", default=["00", "01", "04"])
    parser.add_argument("--json", action="store_true", help="rows on standard output")
    args = parser.parse_args()
    console = Console(stderr=True)
    with tempfile.TemporaryDirectory() as folder, console.status("writing") as status:
        rows, kind = measure(args.lessons, args.students, Path(folder), status.update)
    table = Table(title=f"seconds a submission, sandbox {kind}, {os.cpu_count()} cores")
    for column in ("", "way", "each", "together"):
        table.add_column(column, justify="right")
    for row in rows:
        table.add_row(row["lib"], row["method"], f"{row['each_s']:.2f}", f"{row['seconds']:.1f}")
    console.print(table)
    failures = list(missed(rows))
    for sentence in failures:
        console.print(sentence, style="red")
    if args.json:
        print(json.dumps(rows))
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
