"""The report on a class: its numbers by hand, its pictures' words, and classes of any size."""

import base64
import html.parser
import re
import xml.etree.ElementTree as ET

import pytest

from tlcourse.grading import ExerciseGrade, SubmissionGrade
from tlcourse.grading.reports.class_report import write_class_report

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>$x_$"


class Parsed(html.parser.HTMLParser):
    """Tables as lists of rows of texts, pictures with their words, tags and headings."""

    def __init__(self, path):
        super().__init__()
        self.tags, self.tables, self.pictures, self.text, self.in_cell = [], [], [], "", False
        self.feed(path.read_text("utf-8"))
        self.close()

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.append(tag)
        if tag == "table":
            self.tables.append([])
        if tag == "tr":
            self.tables[-1].append([])
        if tag in ("td", "th"):
            self.tables[-1][-1].append("")
            self.in_cell = True
        if tag == "img":
            assert attrs["src"].startswith("data:image/svg+xml;base64,")
            assert set(attrs) == {"src", "alt"}
            self.pictures.append((attrs["alt"], _words(attrs["src"])))

    def handle_endtag(self, tag):
        self.in_cell = self.in_cell and tag not in ("td", "th")

    def handle_data(self, data):
        if self.in_cell:
            self.tables[-1][-1][-1] += data
        self.text += data


def _words(source):
    """The texts of a picture, which is SVG."""
    svg = base64.b64decode(source.partition(",")[2])
    root = ET.fromstring(svg)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert b"#123456" not in svg  # the theme gives that colour
    return ["".join(node.itertext()) for node in root.iter("{http://www.w3.org/2000/svg}text")]


def grade(student, verdicts, *, lesson="01", seconds=1.0, message="", error=None):
    exercises = tuple(
        ExerciseGrade(f"{lesson}.{place}", 2 * (verdict == "passed"), 2, verdict, message)
        for place, verdict in enumerate(verdicts, 1)
    )
    return SubmissionGrade(student, lesson, exercises, seconds, error)


@pytest.fixture
def report(tmp_path):
    def write(grades):
        write_class_report(tmp_path / "report.html", grades)
        return Parsed(tmp_path / "report.html")

    return write


def test_verdicts_are_counted(report):
    parsed = report(
        [
            grade("s01", ["passed", "wrong"]),
            grade("s02", ["passed", "raised"]),
            grade("s03", ["stopped", "missing"]),
            grade("s04", ["missing", "missing"], error="broken"),
            grade("s01", ["not attempted"], lesson="00"),
        ]
    )
    assert parsed.tables[0] == [
        ["Exercise", "Title", "passed", "not attempted", "wrong", "raised", "stopped", "missing"],
        ["00.1", "Accuracy", "0", "1", "0", "0", "0", "0"],
        ["01.1", "Draw k shots per class", "2", "0", "0", "0", "1", "0"],
        ["01.2", "A mean and its interval", "0", "0", "1", "1", "0", "1"],
    ]
    assert "5 submissions by 4 students for 2 lessons. 1 of them could not be graded" in parsed.text
    alt, words = parsed.pictures[1]
    assert alt.startswith("Lesson 01 · What transfers, answers by verdict. ")
    assert "01.1: 2 passed, 1 stopped; 01.2: 1 wrong, 1 raised, 1 missing." in alt
    assert {"✓ 2", "■ 1", "✗ 1", "! 1", "? 1"} <= set(words)
    assert "○ 1" in parsed.pictures[0][1]


def test_the_commonest_mistakes(report):
    said = ["c", "b", "a", "b", "d", "c", "b", "e"]
    grades = [
        grade(f"s{n}", ["wrong"], message=f"Seen: {n}\nIt means: this is `{name}`.\nLook at: it.")
        for n, name in enumerate(said)
    ]
    grades += [grade("t1", ["passed"]), grade("t2", ["raised"], message="Seen: no meaning")]
    table = report(grades).tables[1]
    assert table == [
        ["Exercise", "It means", "Answers"],
        ["01.1 Draw k shots per class", "this is b.", "3 of 9"],
        ["", "this is c.", "2 of 9"],
        ["", "this is a.", "1 of 9"],
    ]


