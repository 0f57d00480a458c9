"""Class report: one page of figures and tables for the teacher."""

import base64
import io
import statistics
import textwrap
from collections import Counter

from tlcourse.grading.grades import VERDICTS
from tlcourse.grading.reports.feedback import LOOKS, exercise_title, lesson_title
from tlcourse.grading.reports.page import as_prose, as_text, page, save

__all__ = ["write_class_report"]

_MEANS = "It means: "
_MISTAKES = 3  # per exercise, at most
# The figure's text takes the page's colour: dark on light and light on dark.
_INK = "#123456"
_COLOURED = ("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color")
_THEMES = (
    "<style>svg{color:#1b1b1b}"
    "@media screen and (prefers-color-scheme:dark){svg{color:#e9e9e9}}</style>"
)
_STYLE = """
main { max-width: 60rem; }
figure { margin: 1rem 0; overflow-x: auto; }
figure img { width: 100%; min-width: 34rem; max-width: max-content; height: auto; }
.legend > span { white-space: nowrap; margin-right: 1.2rem; }
@media print { figure img { max-width: 100%; } }
"""


def write_class_report(path, grades):
    """Write one HTML page about a whole class; it needs no other file and no network.

    It shows the results of each exercise, the commonest mistakes according to the messages ("It
    means: ..."), the scores of each lesson, the grading times, and what could not be graded.

    Args:
        path: str or path of the page; its folder must exist.
        grades: iterable of `SubmissionGrade`, possibly empty.

    Raises:
        OSError: if the page cannot be written.
    """
    grades = sorted(grades, key=lambda grade: (grade.lesson, grade.student))
    broken = [grade for grade in grades if grade.error is not None]
    lessons = {}
    for grade in grades:
        if grade.error is None:
            lessons.setdefault(grade.lesson, []).append(grade)
    body = [_summary(grades, broken)]
    if lessons:
        body += [_success(lessons), _mistakes(lessons), _scores(lessons), _times(lessons)]
    if broken:
        body.append(_broken(broken))
    save(path, page("Class report", "\n".join(body), style=_STYLE))


def _summary(grades, broken):
    if not grades:
        return "<header><h1>Class report</h1><p>No submission has been graded yet.</p></header>"
    students = len({grade.student for grade in grades})
    lessons = len({grade.lesson for grade in grades})
    sentence = (
        f"{_count(len(grades), 'submission')} by {_count(students, 'student')} for "
        f"{_count(lessons, 'lesson')}."
    )
    if broken:
        sentence += (
            f' <a href="#broken">{len(broken)} of them could not be graded</a>; '
            "the rest of this page counts the others."
        )
    return f"<header><h1>Class report</h1><p>{sentence}</p></header>"


def _broken(broken):
    rows = [
        (f"<bdi>{as_text(grade.student)}</bdi>", as_text(grade.lesson), as_text(grade.error))
        for grade in broken
    ]
    table = _table(("Student", "Lesson", "Why"), rows)
    return f'<section id="broken"><h2>What could not be graded</h2>{table}</section>'


def _success(lessons):
    legend = "".join(
        f'<span style="--colour: {LOOKS[verdict][2]}"><span class="icon" aria-hidden="true">'
        f"{LOOKS[verdict][0]}</span> {verdict}</span>"
        for verdict in VERDICTS
    )
    parts = [f'<section><h2>Results of each exercise</h2><p class="legend">{legend}</p>']
    most = max(len(group) for group in lessons.values())
    rows = []
    for lesson, group in lessons.items():
        tallies = _tallies(group)
        said = "; ".join(f"{name}: {_in_words(tally)}" for name, tally in tallies.items())
        alt = f"{lesson_title(lesson)}, answers by verdict. {said}."
        parts.append(_figure(_draw_success, alt, lesson, tallies, most))
        rows += [
            (as_text(name), as_text(exercise_title(name)), *(tally[each] for each in VERDICTS))
            for name, tally in tallies.items()
        ]
    table = _table(("Exercise", "Title", *VERDICTS), rows, numbers=len(VERDICTS))
    return "\n".join(
        [*parts, f"<details><summary>The numbers</summary>{table}</details></section>"]
    )


