"""The flow of a check, on the toy exercise 00.1."""

import codecs
import random
import warnings

import numpy as np
import pytest

from tlcourse.errors import CourseError, UnknownName
from tlcourse.exercises import check


def right(logits, labels):
    return (logits.argmax(axis=1) == labels).mean()


def test_passed(capsys):
    verdict = check("00.1", right)
    assert verdict.passed
    assert (verdict.status, verdict.points, verdict.max_points) == ("passed", 1, 1)
    assert capsys.readouterr().out.startswith("✓ Passed · exercise 00.1 · 1 of 1 point")


def test_not_attempted():
    def stub(logits, labels):
        # YOUR CODE HERE
        raise NotImplementedError()

    verdict = check("00.1", stub)
    assert (verdict.status, verdict.points) == ("not attempted", 0)
    assert 'tl.hint("00.1")' in verdict.message


def test_not_implemented_raised_by_a_library_is_an_attempt():
    def answer(logits, labels):
        return codecs.Codec().encode("x")

    assert check("00.1", answer).status == "raised"


def test_raised_says_the_type_the_message_and_the_own_line():
    def answer(logits, labels):
        hits = logits.argmax(axis=0) == labels[:3]
        return hits.average()

    verdict = check("00.1", answer)
    assert (verdict.status, verdict.points) == ("raised", 0)
    first, second, third = verdict.message.split("\n")
    assert first.startswith("Seen: ")
    assert "Error: " in first
    assert second.startswith("Your line: ")
    assert "`hits = logits.argmax(axis=0) == labels[:3]`" in second
    assert third == "Tried on: logits: float32 array (23, 23); labels: int32 array (23,)"


def test_an_error_outside_the_answer_is_said_to_be_there():
    def answer(logits):
        return 0.5

    verdict = check("00.1", answer)
    assert verdict.status == "raised"
    assert "takes 1 positional argument but 2 were given" in verdict.message
    assert "when the check called `answer`, not inside it" in verdict.message


@pytest.mark.parametrize("error", [SystemExit(3), CourseError("a line"), RecursionError("deep")])
def test_no_error_of_an_answer_gets_out(error):
    def answer(logits, labels):
        raise error

    verdict = check("00.1", answer)
    assert verdict.status == "raised"
    assert type(error).__name__ in verdict.message


def test_the_learner_can_interrupt():
    def answer(logits, labels):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check("00.1", answer)


def test_none_asks_for_a_return():
    def answer(logits, labels):
        right(logits, labels)

    verdict = check("00.1", answer)
    assert verdict.status == "wrong"
    assert "returned None: is there a `return`?" in verdict.message


def test_what_is_not_data_is_named():
    verdict = check("00.1", lambda logits, labels: right)
    assert verdict.status == "wrong"
    assert "Your function returned a `function`; numbers or arrays" in verdict.message


def test_a_result_in_place_of_the_function():
    verdict = check("00.1", 0.5)
    assert verdict.status == "wrong"
    assert "a `float`, not a function" in verdict.message
    assert "without parentheses" in verdict.message


def test_wrong_says_what_was_seen_what_it_means_and_where_to_look():
    verdict = check("00.1", lambda logits, labels: 100 * right(logits, labels))
    assert (verdict.status, verdict.points, verdict.passed) == ("wrong", 0, False)
    labels = [line.split(":")[0] for line in verdict.message.split("\n")]
    assert labels == ["Seen", "It means", "Look at", "Tried on"]
    assert "in per cent" in verdict.message


def test_an_unknown_mistake_keeps_the_general_words():
    verdict = check("00.1", lambda logits, labels: 0.123)
    assert "The value is not right." in verdict.message


def test_a_mistake_must_fit_every_input_seen_so_far():
    """Right on square logits, then the error rate: no known mistake does that."""

    def answer(logits, labels):
        value = right(logits, labels)
        return value if len(logits) == 23 else 1 - value

    assert "The value is not right." in check("00.1", answer).message


def test_an_answer_that_changes_its_inputs_harms_nobody():
    def answer(logits, labels):
        value = 100 * right(logits, labels)
        logits[:] = 0
        labels[:] = 0
        return value

    message = check("00.1", answer).message
    assert "in per cent" in message
    assert "labels: int32 array (23,)" in message


def test_the_same_answer_gets_the_same_verdict_and_a_seed_changes_the_inputs():
    def answer(logits, labels):
        return float(logits.sum())

    default = check("00.1", answer)
    assert check("00.1", answer) == default
    assert check("00.1", answer, seed=1) != default


def test_an_answer_with_chance_in_it_gets_the_same_verdict_each_time():
    def answer(logits, labels):
        return random.random() + np.random.random()

    first = check("00.1", answer)
    random.random()
    np.random.random()
    assert check("00.1", answer) == first


def test_a_check_leaves_the_notebooks_randomness_alone():
    def answer(logits, labels):
        random.random()
        np.random.random()
        return 1.0

    random.seed(3)
    np.random.seed(3)
    expected = random.random(), np.random.random()
    random.seed(3)
    np.random.seed(3)
    check("00.1", answer)
    assert (random.random(), np.random.random()) == expected


def test_warnings_are_no_verdict():
    def answer(logits, labels):
        warnings.warn("odd", stacklevel=1)
        np.float64(1) / np.float64(0)
        return right(logits, labels)

    assert check("00.1", answer).passed


def test_an_unknown_exercise():
    with pytest.raises(UnknownName, match="no such exercise"):
        check("00.7", right)
