"""What a student gets back: one page that says what is right, what is not, and where to go on.

Names, messages and errors come from submissions, so a page takes all of them as plain text, and
forbids scripts besides.
"""

import functools
import hashlib
import html
import re
from collections import Counter
from pathlib import Path
from urllib.parse import quote

from tlcourse.atomic import write_atomically
from tlcourse.errors import CourseError, UnknownName
from tlcourse.exercises.catalog import find
from tlcourse.exercises.right_answer import solution_source
from tlcourse.exercises.verdict import STATUSES
from tlcourse.lessons.catalog import find_lesson

__all__ = ["feedback_page", "write_feedback"]

# Verdict to icon, words and colour. An icon and a word say what the colour says too.
LOOKS = {
    **STATUSES,
    "stopped": ("■", "Stopped before it ended", "#E69F00"),
    "missing": ("?", "No answer found", "#56B4E9"),
}

# A browser runs no script and loads nothing, whatever slipped through the escaping.
_ALLOWED = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
# Icons are black on the palette's colours: white would be too pale on most of them.
_STYLE = """
:root { color-scheme: light dark; --page: #fff; --text: #1b1b1b; --soft: #5a5a5a;
  --line: #d9d9d9; --card: #f6f6f4; }
@media screen and (prefers-color-scheme: dark) { :root { --page: #15171a; --text: #e9e9e9;
  --soft: #a9adb3; --line: #3b3f45; --card: #1f2226; } }
body { margin: 0; background: var(--page); color: var(--text); line-height: 1.5;
  font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
main { max-width: 46rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; overflow-wrap: anywhere; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .3rem; }
h2 { font-size: 1.25rem; margin: 2.2rem 0 .2rem; }
p { margin: .45rem 0 0; }
.soft { color: var(--soft); }
.card { border: 1px solid var(--line); border-left: .4rem solid var(--colour); background:
  var(--card); border-radius: .3rem; padding: .8rem 1rem; margin: .9rem 0; }
.head { display: flex; gap: .7rem; }
.head p, h3 { margin: 0; }
.icon { flex: none; display: inline-block; width: 1.6em; height: 1.6em; line-height: 1.6em;
  border-radius: 50%; text-align: center; font-weight: bold; color: #000;
  background: var(--colour); }
.hint { border-top: 1px solid var(--line); margin-top: .7rem; padding-top: .6rem; }
code, pre { font-family: ui-monospace, Menlo, Consolas, monospace; font-size: .92em; }
pre { margin: .5rem 0 0; padding: .7rem; overflow-x: auto; border: 1px solid var(--line);
  border-radius: .3rem; background: var(--page); }
details { margin-top: .6rem; }
table { border-collapse: collapse; width: 100%; margin: .8rem 0; }
th, td { text-align: left; vertical-align: top; padding: .35rem .7rem .35rem 0;
  border-bottom: 1px solid var(--line); }
th:last-child, td:last-child { padding-right: 0; }
.number { text-align: right; white-space: nowrap; }
a { color: inherit; }
footer { margin-top: 2.5rem; border-top: 1px solid var(--line); padding-top: .6rem; }
@media print {
  body { font-size: 10.5pt; }
  main { max-width: none; padding: 0; }
  .card, figure, tr { break-inside: avoid; }
  h2 { break-after: avoid; }
  .icon { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; }
}
"""


def feedback_page(student, grades, *, solutions=False):
    """Say to one student how each exercise went, why, and what to read next.

    The page is one HTML file that needs no other one and no network; it reads well on a phone,
    on paper and in a dark room. It holds what the grades say and the course's hints, so no input
    and no expected value that a grade's message does not hold.

    Args:
        student: str, as `SubmissionGrade.student` has it.
        grades: iterable of `SubmissionGrade`; those of others are left out.
        solutions: whether a right answer stands below each exercise that is not passed.

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
    """Write the page of each student of a class: `FOLDER/NAME.html`.

    A name that is no safe file name is percent-encoded: "../../x" becomes "%2E.%2F..%2Fx.html".

    Args:
        folder: path; it is made when it is not there.
        grades: iterable of `SubmissionGrade`.
        solutions: whether a right answer stands below each exercise that is not passed.

    Returns:
        Dict, student to the path of the page; no two students share a page.

    Raises:
        OSError: if the folder cannot be written.
    """
    grades = list(grades)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    names = _file_names({grade.student for grade in grades})
    paths = {}
    for student, name in sorted(names.items()):
        paths[student] = folder / name
        save(paths[student], feedback_page(student, grades, solutions=solutions))
    return paths


def page(title, body, *, style=""):
    """Make a whole HTML page of `body`, which is HTML; `title` is any text, `style` is CSS."""
    return f"""<!DOCTYPE html>
<html lang="en"><head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_ALLOWED}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{as_text(title)}</title>
<style>{_STYLE}{style}</style>
</head><body><main>
{body}
</main></body>
</html>
"""


def save(path, text):
    """Write a page, all of it or nothing."""
    write_atomically(path, lambda file: file.write(text.encode("utf-8")))


def as_text(anything):
    """Make any text safe inside HTML: escaped, and without what no page may hold."""
    shown = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]", "\ufffd", str(anything))
    return html.escape(shown, quote=True)


def as_prose(anything):
    """Make a line of text HTML: `code` is code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", as_text(anything))


def points_of(score, most):
    """Say "1.5 of 3 points"."""
    return f"{round(score, 2):g} of {round(most, 2):g} {'point' if most == 1 else 'points'}"


def exercise_title(exercise_id):
    """The title of an exercise; "" when the course has none of that id."""
    return getattr(_find(exercise_id), "title", "")


@functools.lru_cache(maxsize=256)
def lesson_title(lesson_id):
    """Say "Lesson 04 · Its title"; a lesson that the course does not have has no title."""
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
    """A label at the start of a message's line is bold."""
    return re.sub(r"^([A-Z][a-z]+(?: [a-z]+)?:)(?= )", r"<strong>\1</strong>", as_prose(line))


def _hint(grade):
    """The hint to read next: the first for who has not begun, else the one after it."""
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


def _file_names(students):
    """Give each student a file name of their own, on disks that ignore capitals too."""
    encoded = {student: _encoded(student) for student in students}
    alike = Counter(name.lower() for name in encoded.values())
    return {
        student: f"{_short(_capitals_encoded(name) if alike[name.lower()] > 1 else name)}.html"
        for student, name in encoded.items()
    }


def _encoded(student):
    name = quote(student.encode("utf-8", "surrogatepass"), safe="")
    # No hidden file, and none that is a device on Windows, such as "con.html".
    if re.match(r"(?i)\.|(con|prn|aux|nul|com\d|lpt\d)(\.|$)", name):
        return f"%{ord(name[0]):02X}{name[1:]}"
    return name


def _capitals_encoded(name):
    # The letters of an escape such as "%2F" stay.
    return re.sub(r"(?<!%)(?<!%.)[A-Z]", lambda letter: f"%{ord(letter[0]):02X}", name)


def _short(name):
    """Keep within 255 bytes, the limit of a file's name; no encoded name holds a "+"."""
    if len(name) <= 200:
        return name
    return f"{name[:120]}+{hashlib.sha256(name.encode()).hexdigest()}"
