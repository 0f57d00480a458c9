"""Submissions that want points for nothing, or harm: each earns what it solved, and no more.

The submissions are text beside this file (`*.txt`, which nobody imports): `=== what it tries`, then
its cells: `--- ID honest`, the right answer; `--- ID | verdicts | pattern`, an attack, the verdicts
that it may get and what its message must match; `--- helper`, a cell that is no answer. An attack
that got through says ESCAPED; after the title, `| slow` or `| bwrap`, the only sandbox in which it
means something. Each is bounded, should there be no sandbox at all.
`HOSTILE_SANDBOX=docker pytest ...` tries them in another sandbox than the best that there is.
"""

import contextlib
import hashlib
import json
import os
import re
import socket
import tempfile
import threading
import time
from pathlib import Path

import psutil
import pytest

from tlcourse.exercises.catalog import for_lesson
from tlcourse.exercises.right_answer import solution_source
from tlcourse.exercises.source import lesson_files
from tlcourse.grading.answers.submission_file import MAX_BYTES
from tlcourse.grading.grade import grade_submission
from tlcourse.grading.judging.judge import Judge
from tlcourse.grading.sandbox.sandbox import Limits, NoSandbox, find_sandbox

HERE = Path(__file__).parent
LIMITS = Limits(seconds=3, memory=10**9, processes=100, disk=50 * 10**6, reply=20 * 10**6)
SLOW = Limits(seconds=60, memory=2 * 10**9)
TOKEN = "tlg-token-of-the-grader"


def attacks():
    """Each attack as (name, family, lesson, cells), where a cell is (id, words, source)."""
    for path in sorted(HERE.glob("*.txt")):
        for block in re.split(r"^=== ", path.read_text(encoding="utf-8"), flags=re.M)[1:]:
            title, _, rest = block.partition("\n")
            name, _, flags = (part.strip() for part in title.partition("|"))
            cells = []
            for part in re.split(r"^--- ", rest, flags=re.M)[1:]:
                head, _, source = part.partition("\n")
                cells.append((head.split()[0], head[len(head.split()[0]) :].strip(), source))
            lesson = next(id[:2] for id, _, _ in cells if id != "helper")
            marks = [pytest.mark.slow] if "slow" in flags else []
            yield pytest.param(lesson, cells, flags, id=f"{path.stem}: {name}", marks=marks)


def cell(source, grade_id=None, kind="code"):
    marks = {"grade": False, "locked": False, "schema_version": 3, "solution": True}
    metadata = {"nbgrader": {"grade_id": grade_id, **marks}} if grade_id else {}
    found = {"cell_type": kind, "id": f"c{time.monotonic_ns()}", "metadata": metadata}
    return found | {"source": source, "execution_count": None, "outputs": []}


