"""Run an answer on inputs, and record the outcome as plain data.

This runs beside the answer, which may do as it likes there: nothing here knows what is right, and
what is written down is believed to be the answer's own doing, no more.
"""

from tlcourse.exercises.own_line import own_line
from tlcourse.exercises.plain import NotPlain

__all__ = ["raised", "try_answer"]


def try_answer(observe, answer, cases):
    """Try an answer on each case, until one raises or gives no data.

    Args:
        observe: as in `Exercise`.
        answer: callable.
        cases: list of tuples of plain data.

    Returns:
        List of dicts, each with one key: "value", plain data; "not_plain", the words of `NotPlain`;
        or "raised", see `raised`. Only the last can be something else than a value.
    """
    outcomes = []
    for case in cases:
        try:
            outcomes.append({"value": observe(answer, case)})
        except NotPlain as problem:
            return [*outcomes, {"not_plain": str(problem)}]
        except (Exception, SystemExit) as error:
            return [*outcomes, raised(error, answer)]
    return outcomes


def raised(error, answer):
    """Describe an error of an answer as plain data.

    Args:
        error: exception that was caught.
        answer: callable that was called.

    Returns:
        {"raised": dict}, with "type", "said" (the first line), "answer" (its name), "attempted"
        (False for the stub of the learner's copy), and where a line of the learner's took part,
        "line" and "number".
    """
    line = own_line(error)
    stub = isinstance(error, NotImplementedError) and line is not None and line.is_last
    found = {
        "type": type(error).__name__,
        "said": str(error).strip().split("\n")[0],
        "answer": getattr(answer, "__name__", "your function"),
        "attempted": not stub,
    }
    if line is not None:
        found |= {"line": line.text, "number": line.number}
    return {"raised": found}
