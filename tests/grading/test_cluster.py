"""Many machines grade as one does: here two workers on loopback, which may be lost."""

import os
import re
import signal
import sys
import time

import pytest

from tlcourse.cli import main
from tlcourse.errors import CourseError
from tlcourse.exercises.right_answer import solution_source
from tlcourse.grading import cluster as module
from tlcourse.grading.batch import grade_all
from tlcourse.grading.cluster import Cluster
from tlcourse.grading.local_jobs import LocalJobs
from tlcourse.grading.sandbox.sandbox import Limits

distributed = pytest.importorskip("distributed")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="submissions are graded on Linux")
LIMITS = Limits(seconds=20)
SECRET = b"sixteen bytes and more"


@pytest.fixture
def kind(own_sandbox):
    return own_sandbox.name


@pytest.fixture
def local():
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0", host="127.0.0.1"
    ) as local:
        yield local


@pytest.fixture
def handed(tmp_path, hand_in):
    right = solution_source("00.1")
    slow = f"import time\ntime.sleep(1)\n{right}"
    (tmp_path / "in" / "zoe").mkdir(parents=True)
    (tmp_path / "in" / "zoe" / "00.ipynb").symlink_to("/etc/hostname")
    answers = {"ada": right, "bob": "raise ValueError", "eve": slow, "joe": slow, "kim": slow}
    return hand_in(tmp_path / "in", answers)


def told(grades):
    return [
        (each.student, each.score, each.error, *((e.verdict, e.message) for e in each.exercises))
        for each in grades
    ]


def test_it_grades_as_one_machine_does(local, handed, own_sandbox, kind, tmp_path):
    with Cluster(local.scheduler_address, 1, SECRET, kind, LIMITS) as workers:
        assert workers.sandbox_name == kind
        there = grade_all(handed, tmp_path / "there", workers=workers)
        # Nothing is left on the workers.
        with distributed.Client(local, set_as_default=False) as client:
            assert all(client.run(lambda: len(module._judges)).values())
    with distributed.Client(local, set_as_default=False) as client:
        assert set(client.run(lambda: len(module._judges)).values()) == {0}
    with LocalJobs(2, SECRET, own_sandbox, LIMITS) as workers:
        here = grade_all(handed, tmp_path / "here", workers=workers)
        seen = []
        grade_all(
            handed, tmp_path / "there", workers=workers, on_done=lambda *one: seen.append(one[1])
        )
    assert told(there) == told(here)
    assert [each.score for each in here] == [1, 0, 1, 1, 1, 0]
    assert sum(seen) == 1  # the link; all others were graded there


def test_a_lost_worker_loses_no_grade_and_gives_none_twice(local, handed, kind, tmp_path):
    """A worker is killed over and over while it grades, and its submission is graded anew."""
    new = []
    with Cluster(local.scheduler_address, 1, SECRET, kind, LIMITS) as workers:

        def done(grade, is_new):
            new.append((grade.student, is_new))
            if len(new) in (2, 4):
                os.kill(next(iter(local.workers.values())).pid, signal.SIGKILL)

        grades = grade_all(handed, tmp_path / "out", workers=workers, on_done=done)
    assert [each.score for each in grades] == [1, 0, 1, 1, 1, 0]
    assert sorted(new) == [(each.student, True) for each in handed]
    assert len(list((tmp_path / "out").rglob("00.json"))) == 5


def test_what_costs_every_worker_is_given_up_and_said(local, handed, kind, tmp_path, monkeypatch):
    def deadly(course, content, student, *settings):
        if student == "bob":
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(0.1)
        return module._grade(course, content, student, *settings)

    with Cluster(local.scheduler_address, 1, SECRET, kind, LIMITS) as workers:
        monkeypatch.setattr(workers, "_work", deadly)
        grades = grade_all(handed[:2], tmp_path / "out", workers=workers)
    assert grades[0].score == 1
    assert grades[1].error.startswith("It could not be graded: KilledWorker(")
    assert len(list((tmp_path / "out").rglob("00.json"))) == 1


def test_a_cluster_of_this_machine(handed, kind, tmp_path, capsys):
    words = ["grade", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--scheduler", "local"]
    assert main([*words, "--sandbox", kind, "--jobs", "2"]) == 0
    assert re.search(r"00 +6 +0\.8 of 1 +4 ", capsys.readouterr().out)


@pytest.mark.parametrize(
    "address", ["tcp://127.0.0.1:1", "127.0.0.1:1", "nowhere", "tcp://", "x://y"]
)
def test_a_scheduler_that_is_not_there(handed, tmp_path, address, monkeypatch, capsys):
    monkeypatch.setattr(module, "_CONNECT_SECONDS", 0.5)
    words = ["grade", str(tmp_path / "in"), "--out", str(tmp_path / "out")]
    assert main([*words, "--scheduler", address]) == 1
    assert f"the scheduler {address!r} cannot be reached" in capsys.readouterr().err
    assert not (tmp_path / "out" / "grades").exists()


def test_a_scheduler_without_workers():
    with (
        distributed.LocalCluster(
            n_workers=0, dashboard_address="127.0.0.1:0", host="127.0.0.1"
        ) as local,
        pytest.raises(CourseError, match=r"has no worker; start some with `dask worker ADDRESS`"),
    ):
        Cluster(local.scheduler_address, 1, SECRET, "none", LIMITS)


@pytest.mark.parametrize(
    ("state", "message"),
    [
        (
            {"course": "tlcourse 0.0.1"},
            r"worker tcp://.* has a different course \(tlcourse 0\.0\.1\) than this machine",
        ),
        ({"problem": "There is no sandbox."}, r"worker tcp://.* cannot grade: There is no sandbox"),
    ],
)
def test_a_worker_that_would_grade_otherwise(local, monkeypatch, state, message):
    real = module._state("none")
    monkeypatch.setattr(module, "_state", lambda kind: real | state)
    with pytest.raises(CourseError, match=message):
        Cluster(local.scheduler_address, 1, SECRET, "none", LIMITS)


def test_a_worker_with_another_course_that_comes_later_grades_nothing():
    with pytest.raises(CourseError, match="a different course"):
        module._grade("tlcourse 0.0.1", b"", "ada", "00", SECRET, "none", LIMITS)


def test_dask_is_not_installed(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(CourseError, match=r"needs Dask.*pip install 'tlcourse\[instructor\]'"):
        Cluster("local", 1, SECRET, "none", LIMITS)
