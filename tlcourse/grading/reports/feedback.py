"""Feedback pages for students.

Names, messages and errors come from submissions, so the page escapes all of them and forbids
scripts as well.
"""

import functools
import re
from pathlib import Path

from tlcourse.errors import CourseError, UnknownName
from tlcourse.exercises import STATUSES, find, solution_source
from tlcourse.grading.file_names import file_names
from tlcourse.grading.reports.page import as_prose, as_text, page, save
from tlcourse.lessons import find_lesson

__all__ = ["feedback_page", "write_feedback"]

# Verdict to icon, label and colour. Icon and label say what the colour says.
LOOKS = {
    **STATUSES,
    "stopped": ("■", "Stopped before it ended", "#E69F00"),
    "missing": ("?", "No answer found", "#56B4E9"),
}


def feedback_page(student, grades, *, solutions=False):
    """Return a page that tells one student the result of each exercise, the reason and a hint.

    One HTML file that needs no other file and no network; it reads well on a phone, on paper and
    in dark mode. It contains only what the grades say and the course's hints, so it reveals no
    input and no expected value beyond the grades' messages.

    Args:
        student: str, as in `SubmissionGrade.student`.
        grades: iterable of `SubmissionGrade`; those of other students are ignored.
        solutions: bool, show a right answer below each exercise that did not pass.

    Returns:
        The page (str).

    Example:
        >>> "Nothing has been graded" in feedback_page("s01", [])
        True
    """
    own = sorted((each for each in grades if each.student == student), key=lambda each: each.lesson)
    body = [f'<header><p class="soft">Feedback</p><h1><bdi>{as_text(student)}</bdi></h1>']
    if not own:
        body.append("<p>Nothing has been graded for you yet.</p></header>")
        return page(f"Feedback: {student}", "\n".join(body))
    exercises = [exercise for grade in own for exercise in grade.exercises]
    passed = sum(exercise.verdict == "passed" for exercise in exercises)
    total = points_of(sum(grade.score for grade in own), sum(grade.max for grade in own))
    body.append(
        f"<p><strong>{total}</strong> · {passed} of {len(exercises)} exercises passed</p></header>"
    )
    if len(own) > 1:
        body.append(_overview(own))
    for place, grade in enumerate(own):
        body.append(_lesson(place, grade, solutions))
    body.append(
        '<footer class="soft"><p>In a lesson, <code>tl.check(...)</code> tries your answer and '
        "<code>tl.hint(...)</code> shows the hints one by one, as often as you like.</p></footer>"
    )
    return page(f"Feedback: {student}", "\n".join(body))


def write_feedback(folder, grades, *, solutions=False):
    """Write the feedback page of each student of a class: `FOLDER/NAME.html`.

    A name that is not a safe file name is percent-encoded: "../../x" becomes "%2E.%2F..%2Fx.html".

    Args:
        folder: str or path; created if missing.
        grades: iterable of `SubmissionGrade`.
        solutions: bool, show a right answer below each exercise that did not pass.

    Returns:
        Dict, student to the path of the page; each student has a page of their own.

    Raises:
        OSError: if the folder cannot be written.
    """
    grades = list(grades)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    names = file_names({grade.student for grade in grades}, ".html")
    paths = {}
    for student, name in sorted(names.items()):
        paths[student] = folder / name
        save(paths[student], feedback_page(student, grades, solutions=solutions))
    return paths


def points_of(score, most):
    """Return text such as "1.5 of 3 points"."""
    return f"{round(score, 2):g} of {round(most, 2):g} {'point' if most == 1 else 'points'}"


def exercise_title(exercise_id):
    """Return the title of an exercise, or "" if the course has no such exercise."""
    return getattr(_find(exercise_id), "title", "")


@functools.lru_cache(maxsize=256)
def lesson_title(lesson_id):
    """Return "Lesson 04 · Its title"; without a title if the course has no such lesson."""
    try:
        return f"Lesson {lesson_id} · {find_lesson(lesson_id).title}"
    except CourseError:
        return f"Lesson {lesson_id}"


def _overview(own):
    rows = "".join(
        f'<tr><td><a href="#lesson-{place}">{as_text(lesson_title(grade.lesson))}</a></td>'
        f'<td class="number">{points_of(grade.score, grade.max)}</td></tr>'
        for place, grade in enumerate(own)
    )
    return f'<table><tr><th>Lesson</th><th class="number">Points</th></tr>{rows}</table>'


def _lesson(place, grade, solutions):
    parts = [
        f'<section id="lesson-{place}"><h2>{as_text(lesson_title(grade.lesson))}</h2>',
        f'<p class="soft">{points_of(grade.score, grade.max)}</p>',
    ]
    if grade.error is not None:
        parts.append(_not_graded(grade))
    else:
        parts += [_exercise(exercise, solutions) for exercise in grade.exercises]
    return "\n".join([*parts, "</section>"])


def _not_graded(grade):
    return (
        '<article class="card" style="--colour: #D55E00"><div class="head"><span class="icon" '
        'aria-hidden="true">!</span><h3>This notebook could not be graded</h3></div>'
        f"<p><strong>What was wrong:</strong> {as_text(grade.error)}</p>"
        "<p><strong>What to do:</strong> Open the file in JupyterLab. If it opens, save it and "
        "hand in that file. If it does not, get a fresh copy of the lesson with "
        "<code>tlcourse start FOLDER</code>, put your answers into its cells, save it and hand in "
        "the copy. Keep the name of the file.</p></article>"
    )


def _exercise(grade, solutions):
    icon, word, colour = LOOKS[grade.verdict]
    title = as_text(f"{grade.id} {exercise_title(grade.id)}".strip())
    message = "".join(f"<p>{_labelled(line)}</p>" for line in grade.message.splitlines())
    passed = grade.verdict == "passed"
    return (
        f'<article class="card" style="--colour: {colour}"><div class="head">'
        f'<span class="icon" aria-hidden="true">{icon}</span><div><h3>{title}</h3>'
        f"<p><strong>{word}</strong> · {points_of(grade.points, grade.max)}</p></div></div>"
        f"{message}{'' if passed else _hint(grade)}"
        f"{_solution(grade.id) if solutions and not passed else ''}</article>"
    )


def _labelled(line):
    """Return a message's line with the label at its start in bold."""
    return re.sub(r"^([A-Z][a-z]+(?: [a-z]+)?:)(?= )", r"<strong>\1</strong>", as_prose(line))


def _hint(grade):
    """Return the next hint: the first if the answer was not begun, else the second."""
    exercise = _find(grade.id)
    if exercise is None or not exercise.hints:
        return ""
    place = 0 if grade.verdict in ("not attempted", "missing") else min(1, len(exercise.hints) - 1)
    label = f"Hint {place + 1} of {len(exercise.hints)}:"
    return f'<p class="hint"><strong>{label}</strong> {as_prose(exercise.hints[place])}</p>'


def _solution(exercise_id):
    try:
        source = solution_source(exercise_id)
    except UnknownName:
        return ""
    inside = f"<summary>A right answer</summary><pre><code>{as_text(source)}</code></pre>"
    return f"<details open>{inside}</details>"


def _find(exercise_id):
    try:
        return find(exercise_id)
    except UnknownName:
        return None