def _mistakes(lessons):
    rows = []
    for group in lessons.values():
        seen, missed = {}, Counter()
        for exercise in _answers(group):
            missed[exercise.id] += exercise.verdict != "passed"
            lines = {line for line in exercise.message.splitlines() if line.startswith(_MEANS)}
            seen.setdefault(exercise.id, Counter()).update(lines)
        for name, counts in seen.items():
            ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
            for place, (line, times) in enumerate(ranked[:_MISTAKES]):
                title = as_text(f"{name} {exercise_title(name)}") if place == 0 else ""
                share = f"{times} of {missed[name]}"
                rows.append((title, as_prose(line.removeprefix(_MEANS)), share))
    said = (
        "<p>What the messages say most often, and in how many of the answers that did not pass."
        f"</p>{_table(('Exercise', 'It means', 'Answers'), rows, numbers=1)}"
        if rows
        else "<p>No message names a mistake.</p>"
    )
    return f"<section><h2>The commonest mistakes</h2>{said}</section>"


def _scores(lessons):
    said = []
    for lesson, group in lessons.items():
        median = statistics.median(grade.score for grade in group)
        said.append(f"lesson {lesson}: median {median:g} of {_most(group):g}, n = {len(group)}")
    alt = f"Submissions by score, one panel for each lesson. {'; '.join(said)}."
    return f"<section><h2>Scores</h2>{_figure(_draw_scores, alt, lessons)}</section>"


def _times(lessons):
    said = []
    for lesson, group in lessons.items():
        seconds = [grade.seconds for grade in group]
        middle = statistics.median(seconds)
        said.append(f"lesson {lesson}: median {middle:.1f} s, longest {max(seconds):.1f} s")
    alt = f"Grading time of each submission, in seconds. {'; '.join(said)}."
    return f"<section><h2>Grading time</h2>{_figure(_draw_times, alt, lessons)}</section>"


def _draw_success(plt, lesson, tallies, most):
    height = 1 + 0.55 * len(tallies)
    fig, ax = plt.subplots(figsize=(9, height), layout="none")
    # In inches, so that bars of equal length mean equal numbers in all figures.
    fig.subplots_adjust(left=0.33, right=0.98, bottom=0.6 / height, top=1 - 0.35 / height)
    rows = range(len(tallies))
    left = [0] * len(tallies)
    for verdict in VERDICTS:
        icon, _, colour = LOOKS[verdict]
        widths = [tally[verdict] for tally in tallies.values()]
        ax.barh(rows, widths, left=left, color=colour, edgecolor=_INK, linewidth=0.5, height=0.6)
        for row, width in zip(rows, widths, strict=True):
            if width > 0.07 * most:  # a narrower segment has no room for its number
                centre = left[row] + width / 2
                ax.text(centre, row, f"{icon} {width}", ha="center", va="center", color="black")
        left = [start + width for start, width in zip(left, widths, strict=True)]
    ax.set_yticks(rows, [_label(name) for name in tallies])
    ax.set(xlim=(0, most), xlabel="submissions", title=lesson_title(lesson))
    ax.invert_yaxis()
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.grid(visible=False, axis="y")
    return fig