def test_no_mistake_to_name(report):
    parsed = report([grade("s01", ["passed"])])
    assert "No message names a mistake." in parsed.text
    assert len(parsed.tables) == 1


def test_scores_and_seconds_are_told_in_words_too(report):
    grades = [
        grade("s01", ["passed", "passed"], seconds=3.0),
        grade("s02", ["passed", "wrong"], seconds=5.0),
        grade("s03", ["passed", "wrong"], seconds=13.0),
        grade("s04", ["wrong", "wrong"], seconds=90.0, error="it could not be tried"),
    ]
    _, scores, times = report(grades).pictures
    assert scores[0].endswith("lesson 01: median 2 of 4, n = 3.")
    assert "Lesson 01 · median 2 of 4" in scores[1]
    assert times[0].endswith("lesson 01: median 5.0 s, longest 13.0 s.")
    assert "median 5.0 s" in [word.strip() for word in times[1]]


def test_what_could_not_be_graded(report):
    parsed = report([grade("s01", [], error="no <JSON>")])
    assert parsed.tables == [[["Student", "Lesson", "Why"], ["s01", "01", "no <JSON>"]]]
    assert parsed.pictures == []


def test_nothing_graded_yet(report):
    parsed = report([])
    assert "No submission has been graded yet." in parsed.text
    assert parsed.pictures == parsed.tables == []


@pytest.mark.parametrize("n", [1, 200])
def test_a_class_of_any_size(report, n):
    verdicts = ["passed", "wrong", "raised", "passed"]
    grades = [
        grade(f"s{k}", [verdicts[k % 4]] * 3, lesson=f"{lesson:02}", seconds=0.0)
        for k in range(n)
        for lesson in range(5)
    ]
    parsed = report(iter(grades))
    assert len(parsed.pictures) == 5 + 2
    assert sum(int(cell) for cell in parsed.tables[0][1][2:]) == n


def test_what_comes_from_a_student_stays_text(report):
    mistake = f"It means: {HOSTILE} `{HOSTILE}`"
    bad = [grade(HOSTILE, ["wrong"], lesson="'\"><b>$x_$", message=mistake)]
    bad += [grade(name, [], error=f"{HOSTILE}\x1b") for name in (HOSTILE, "\udcff\x00")]
    good = [grade("x", ["wrong"], lesson="x", message="It means: a `b`")]
    good += [grade(name, [], error="c") for name in "xy"]
    parsed = report(bad)
    assert parsed.text.count(HOSTILE) == 2 + 1 + 2  # in a mistake, as a name, in an error
    assert "Lesson '\"><b>$x_$" in parsed.pictures[0][1]
    assert parsed.pictures[0][0].startswith("Lesson '\"><b>$x_$, ")
    assert parsed.tags == report(good).tags
    assert "script" not in parsed.tags


def test_it_needs_no_other_file(report, tmp_path):
    tags = report([grade("s01", ["passed"])]).tags
    assert not {"script", "link", "iframe", "object"} & set(tags)
    page = (tmp_path / "report.html").read_text("utf-8")
    assert not re.search(r"https?:|url\(|@import", page)
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_the_same_class_gives_the_same_page(report, tmp_path):
    grades = [grade("s01", ["passed"]), grade("s02", ["wrong"])]
    report(grades)
    first = (tmp_path / "report.html").read_bytes()
    report(grades[::-1])
    assert (tmp_path / "report.html").read_bytes() == first


def test_the_figures_of_the_caller_keep_their_style(report):
    import matplotlib.pyplot as plt

    before = dict(plt.rcParams), plt.get_fignums()
    report([grade("s01", ["passed"])])
    assert (dict(plt.rcParams), plt.get_fignums()) == before