def notebook(*cells):
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return {"cells": list(cells), "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}


def grade_id(exercise_id):
    return f"ex-{exercise_id.replace('.', '-')}"


def answer(exercise_id, source=None):
    return cell(solution_source(exercise_id) if source is None else source, grade_id(exercise_id))


def imports():
    return cell("import numpy as np")


@pytest.fixture(scope="module")
def sandbox():
    try:
        return find_sandbox(os.environ.get("HOSTILE_SANDBOX", "auto"))
    except NoSandbox as problem:
        pytest.skip(str(problem))


@pytest.fixture(scope="module")
def judge():
    with Judge(b"a secret of this test run") as judge:
        for exercise_id in ("00.1", "01.1"):  # so that its start counts for no submission
            judge.verdict(exercise_id, "mine", "[]")
        yield judge


@pytest.fixture
def surroundings(tmp_path, monkeypatch):
    """What an attack would like to reach; at the end nothing of it has changed."""
    canary = tmp_path / "class"
    others = canary / "grades" / "another"
    others.mkdir(parents=True)
    (others / "01.json").write_text('{"score": 6}')
    (canary / "gradebook.db").write_bytes(b"gradebook")
    (canary / "answer_key.ipynb").write_text(json.dumps(notebook(answer("00.1"))))
    home = tmp_path / "home"
    (home / ".ipython" / "profile_default" / "startup").mkdir(parents=True)
    (home / ".bashrc").write_text("true\n")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("TLG_TOKEN", TOKEN)
    folder = Path(tempfile.mkdtemp(prefix="h-", dir="/tmp"))  # sockets need a short path
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    called = []
    with contextlib.ExitStack() as stack:
        listeners = [socket.create_server(("127.0.0.1", 0)), socket.socket(socket.AF_UNIX)]
        listeners[1].bind(f"\0{folder.name}")
        listeners.append(socket.socket(socket.AF_UNIX))
        old = Path.cwd()
        os.chdir(canary)  # the path may be too long for a socket
        listeners[2].bind("listens")
        os.chdir(old)
        for listener in listeners:
            stack.enter_context(listener)
            listener.listen()
            listener.settimeout(0)
        before = _state(canary, home), _children()
        places = {
            "%CANARY%": str(canary),
            "%PORT%": str(listeners[0].getsockname()[1]),
            "%ABSTRACT%": folder.name,
            "%TOKEN%": TOKEN,
            "%REPO%": str(HERE.parents[2]),
        }
        yield canary, places
        for listener in listeners:
            with contextlib.suppress(BlockingIOError):
                called.append(listener.accept()[1])
        for _ in range(40):
            if _children() == before[1] and not _processes_of(folder):
                break
            time.sleep(0.05)
        assert not called, "a listener was called"
        assert _children() == before[1], "a process is left"
        assert not _processes_of(folder), "a process is left"
        assert _state(canary, home) == before[0], "something outside has changed"
        assert list(folder.iterdir()) == [], "something is left where the sockets were"
    folder.rmdir()


def _state(*folders):
    """The bytes and places of all files: here, the notebooks and the package."""
    state = {}
    watched = [*folders, *(path.parent for path in lesson_files().values())]
    for folder in {*watched}:
        for path in folder.rglob("*"):
            if "__pycache__" not in path.parts and not path.name.startswith("submission"):
                known = path.suffix in (".ipynb", ".json", ".db") and path.is_file()
                state[path] = hashlib.sha256(path.read_bytes()).hexdigest() if known else None
    # Somebody may work on the course meanwhile; but no attack's file belongs there.
    package = Path(find_sandbox.__code__.co_filename).parents[2]
    state |= dict.fromkeys(path for path in package.rglob("*") if _is_an_attacks(path))
    # Where the next kernel would look for what runs at its start.
    for module in (json, psutil):
        state |= dict.fromkeys(Path(module.__file__).parents[1].glob("*.p*"))
    return state


def _is_an_attacks(path):
    return path.stem in ("usercustomize", "sitecustomize", "numpy", "json", "evil") or (
        path.name.startswith(("tlg-", "forged", "h-"))
    )


def _children():
    return {
        process.pid
        for process in psutil.Process().children(recursive=True)
        if process.status() != psutil.STATUS_ZOMBIE
    }


def _processes_of(folder):
    """Processes anywhere that were started with a path in this folder."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        if any(str(folder) in word for word in process.info["cmdline"] or ()):
            found.append(process)
    return found


def grade(path, lesson, judge, sandbox, limits=LIMITS):
    return grade_submission(
        path, student="eve", lesson=lesson, judge=judge, sandbox=sandbox, limits=limits
    )


@pytest.fixture
def graded(surroundings, judge, sandbox):
    """Writes a notebook beside the canaries, and grades it in bounded time and memory."""
    canary, _ = surroundings

    def graded(document, lesson, *, limits=LIMITS, name="submission.ipynb"):
        path = canary / name
        path.write_text(document if isinstance(document, str) else json.dumps(document))
        Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
        before, digest = _peak(), hashlib.sha256(path.read_bytes()).hexdigest()
        begin = time.monotonic()
        found = grade(path, lesson, judge, sandbox, limits)
        answers = len(for_lesson(lesson))
        # Each answer has two tries, each with a start and the others before it.
        assert time.monotonic() - begin < 5 + answers * 2 * 4 * limits.seconds
        assert _peak() - before < 400 * 10**6, "the grader itself took memory"
        assert hashlib.sha256(path.read_bytes()).hexdigest() == digest
        path.unlink()
        json.dumps(found.to_record()).encode()
        for each in found.exercises:
            each.message.encode("utf-8")
            assert len(each.message) < 6000
            assert "\x1b" not in each.message
            assert "\x00" not in each.message
        return found

    return graded


def _peak():
    """The most bytes that this process has held."""
    status = Path("/proc/self/status").read_text()
    return 1024 * int(re.search(r"VmHWM:\s+(\d+)", status)[1])


@pytest.mark.parametrize(("lesson", "cells", "flags"), list(attacks()))
def test_attacks(lesson, cells, flags, surroundings, graded, sandbox):
    if "bwrap" in flags and sandbox.name != "bwrap":
        pytest.skip("it takes what is a container's own for something of ours")

    def filled(source):
        for mark, place in surroundings[1].items():
            source = source.replace(mark, place)
        return source

    built, expected = [imports()], {}
    for place, words, source in cells:
        if place == "helper":
            copies = 300 if words == "many" else 1
            built += [cell(filled(source).replace("{number}", str(i))) for i in range(copies)]
        elif words == "honest":
            built.append(answer(place))
            expected[place] = (("passed",), "right on every input")
        else:
            built.append(answer(place, filled(source)))
            verdicts, pattern = re.fullmatch(r"\| (\S+) \| (.+)", words).groups()
            expected[place] = (tuple(verdicts.split("|")), pattern)
    found = graded(notebook(*built), lesson, limits=SLOW if "slow" in flags else LIMITS)
    assert found.error is None
    ids = [each.id for each in found.exercises]
    assert set(expected) <= set(ids) == {each.id for each in for_lesson(lesson)}
    for each in found.exercises:
        if each.id not in expected:  # not what this attack is about
            assert (each.verdict, each.points) == ("missing", 0)
            continue
        verdicts, pattern = expected[each.id]
        assert not re.search(r"Seen: \w+: ESCAPED", each.message), each
        assert each.verdict in verdicts, each
        assert re.search(pattern, each.message), each
        assert each.points == (each.max if verdicts == ("passed",) else 0), each


RIGHT = {id: solution_source(id) for id in ("00.1", "01.1", "01.2", "01.3")}
ALL_RIGHT = [answer(id) for id in ("01.1", "01.2", "01.3")]
WRONG = "def accuracy(logits, labels):\n    return -1.0\n"


def marked(document, **changes):
    """The document with its answers' marks changed."""
    for each in document["cells"]:
        if "nbgrader" in each["metadata"]:
            each["metadata"]["nbgrader"] |= changes
    return document


FORMS = {
    # name: (document, lesson, points earned of each exercise)
    "its answers swapped": (
        notebook(imports(), answer("01.1", RIGHT["01.3"]), answer("01.3", RIGHT["01.1"])),
        "01",
        (0, 0, 2),  # what 01.3 asks for is defined by then
    ),
    "a wrong answer before a right one": (
        notebook(imports(), answer("00.1", WRONG), answer("00.1")),
        "00",
        (0,),
    ),
    "a right answer before a wrong one": (
        notebook(imports(), answer("00.1"), answer("00.1", WRONG)),
        "00",
        (1,),
    ),
    "answers deleted": (notebook(imports(), answer("01.2")), "01", (0, 2, 0)),
    "answers renamed": (
        notebook(imports(), cell(RIGHT["01.1"], "ex-01-11"), answer("01.2"), cell("1", "ex-99-1")),
        "01",
        (0, 2, 0),
    ),
    "an answer that is prose": (
        notebook(imports(), cell(RIGHT["01.1"], "ex-01-1", "markdown"), answer("01.3")),
        "01",
        (0, 0, 2),
    ),
    "points, marks and a kernel of its own": (
        marked(
            notebook(imports(), answer("00.1", WRONG))
            | {
                "metadata": {
                    "kernelspec": {"name": "evil", "argv": ["sh", "-c", "touch /tmp/evil"]}
                }
            },
            points=10**9,
            grade=True,
            solution=False,
            locked=True,
            checksum="0" * 32,
            schema_version=99,
        ),
        "00",
        (0,),
    ),
    "ids that are no text": (
        notebook(imports(), answer("00.1"), cell("1", ["ex-00-1"]), cell("1", {"a": 1})),
        "00",
        (1,),
    ),
    "cells that are none": (
        notebook(imports(), answer("00.1"))
        | {
            "cells": [
                None,
                1,
                [],
                {},
                {"cell_type": "code", "source": 5, "metadata": None},
                answer("00.1"),
            ]
        },
        "00",
        (1,),
    ),
    "characters that are none": (
        notebook(imports(), answer("00.1", "x = '\ud800'\n" + RIGHT["00.1"]), cell("y = '\udfff'")),
        "00",
        (1,),
    ),
    "zero bytes": (
        notebook(
            imports(), cell("def f():\n    return '\0'"), answer("01.1", "\0"), answer("01.2")
        ),
        "01",
        (0, 2, 0),
    ),
    "expressions that are very deep": (
        notebook(
            imports(),
            cell("def f():\n    return " + "+".join("1" * 3000)),
            cell("def g():\n    return " + "-" * 5000 + "1"),
            cell("def h():\n    return " + "(" * 5000),
            cell("def i():\n    return x" + "[0]" * 3000 + ".y" * 3000),
            answer("01.1", "(" * 50_000),
            answer("01.2", "[" * 199 + "]" * 199 + "\n" + RIGHT["01.2"]),
            answer("01.3", "lambda: " * 3000 + "1"),
        ),
        "01",
        (0, 2, 0),
    ),
    "very much beside the answers": (
        notebook(imports(), answer("01.1"), *40 * [cell("def f():\n    pass\n" * 9000)]),
        "01",
        (2, 0, 0),
    ),
    "magics, shells and top-level await": (
        notebook(
            imports(),
            answer("01.1", "%%bash\nkill -9 $PPID\n"),
            answer("01.2", "!kill -9 $PPID\nawait __import__('asyncio').sleep(0)\n"),
            answer("01.3"),
        ),
        "01",
        (0, 0, 2),
    ),
}


@pytest.mark.parametrize(("document", "lesson", "points"), FORMS.values(), ids=FORMS)
def test_forms_of_notebooks(document, lesson, points, graded):
    found = graded(document, lesson)
    assert found.error is None
    earned = tuple(each.points for each in found.exercises)
    assert earned[: len(points)] == points
    assert not any(earned[len(points) :])
    assert [each.max for each in found.exercises] == [e.points for e in for_lesson(lesson)]


BROKEN = {
    "nothing": "",
    "no JSON": "{",
    "not a notebook": "[1, 2]",
    "no cells": "{}",
    "cells that are a dict": '{"cells": {"a": 1}}',
    "very deep": "[" * 200_000,
    "very deep cells": '{"cells": ' + '[{"a":' * 50_000,
    "a very long number": '{"cells": ' + "9" * 100_000 + "}",
    "another format": json.dumps({"worksheets": [{"cells": ALL_RIGHT}], "nbformat": 3}),
    "another lesson": json.dumps(notebook(*ALL_RIGHT)),
    "no answer": json.dumps(notebook(cell(RIGHT["00.1"]))),
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_files_that_are_no_notebook(text, graded):
    found = graded(text, "00")
    assert found.error
    assert "\n" not in found.error
    assert [(each.points, each.verdict) for each in found.exercises] == [(0, "missing")]


def test_files_that_are_not_read(surroundings, judge, sandbox):
    canary, _ = surroundings
    link, large, pipe = canary / "submission-a", canary / "submission-b", canary / "submission-c"
    link.symlink_to(canary / "answer_key.ipynb")
    with large.open("wb") as file:
        file.truncate(5 * MAX_BYTES)
    os.mkfifo(pipe)
    closed = canary / "submission-closed"
    closed.mkdir()
    paths = [link, large, pipe, closed, canary / "not-there", Path("/dev/zero"), Path("/dev/stdin")]
    begin = time.monotonic()
    for path in [*paths, canary / ("n" * 300), canary / "answer_key.ipynb" / "below"]:
        found = grade(path, "00", judge, sandbox)
        assert found.error, path
        assert found.score == 0
    assert time.monotonic() - begin < 5
    for path in (link, large, pipe):
        path.unlink()
    closed.rmdir()


@pytest.mark.parametrize(
    "name", ["submission; touch x.ipynb", "submission\n$(id) 'ü\"\u202e.ipynb"]
)
def test_odd_names(name, graded):
    assert graded(notebook(imports(), answer("00.1")), "00", name=name).score == 1


def test_two_at_a_time_do_not_meet(surroundings, judge, sandbox):
    """The second sees nothing of the first, which leaves all that it can where it can."""
    canary, _ = surroundings
    places = "('/tmp/left', '/dev/shm/left')"
    leaves = f"import time\nfor place in {places}:\n    open(place, 'w').close()\ntime.sleep(1)\n"
    looks = (
        "import os, time\ntime.sleep(0.5)\n"
        f"assert not any(os.path.exists(place) for place in {places}), 'ESCAPED'\n"
    )
    found = {}

    def work(name, source):
        path = canary / f"submission-{name}.ipynb"
        path.write_text(json.dumps(notebook(imports(), answer("00.1", source + RIGHT["00.1"]))))
        with Judge(b"another secret of this test run") as own:
            found[name] = grade(path, "00", own, sandbox)
        path.unlink()

    threads = [threading.Thread(target=work, args=each) for each in (("a", leaves), ("b", looks))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {name: grade.score for name, grade in found.items()} == {"a": 1, "b": 1}, found


def test_the_list_is_long_enough():
    assert len(list(attacks())) + len(FORMS) + len(BROKEN) > 60
