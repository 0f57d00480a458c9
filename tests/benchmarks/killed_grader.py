"""A grader that is killed, at moments that nobody chose, loses no grade and gives none twice.

Submissions of three lessons, some of their answers wrong, are graded by the command line, which is
ended by SIGKILL several times. Then it is let through. Every grade must be there, once, and right;
none that was there before a kill may have been written again; no process and no folder may be left.

    python tests/benchmarks/killed_grader.py --submissions 200 --kills 5
"""

import argparse
import csv
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
import psutil

from tlcourse.exercises.catalog import for_lesson
from tlcourse.exercises.source import lesson_files
from tlcourse.grading.sandbox.sandbox import NoSandbox, find_sandbox

LESSONS = ("00", "01", "04")


def make_class(folder, n, chance):
    """Writes n submissions; returns the points that each earns (dict of student and lesson)."""
    earned = {}
    for number in range(n):
        student, lesson = f"s{number // len(LESSONS):03d}", LESSONS[number % len(LESSONS)]
        path = lesson_files()[lesson]
        notebook = nbformat.read(path, as_version=4)
        points = 0
        for exercise in for_lesson(lesson):
            if chance.random() < 0.3:
                _spoil(notebook, f"ex-{exercise.id.replace('.', '-')}")
            else:
                points += exercise.points
        to = folder / student / path.name
        to.parent.mkdir(exist_ok=True, parents=True)
        nbformat.write(notebook, to)
        earned[student, lesson] = points
    return earned


def _spoil(notebook, grade_id):
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id:
            cell.source += "\nraise ValueError('not today')"


def grade(submissions, out, jobs, sandbox):
    """Starts the command line; returns its process."""
    words = ["grade", str(submissions), "--out", str(out), "--jobs", str(jobs)]
    return subprocess.Popen(
        [sys.executable, "-m", "tlcourse.cli", *words, "--sandbox", sandbox],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "TMPDIR": str(out.parent / "tmp")},
    )


def records(out):
    """Returns the grades' files as they are now (dict of path to bytes and time of writing)."""
    found = {}
    for path in (out / "grades").rglob("*.json"):
        found[path] = path.read_bytes(), path.stat().st_mtime_ns
    return found


def kill_sometime(process, out, share, chance):
    """Ends a grader after some more grades and a moment; returns whether it was still at work."""
    before = len(records(out))
    more = chance.randint(0, max(1, share))
    while process.poll() is None and len(records(out)) < before + more:
        time.sleep(0.05)
    time.sleep(chance.uniform(0, 3))
    works = process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()
    return works


def wait_for_no_process(folder, seconds=20):
    """Returns the command lines of kernels and judges that are still there after a while.

    They are known by the temporary folder: kernels by a path in it, judges by their environment.
    """
    until = time.monotonic() + seconds
    while found := [
        " ".join(each.info["cmdline"][:4])
        for each in psutil.process_iter(["cmdline", "environ"])
        if any(str(folder) in word for word in each.info["cmdline"] or ())
        or (each.info["environ"] or {}).get("TMPDIR") == str(folder)
    ]:
        if time.monotonic() > until:
            return found
        time.sleep(0.2)
    return []


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--submissions", type=int, default=200)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=None, help="of the moments; else none is known")
    args = parser.parse_args()
    seed = random.SystemRandom().randrange(2**32) if args.seed is None else args.seed
    chance = random.Random(seed)
    try:
        sandbox = find_sandbox().name
    except NoSandbox:
        sandbox = "none"  # these submissions are our own
    failures, begin = [], time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        submissions, out = Path(folder, "in"), Path(folder, "out")
        temporary = Path(folder, "tmp")
        temporary.mkdir()
        earned = make_class(submissions, args.submissions, chance)
        killed = 0
        while killed < args.kills:
            kept = records(out)
            process = grade(submissions, out, args.jobs, sandbox)
            share = (args.submissions - len(kept)) // (args.kills - killed + 1)
            if not kill_sometime(process, out, share, chance):
                failures.append("it was done before it was killed")
                break
            killed += 1
            now = records(out)
            print(f"killed with {len(now)} of {len(earned)} grades", file=sys.stderr)
            if {path: now.get(path) for path in kept} != kept:
                failures.append("a grade was written again")
            failures += [f"still there: {line}" for line in wait_for_no_process(temporary)]
        kept = records(out)
        if grade(submissions, out, args.jobs, sandbox).wait():
            failures.append("the last run failed")
        now = records(out)
        if {path: now.get(path) for path in kept} != kept:
            failures.append("a grade was written again")
        found = [json.loads(content)["grade"] for content, _ in now.values()]
        scores = {(each["student"], each["lesson"]): each["score"] for each in found}
        if len(found) != len(earned) or scores != earned:
            wrong = [key for key in earned if scores.get(key) != earned[key]]
            failures.append(f"{len(found)} grades; not right: {wrong[:10]}")
        with (out / "grades.csv").open(newline="", encoding="utf-8") as file:
            rows = [(row["student"], row["lesson"]) for row in csv.DictReader(file)]
        if len(set(rows)) != len(rows) or not set(rows) >= set(earned):
            failures.append(f"grades.csv has {len(rows)} rows")
        failures += [f"left behind: {path.name}" for path in temporary.glob("tlg-*")]
    result = {
        "submissions": len(earned),
        "killed": killed,
        "seed": seed,
        "seconds": round(time.monotonic() - begin),
        "sandbox": sandbox,
        "failures": failures,
    }
    print(json.dumps(result))
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
