"""Grade a class: write grades as they come, and resume after an interruption."""

import hashlib
import json
from dataclasses import asdict
from pathlib import Path

from tlcourse.atomic import write_atomically
from tlcourse.grading.answers import MAX_BYTES
from tlcourse.grading.course_fingerprint import course_fingerprint
from tlcourse.grading.file_names import file_names
from tlcourse.grading.grades import SubmissionGrade

__all__ = ["grade_all"]

_FORMAT = 1


def grade_all(handed, out, *, workers, on_done=lambda grade, new: None):
    """Grade submissions, several at a time.

    A grade already in `out` is kept if file, secret, course and limits are unchanged. Rerun with
    the same arguments to resume an interrupted run; rerunning a finished one changes nothing.

    Args:
        handed: list of `SubmissionFile`.
        out: folder; grades go to `out`/grades/<student>/<lesson>.json, each written atomically.
        workers: `LocalJobs` or `Cluster`.
        on_done: called with each `SubmissionGrade` and a bool, True if it is new; in any order.

    Returns:
        List of `SubmissionGrade`, in the order of `handed`. If the grader itself fails on a
        submission, its grade has an `error` and no exercises; the next run tries it again.
    """
    names = file_names({each.student for each in handed}, "")
    settings = _settings(workers)
    found, due = {}, {}
    for each in handed:
        file = Path(out, "grades", names[each.student], f"{each.lesson}.json")
        key = _key(each, settings)
        kept = _kept(file, key)
        if kept is None:
            due[each] = file, key
        else:
            found[each] = kept
            on_done(kept, False)
    for each, grade in workers.grade(list(due)):
        file, key = due[each]
        if key is not None and grade.exercises:
            _keep(file, key, grade)
        found[each] = grade
        on_done(grade, True)
    return [found[each] for each in handed]


def _settings(workers):
    """Return all that grades depend on but the submission, as text."""
    known = {
        "format": _FORMAT,
        "course": course_fingerprint(),
        "secret": hashlib.sha256(workers.secret).hexdigest(),
        "sandbox": workers.sandbox_name,
        "limits": asdict(workers.limits),
    }
    return json.dumps(known, sort_keys=True)


def _key(handed, settings):
    """Return a checksum of a submission and all that its grade depends on; None for no file."""
    path = handed.path
    if path.is_symlink() or not path.is_file() or path.stat().st_size > MAX_BYTES:
        return None
    whole = hashlib.sha256(path.read_bytes())
    whole.update(f"{settings}\0{handed.lesson}".encode())
    return whole.hexdigest()


def _kept(path, key):
    """Return the grade in a file, or None when it is of something else or broken."""
    try:
        record = json.loads(path.read_bytes())
        if record["key"] == key:
            return SubmissionGrade.from_record(record["grade"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return None


def _keep(path, key, grade):
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"key": key, "grade": grade.to_record()}, indent=2)
    write_atomically(path, lambda file: file.write(text.encode()))