def _draw_scores(plt, lessons):
    columns = min(3, len(lessons))
    rows = -(-len(lessons) // columns)
    fig, axes = plt.subplots(
        rows, columns, figsize=(3 * columns, 2.4 * rows), sharey=True, squeeze=False
    )
    for ax, (lesson, group) in zip(axes.flat, lessons.items(), strict=False):
        scores, most = [grade.score for grade in group], _most(group)
        edges = [point - 0.5 for point in range(round(most) + 2)]
        ax.hist(scores, bins=edges, color="#56B4E9", rwidth=0.9)
        median = statistics.median(scores)
        ax.axvline(median, color=_INK, linestyle="--")
        ax.set_title(f"Lesson {lesson} · median {median:g} of {most:g}", fontsize=11)
        ax.set_xlabel("points")
        ax.xaxis.get_major_locator().set_params(integer=True)
        ax.yaxis.get_major_locator().set_params(integer=True)
    for ax in axes[:, 0]:
        ax.set_ylabel("submissions")
    for ax in axes.flat[len(lessons) :]:
        ax.set_axis_off()
    return fig


def _draw_times(plt, lessons):
    fig, ax = plt.subplots(figsize=(9, 1.1 + 0.6 * len(lessons)))
    most = max(grade.seconds for group in lessons.values() for grade in group)
    for row, group in enumerate(lessons.values()):
        seconds = [grade.seconds for grade in group]
        # Spread the dots of a lesson over its row in a fixed pattern to limit overlap.
        heights = [row + 0.5 * ((place * 0.618 + 0.5) % 1 - 0.5) for place in range(len(seconds))]
        ax.scatter(seconds, heights, s=26, color="#56B4E9", alpha=0.7, linewidths=0, zorder=3)
        median = statistics.median(seconds)
        ax.plot([median, median], [row - 0.35, row + 0.35], color=_INK)
        side = "right" if median > most / 2 else "left"
        ax.annotate(f" median {median:.1f} s ", (median, row - 0.36), ha=side)
    ax.set_yticks(range(len(lessons)), [f"Lesson {lesson}" for lesson in lessons])
    ax.set_ylim(len(lessons) - 0.4, -0.8)
    ax.set_xlim(0, 1.05 * most or 1)
    ax.set_xlabel("seconds per submission")
    ax.grid(visible=False, axis="y")
    return fig


def _figure(draw, alt, *arguments):
    """Draw a figure and embed it as SVG, so that it is sharp and follows the theme."""
    import matplotlib.pyplot as plt

    from tlcourse.plots import use_style

    with plt.rc_context():
        use_style()
        plt.rcParams.update(dict.fromkeys(_COLOURED, _INK))
        plt.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "tlcourse"})
        plt.rcParams["text.parse_math"] = False  # show a "$" in a name as it is
        plt.rcParams.update({"grid.color": "#7F7F7F", "grid.alpha": 0.3})
        fig = draw(plt, *arguments)
        stored = io.StringIO()
        fig.savefig(stored, format="svg", transparent=True, metadata={"Date": None})
        plt.close(fig)
    svg = stored.getvalue().replace(_INK, "currentColor")
    head, mark, rest = svg[svg.index("<svg") :].partition("<defs>")
    coded = base64.b64encode(f"{head}{_THEMES}{mark}{rest}".encode()).decode()
    source = f"data:image/svg+xml;base64,{coded}"
    return f'<figure><img src="{source}" alt="{as_text(alt)}"></figure>'


def _answers(group):
    return [exercise for grade in group for exercise in grade.exercises]


def _tallies(group):
    """Count the verdicts of each exercise of a lesson."""
    tallies = {}
    for exercise in sorted(_answers(group), key=lambda exercise: exercise.id):
        tallies.setdefault(exercise.id, Counter())[exercise.verdict] += 1
    return tallies


def _most(group):
    return max(grade.max for grade in group)


def _in_words(tally):
    return ", ".join(f"{tally[verdict]} {verdict}" for verdict in VERDICTS if tally[verdict])


def _label(exercise_id):
    return f"{exercise_id}\n{textwrap.fill(exercise_title(exercise_id), 34)}".strip()


def _count(n, thing):
    return f"{n} {thing}" if n == 1 else f"{n} {thing}s"


def _table(names, rows, *, numbers=0):
    """Make a table of HTML rows; right-align the last `numbers` columns."""
    kinds = [""] * (len(names) - numbers) + [' class="number"'] * numbers
    lines = [f"<tr>{''.join(map('<th{}>{}</th>'.format, kinds, names))}</tr>"]
    lines += [f"<tr>{''.join(map('<td{}>{}</td>'.format, kinds, row))}</tr>" for row in rows]
    return f"<table>{''.join(lines)}</table>"
