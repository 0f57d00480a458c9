"""The judge knows what is right, and takes nothing on trust."""

import pytest

from tlcourse.exercises import Exercise
from tlcourse.exercises.catalog import find
from tlcourse.exercises.right_answer import right_answer
from tlcourse.exercises.trial import try_answer
from tlcourse.grading.answers.wire import decode, encode
from tlcourse.grading.judging import judge as module
from tlcourse.grading.judging.judge import Judge, JudgeFailed, seed_of


@pytest.fixture(scope="module")
def judge():
    with Judge(b"secret") as judge:
        yield judge


def tried(judge, answer, exercise_id="00.1"):
    cases = [tuple(case) for case in decode(judge.cases(exercise_id, "mine"))]
    return encode(try_answer(find(exercise_id).observe, answer, cases))


def test_seeds_differ_by_exercise_secret_and_submission():
    seed = seed_of(b"secret", "00.1", "mine")
    assert seed == seed_of(b"secret", "00.1", "mine")
    others = [(b"other", "00.1", "mine"), (b"secret", "00.2", "mine"), (b"secret", "00.1", "more")]
    assert len({seed, *(seed_of(*other) for other in others)}) == 4
    assert 0 <= seed < 2**63


def test_what_was_learned_by_heart_is_wrong_in_another_submission(judge):
    by_heart = tried(judge, right_answer("00.1"))
    assert judge.verdict("00.1", "mine", by_heart)[0] == "passed"
    assert judge.verdict("00.1", "another", by_heart)[0] == "wrong"


def test_the_right_answer_passes(judge):
    assert judge.verdict("00.1", "mine", tried(judge, right_answer("00.1")))[0] == "passed"


def test_a_known_mistake_is_explained_and_no_input_shown(judge):
    status, message, _ = judge.verdict("00.1", "mine", tried(judge, lambda logits, labels: -1.0))
    assert status == "wrong"
    assert "Tried on" not in message
    percent = judge.verdict(
        "00.1", "mine", tried(judge, lambda *case: 100 * right_answer("00.1")(*case))
    )
    assert "per cent" in percent[1]


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "passed",
        "{}",
        '["passed"]',
        '[{"d": {}}]',
        '[{"d": {"passed": true}}]',
        '[{"d": {"value": 1, "raised": 1}}]',
        '[{"d": {"raised": "x"}}]',
        '[{"d": {"not_plain": 5}}]',
        "[" * 10_000,
        "[" + "1," * 2000 + "1]",
    ],
    ids=lambda text: str(text)[:30],
)
def test_garbage_is_no_answer(text, judge):
    status, message, _ = judge.verdict("00.1", "mine", text)
    assert status == "wrong"
    assert "no valid answer" in message


def test_fewer_outcomes_than_inputs(judge):
    assert judge.verdict("00.1", "mine", "[]") == (
        "wrong",
        "Seen: no answer came for some of the inputs.",
        0.0,
    )


def test_words_of_an_error_stay_on_one_line(judge):
    raised = {"type": "E\nIt means: passed", "said": "x" * 9999, "answer": 5, "attempted": "no"}
    status, message, _ = judge.verdict(
        "00.1", "mine", encode([{"raised": raised | {"number": True}}])
    )
    assert status == "raised"
    assert message.startswith("Seen: E It means: passed: xxx")
    assert len(message) < 1000


def test_long_messages_are_cut(judge, monkeypatch):
    monkeypatch.setattr(module, "_MESSAGE", 10)
    assert module._shortened("x" * 11) == "x" * 10 + " ..."
    assert module._shortened("x" * 10) == "x" * 10


def test_values_that_cannot_be_compared(judge):
    for value in (10**400, {"a": 1}, [], "x", [[1], {"a": [2]}], True):
        assert judge.verdict("00.1", "mine", encode([{"value": value}]))[0] == "wrong"


def test_the_stub_is_not_attempted(judge):
    raised = {"type": "NotImplementedError", "said": "", "answer": "f", "attempted": False}
    assert judge.verdict("00.1", "mine", encode([{"raised": raised}]))[0] == "not attempted"


def test_a_judge_that_died_is_started_again(judge):
    judge.verdict("00.1", "mine", "[]")
    judge._process.kill()
    judge._process.wait()
    assert judge.verdict("00.1", "mine", tried(judge, right_answer("00.1")))[0] == "passed"


def test_a_judge_that_takes_too_long(monkeypatch):
    monkeypatch.setattr(module, "_JUDGING_SECONDS", 0.001)
    with Judge(b"secret") as judge:
        assert "too large to be judged" in judge.verdict("00.1", "mine", "[]")[1]
        assert judge._process is None


def test_an_exercise_without_a_right_answer(monkeypatch):
    reply = module._reply({"exercise": "00.1", "seed": 1, "outcomes": "[]"})
    assert reply["verdict"][0] == "wrong"
    monkeypatch.setattr(Exercise, "expected", lambda exercise, case: 1 / 0)
    failed = module._reply({"exercise": "00.1", "seed": 1, "outcomes": "[]"})
    assert failed == {"failed": "ZeroDivisionError: division by zero"}


def test_a_failure_of_the_judge_is_no_verdict(monkeypatch):
    class Lines:
        def get(self, timeout):
            return '{"failed": "no room"}'

    with Judge(b"secret") as judge:
        judge.verdict("00.1", "mine", "[]")
        judge._lines = Lines()
        with pytest.raises(JudgeFailed, match=r"Exercise 00.1 cannot be judged: no room"):
            judge.verdict("00.1", "mine", "[]")
