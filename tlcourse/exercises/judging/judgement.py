"""Judge what an answer did: passed, not attempted, wrong (and why) or raised."""

from dataclasses import replace

from tlcourse.exercises.describe import describe_case
from tlcourse.exercises.exercise import Diagnosis

__all__ = ["judge"]


def judge(exercise, cases, expected, outcomes, *, in_notebook=True):
    """Compare what an answer did with what the right one does, and say where they part.

    Args:
        exercise: `Exercise`.
        cases: list of tuples, the inputs.
        expected: iterable of plain data, what `exercise.observe` gives of the right answer; it is
            asked for as many as are needed.
        outcomes: list of dicts, what `try_answer` wrote down.
        in_notebook: for a learner at work there: say what the answer was tried on, and what to
            do next.

    Returns:
        `(status, message, credit)`: two str, and the share of the points that is earned.
    """
    seen, flawed, credit = [], None, 1.0

    def with_inputs(case, message):
        told = describe_case(exercise.inputs, case) if in_notebook else ""
        return f"{message}\nTried on: {told}" if told else message

    for case, right, outcome in zip(cases, expected, outcomes, strict=False):
        if "raised" in outcome:
            status, message = _raised(exercise, outcome["raised"], in_notebook)
            told = message if status == "not attempted" else with_inputs(case, message)
            return status, told, 0.0
        if "not_plain" in outcome:
            return "wrong", with_inputs(case, _told(_not_data(outcome["not_plain"]))), 0.0
        got = outcome["value"]
        seen.append((case, got))
        diagnosis = exercise.compare(right, got)
        if diagnosis is not None and diagnosis.credit < credit:
            flawed = with_inputs(case, _told(_explained(exercise, diagnosis, seen)))
            credit = diagnosis.credit
            if not credit:
                return "wrong", flawed, 0.0
    if len(outcomes) < len(cases):
        return "wrong", "Seen: no answer came for some of the inputs.", 0.0
    if flawed:
        return (
            "wrong",
            f"{flawed}\nThe rest of your answer is right, and earns some points.",
            credit,
        )
    return "passed", "Your answer is right on every input that the check tried.", 1.0


def _explained(exercise, diagnosis, seen):
    """Put a known mistake's words into the diagnosis if the answer did the same all along."""
    for mistake in exercise.mistakes:
        if all(_behaves_like(exercise, mistake, case, got) for case, got in seen):
            return replace(diagnosis, means=mistake.means, look=mistake.look)
    return diagnosis


def _behaves_like(exercise, mistake, case, got):
    try:
        made = exercise.observe(mistake.answer(exercise.id), case)
    except Exception:  # a wrong answer may fail on some inputs; then it is not this one
        return False
    return exercise.compare(made, got) is None


def _told(diagnosis):
    return f"Seen: {diagnosis.seen}\nIt means: {diagnosis.means}\nLook at: {diagnosis.look}"


def _raised(exercise, error, in_notebook):
    if not error["attempted"] and not in_notebook:
        return "not attempted", "Nothing stands in the place of `raise NotImplementedError()`."
    if not error["attempted"]:
        return "not attempted", (
            "Put your code in the place of `raise NotImplementedError()`, run that cell, then "
            f'this one. `tl.hint("{exercise.id}")` gives a first hint.'
        )
    message = f"Seen: {error['type']}: {error['said']}".rstrip(": ")
    if "line" in error:
        message += f"\nYour line: `{error['line']}` (line {error['number']} of its cell)"
    else:
        name = error["answer"]
        message += f"\nIt means: the error came when the check called `{name}`, not inside it."
    return "raised", message


def _not_data(problem):
    if problem == "returned None.":
        return Diagnosis(
            "Your function returned None: is there a `return`?",
            "The result was worked out, perhaps, but not handed back.",
            "Every way through the function must end in a `return` with a result, not None.",
        )
    return Diagnosis(
        f"Your function {problem}",
        "The check can compare numbers, arrays and lists of them.",
        "Compare what you return with `Returns` in the question.",
    )
