"""One judge serves all threads, until an answer keeps it."""

import threading

import pytest

from tlcourse.grading.judging import judges as module
from tlcourse.grading.judging.judge import Judge
from tlcourse.grading.judging.judges import Judges


@pytest.fixture
def asked(monkeypatch):
    """Judges that answer at once, but for "slow", which waits until it is let go."""
    by, let_go = [], threading.Event()

    def verdict(self, exercise_id, answers, outcomes):
        by.append(self)
        if outcomes == "slow":
            let_go.wait(10)
        return "passed", exercise_id, 1.0

    monkeypatch.setattr(Judge, "verdict", verdict)
    yield by, let_go
    let_go.set()


def test_one_serves_all_and_another_begins_only_when_it_is_kept(asked, monkeypatch):
    by, let_go = asked
    monkeypatch.setattr(module, "_PATIENCE", 0.2)
    with Judges(b"s", 2) as judges:
        for _ in range(3):
            assert judges.verdict("00.1", "mine", "[]") == ("passed", "00.1", 1.0)
        assert len(set(map(id, by))) == 1
        threads = [
            threading.Thread(target=judges.verdict, args=("00.1", "mine", "slow"), daemon=True)
            for _ in range(2)
        ]
        threads[0].start()
        while len(by) < 4:
            pass
        judges.verdict("00.1", "mine", "[]")
        assert len(set(map(id, by))) == 2
        threads[1].start()
        while len(by) < 6:
            pass
        late = threading.Thread(target=judges.verdict, args=("00.1", "mine", "[]"), daemon=True)
        late.start()
        late.join(0.6)
        assert late.is_alive(), "there are two at most"
        let_go.set()
        late.join(5)
        assert not late.is_alive()
        assert len(set(map(id, by))) == 2


def test_the_inputs_are_those_of_a_judge():
    with Judges(b"a secret", 1) as judges, Judge(b"a secret") as judge:
        assert judges.cases("00.1", "mine") == judge.cases("00.1", "mine")


def test_all_are_ended():
    with Judges(b"a secret", 1) as judges:
        judges.verdict("00.1", "mine", "[]")
        (judge,) = judges._all
        process = judge._process
        assert process.poll() is None
    assert process.poll() is not None


def test_a_failure_gives_the_judge_back(monkeypatch):
    def fails(self, exercise_id, answers, outcomes):
        raise ZeroDivisionError

    monkeypatch.setattr(Judge, "verdict", fails)
    with Judges(b"s", 1) as judges:
        for _ in range(2):
            with pytest.raises(ZeroDivisionError):
                judges.verdict("00.1", "mine", "[]")
