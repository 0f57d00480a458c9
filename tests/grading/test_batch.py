"""A class is graded whole, once, whatever happens on the way."""

import time

import pytest

from tlcourse.exercises.right_answer import solution_source
from tlcourse.grading import batch, local_jobs
from tlcourse.grading.batch import grade_all
from tlcourse.grading.local_jobs import LocalJobs
from tlcourse.grading.sandbox.sandbox import Limits

WRONG = "def accuracy(logits, labels):\n    return 100.0"
LIMITS = Limits(seconds=20)


@pytest.fixture
def handed(tmp_path, hand_in):
    right = solution_source("00.1")
    (tmp_path / "in" / "joe").mkdir(parents=True)
    (tmp_path / "in" / "joe" / "00.ipynb").write_text("{")
    return hand_in(tmp_path / "in", {"ada": right, "bob": WRONG, "eve": "raise ValueError"})


@pytest.fixture
def grade(handed, tmp_path, own_sandbox):
    def grade(secret=b"s", jobs=1):
        seen = []
        with LocalJobs(jobs, secret, own_sandbox, LIMITS) as workers:
            grades = grade_all(
                handed,
                tmp_path / "out",
                workers=workers,
                on_done=lambda grade, new: seen.append((grade.student, new)),
            )
        return {each.student: each for each in grades}, dict(seen)

    return grade


def test_each_gets_what_is_earned_and_keeps_it(grade):
    found, new = grade(jobs=2)
    assert {student: each.score for student, each in found.items()} == {
        "ada": 1, "bob": 0, "eve": 0, "joe": 0,
    }  # fmt: skip
    verdicts = {student: each.exercises[0].verdict for student, each in found.items()}
    assert verdicts == {"ada": "passed", "bob": "wrong", "eve": "raised", "joe": "missing"}
    assert "not valid JSON" in found["joe"].error
    assert all(new.values())
    again, new = grade()
    assert again == found
    assert not any(new.values())


def test_what_has_changed_is_graded_again(grade, hand_in, tmp_path):
    grade()
    hand_in(tmp_path / "in", {"bob": solution_source("00.1")})
    (tmp_path / "out" / "grades" / "eve" / "00.json").write_text('{"key": ')
    found, new = grade()
    assert found["bob"].score == 1
    assert {student for student, is_new in new.items() if is_new} == {"bob", "eve"}
    _, new = grade(secret=b"another")
    assert all(new.values())


def test_a_course_that_has_changed_grades_again(grade, monkeypatch):
    grade()
    monkeypatch.setattr(batch, "course_fingerprint", lambda: "another")
    _, new = grade()
    assert all(new.values())


def test_one_failure_of_the_grader_stops_nothing_and_is_tried_again(grade, monkeypatch):
    def fails(path, *, student, **settings):
        if student == "bob":
            raise ZeroDivisionError("a defect")
        return real(path, student=student, **settings)

    real = local_jobs.grade_submission
    monkeypatch.setattr(local_jobs, "grade_submission", fails)
    found, _ = grade()
    assert found["ada"].score == 1
    assert found["bob"].error == "It could not be graded: ZeroDivisionError('a defect')"
    monkeypatch.setattr(local_jobs, "grade_submission", real)
    found, new = grade()
    assert new == {"ada": False, "bob": True, "eve": False, "joe": False}
    assert found["bob"].error is None


def test_an_interruption_does_not_wait_and_keeps_what_was_graded(
    handed, hand_in, tmp_path, own_sandbox
):
    def interrupt(grade, new):
        raise KeyboardInterrupt

    hand_in(tmp_path / "in", {"bob": "import time\ntime.sleep(600)"})
    limits = Limits(seconds=600)
    begin = time.monotonic()
    with LocalJobs(2, b"s", own_sandbox, limits) as workers, pytest.raises(KeyboardInterrupt):
        grade_all(handed[:2], tmp_path / "out", workers=workers, on_done=interrupt)
    assert time.monotonic() - begin < 60
    assert [path.parent.name for path in (tmp_path / "out").rglob("*.json")] == ["ada"]


@pytest.mark.parametrize("jobs", [0, -1, 1.5, True, "2"])
def test_no_number_of_jobs(grade, jobs):
    with pytest.raises(ValueError, match=f"`jobs` must be a whole number, .*; got {jobs!r}"):
        grade(jobs=jobs)
