"""The judge process: it knows the right answers and runs no student code.

A separate process can be killed when an answer, such as a huge network, takes too long to judge.
"""

import contextlib
import hashlib
import hmac
import json
import os
import queue
import subprocess
import sys
import threading

import numpy as np

from tlcourse.errors import CourseError
from tlcourse.exercises import find
from tlcourse.exercises.judging import judge
from tlcourse.grading.answers import WireError, decode, encode

__all__ = ["Judge", "JudgeFailed", "seed_of"]

_JUDGING_SECONDS = 60
_MESSAGE = 4000  # characters
_MEMORY = 6_000_000_000  # bytes of data; networks to be judged have only thousands of parameters


class JudgeFailed(CourseError):  # noqa: N818 (it reads better)
    """The judge could not work, through a fault of the course or the machine, not of an answer."""


def seed_of(secret, exercise_id, answers):
    """Return the seed of an exercise's inputs, known to no student.

    Different submissions get different inputs, so feedback on one does not help to answer another
    by heart. The same submission always gets the same inputs.

    Args:
        secret: bytes, the class's secret.
        exercise_id: str, such as "04.2".
        answers: str, digest of the submission.

    Returns:
        Int in [0, 2^63).
    """
    digest = hmac.new(secret, f"{exercise_id}\0{answers}".encode(), hashlib.sha256).digest()
    return int.from_bytes(digest[:8], "big") >> 1


class Judge:
    """Draw inputs, and judge what came back for them. A context manager.

    Args:
        secret: bytes, from which the inputs are drawn.
    """

    def __init__(self, secret):
        self._secret = secret
        self._process, self._lines = None, None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    def cases(self, exercise_id, answers):
        """Return the inputs of an exercise (str, as `tlcourse.grading.answers.wire` writes them).

        Args:
            exercise_id: str, such as "04.2".
            answers: as in `seed_of`.
        """
        rng = np.random.default_rng(seed_of(self._secret, exercise_id, answers))
        return encode(find(exercise_id).cases(rng))

    def verdict(self, exercise_id, answers, outcomes):
        """Judge what an answer did.

        Args:
            exercise_id: str, such as "04.2".
            answers: as in `seed_of`.
            outcomes: str from the sandbox, or None if there was none.

        Returns:
            `(status, message, credit)`, see `tlcourse.exercises.judging.judgement.judge`.

        Raises:
            JudgeFailed: if the right answer itself cannot be computed.
        """
        seed = seed_of(self._secret, exercise_id, answers)
        # The judge's process also decodes the text: a short one may expand to much data.
        asked = {"exercise": exercise_id, "seed": seed, "outcomes": outcomes}
        for _ in range(2):  # the process may have ended for reasons unrelated to this answer
            found = self._ask(asked)
            if found is not None:
                return tuple(found)
            self.end()
        told = (
            "Seen: your answer is too large to be judged.\n"
            "It means: judging it took too much time or memory.\n"
            "Look at: the question asks for something small."
        )
        return "wrong", told, 0.0

    def _ask(self, request):
        """Return the process's reply, or None when it did not stand the request."""
        if self._process is None:
            self._start()
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            line = self._lines.get(timeout=_JUDGING_SECONDS)
        except (OSError, queue.Empty):
            return None
        if line is None:
            return None
        reply = json.loads(line)
        if "failed" in reply:
            raise JudgeFailed(f"Exercise {request['exercise']} cannot be judged: {reply['failed']}")
        return reply["verdict"]

    def _start(self):
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tlcourse.grading.judging.judge"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._lines = queue.Queue()
        reader = threading.Thread(target=_read, args=(self._process.stdout, self._lines))
        reader.daemon = True
        reader.start()

    def end(self):
        """End its process; it starts again when it is asked again."""
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process = None


def _read(stream, lines):
    with stream:
        for line in stream:
            lines.put(line)
    lines.put(None)


def _shortened(message):
    return message if len(message) <= _MESSAGE else f"{message[:_MESSAGE]} ..."


def _checked(outcomes):
    """Return outcomes that have the form that `try_answer` gives them."""
    if not isinstance(outcomes, list) or len(outcomes) > 1000:
        raise WireError("it is not a list of outcomes")
    return [_checked_one(outcome) for outcome in outcomes]


def _checked_one(outcome):
    if not isinstance(outcome, dict) or len(outcome) != 1:
        raise WireError("an outcome has an unknown form")
    ((kind, value),) = outcome.items()
    if kind == "value":
        return outcome
    if kind == "not_plain" and isinstance(value, str):
        return {kind: _line(value)}
    if kind == "raised" and isinstance(value, dict):
        told = {name: _line(str(value.get(name, ""))) for name in ("type", "said", "answer")}
        told["attempted"] = value.get("attempted") is not False
        if isinstance(value.get("line"), str) and type(value.get("number")) is int:
            told |= {"line": _line(value["line"]), "number": value["number"] % 1_000_000}
        return {kind: told}
    raise WireError("an outcome has an unknown form")


def _line(text):
    """Return text as one line: a further one could look like words of the grader's."""
    return text[:500].replace("\n", " ")


def _serve():
    """Answer requests on standard input, a line each, until it ends."""
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # keep what libraries print out of the replies
    with contextlib.suppress(ImportError):  # Windows has no such limits
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY, _MEMORY))
    for line in sys.stdin:
        request = json.loads(line)
        reply = _reply(request)
        replies.write(json.dumps(reply) + "\n")
        replies.flush()


def _reply(request):
    exercise = find(request["exercise"])
    try:
        cases, expected = _expected(exercise, request["seed"])
    except Exception as error:
        return {"failed": f"{type(error).__name__}: {error}"}
    try:
        outcomes = _checked(decode(request["outcomes"]))
        status, message, credit = judge(exercise, cases, expected, outcomes, in_notebook=False)
    except WireError as error:
        status, credit = "wrong", 0.0
        message = (
            "Seen: the sandbox returned no valid answer.\n"
            f"It means: {error}; functions that the check uses may have been replaced.\n"
            "Look at: leave `json`, `numpy`, `IPython` and the course unchanged."
        )
    except Exception as error:  # data of a form that the comparison did not foresee is wrong
        status, credit = "wrong", 0.0
        message = (
            "Seen: your answer cannot be compared with the right one.\n"
            f"It means: its parts are of a different kind ({type(error).__name__}).\n"
            "Look at: compare what you return with `Returns` in the question."
        )
    return {"verdict": (status, _shortened(message), credit)}


def _expected(exercise, seed):
    cases = exercise.cases(np.random.default_rng(seed))
    return cases, [exercise.expected(case) for case in cases]


if __name__ == "__main__":
    _serve()
