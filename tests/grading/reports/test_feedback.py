"""A page says to a student what the grade says, to nobody else, and runs nothing of theirs."""

import html.parser
import re
from urllib.parse import unquote_to_bytes

import pytest

from tlcourse.exercises import find
from tlcourse.exercises.right_answer import solution_source
from tlcourse.grading import VERDICTS, ExerciseGrade, SubmissionGrade
from tlcourse.grading.reports.feedback import LOOKS, feedback_page, write_feedback
from tlcourse.grading.reports.page import as_text

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>&amp;"
EMPTY = {"meta", "img", "br"}


class Parsed(html.parser.HTMLParser):
    """The tags, attributes and text of a page, and whether each tag is closed where it must be."""

    def __init__(self, page):
        super().__init__()
        self.open_tags, self.tags, self.texts = [], [], []
        self.feed(page)
        self.close()
        assert self.open_tags == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in EMPTY:
            self.open_tags.append(tag)

    def handle_endtag(self, tag):
        assert self.open_tags.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open_tags:
            self.texts.append((tuple(self.open_tags), data))

    @property
    def text(self):
        return re.sub(r"\s+", " ", "".join(data for _, data in self.texts))

    def inside(self, tag):
        """The text of each innermost element of this name."""
        return [data for tags, data in self.texts if tags and tags[-1] == tag]


def exercise(exercise_id, verdict, message="", points=0, most=2):
    return ExerciseGrade(exercise_id, points, most, verdict, message)


@pytest.fixture
def class_of_two():
    return [
        SubmissionGrade(
            "s01",
            "01",
            (
                exercise("01.1", "passed", "Right.", 2),
                exercise("01.2", "wrong", "Seen: `x < 1`.\nIt means: half of it."),
                exercise("01.3", "not attempted"),
            ),
        ),
        SubmissionGrade("s01", "00", (exercise("00.1", "raised", "Seen: an Error", 0, 1),)),
        SubmissionGrade("s02", "00", (exercise("00.1", "passed", "Only for s02.", 1, 1),)),
    ]


def test_it_says_what_was_earned_and_why(class_of_two):
    parsed = Parsed(feedback_page("s01", class_of_two))
    assert "2 of 7 points · 1 of 4 exercises passed" in parsed.text
    assert [text.split(" ·")[0] for text in parsed.inside("h2")] == ["Lesson 00", "Lesson 01"]
    assert parsed.inside("h3") == [
        "00.1 Accuracy",
        "01.1 Draw k shots per class",
        "01.2 A mean and its interval",
        "01.3 Time to a given accuracy",
    ]
    assert "✗01.2 A mean and its intervalNot right yet · 0 of 2 points" in parsed.text
    assert "Seen: x < 1." in parsed.text
    assert "x < 1" in parsed.inside("code")
    assert {"Seen:", "It means:"} <= set(parsed.inside("strong"))


def test_nobody_elses_grades_are_on_it(class_of_two):
    assert "s02" not in feedback_page("s01", class_of_two)
    assert "Only for s02." in feedback_page("s02", class_of_two)


@pytest.mark.parametrize(
    ("verdict", "place"),
    [("not attempted", 1), ("missing", 1), ("wrong", 2), ("raised", 2), ("stopped", 2)],
)
def test_the_hint_to_read_next(verdict, place):
    grade = SubmissionGrade("s01", "01", (exercise("01.3", verdict),))
    text = Parsed(feedback_page("s01", [grade])).text
    hints = [hint.replace("`", "") for hint in find("01.3").hints]
    assert [hint in text for hint in hints] == [number + 1 == place for number in range(len(hints))]
    assert f"Hint {place} of {len(hints)}: {hints[place - 1]}" in text


def test_a_passed_exercise_needs_no_hint():
    grade = SubmissionGrade("s01", "01", (exercise("01.3", "passed", "", 2),))
    assert "Hint" not in feedback_page("s01", [grade])


def test_icon_and_word_say_the_verdict_without_colour():
    assert tuple(LOOKS) == VERDICTS
    for verdict, (icon, word, _) in LOOKS.items():
        parsed = Parsed(
            feedback_page("s01", [SubmissionGrade("s01", "x", (exercise("x.1", verdict),))])
        )
        assert icon in parsed.inside("span")
        assert word in parsed.inside("strong")
    for kind in zip(*LOOKS.values(), strict=True):
        assert len(set(kind)) >= 5  # "raised" and nothing else may share an icon or a colour


def test_a_submission_that_could_not_be_tried():
    broken = SubmissionGrade("s01", "00", (exercise("00.1", "missing"),), error="no <JSON> at all")
    parsed = Parsed(feedback_page("s01", [broken]))
    assert "What was wrong: no <JSON> at all" in parsed.text
    assert "What to do: Open the file in JupyterLab." in parsed.text
    assert "No answer found" not in parsed.text  # nobody looked for one


def test_solutions_only_when_asked_for(class_of_two):
    right = [solution_source(each).strip() for each in ("00.1", "01.1", "01.2", "01.3")]
    without = Parsed(feedback_page("s01", class_of_two))
    assert not any(source in data for source in right for _, data in without.texts)
    with_them = Parsed(feedback_page("s01", class_of_two, solutions=True))
    shown = ["".join(data for tags, data in with_them.texts if "pre" in tags)]
    assert [source in shown[0] for source in right] == [True, False, True, True]  # 01.1 is passed


def test_text_is_safe_inside_an_attribute_too():
    assert as_text("\"<'&") == "&quot;&lt;&#x27;&amp;"


def page_of(name, message, error):
    tried = SubmissionGrade(name, name, (exercise(name, "wrong", message),))
    return feedback_page(
        name, [tried, SubmissionGrade(name, "00", (), error=error)], solutions=True
    )


def test_what_comes_from_a_student_stays_text():
    page = page_of(HOSTILE, f"{HOSTILE}\nSeen: `{HOSTILE}`", f"{HOSTILE}\x1b[31m\udcff\x00")
    parsed = Parsed(page)
    assert parsed.tags == Parsed(page_of("x", "a\nSeen: `b`", "c")).tags
    assert parsed.text.count(HOSTILE) >= 7
    assert not re.search("[\x00\x1b\ud800-\udfff]", page)


def test_it_needs_no_other_file_and_runs_no_script(class_of_two):
    page = feedback_page("s01", class_of_two, solutions=True)
    parsed = Parsed(page)
    for tag, attributes in parsed.tags:
        assert tag not in ("script", "link", "iframe", "object", "base", "form")
        assert not any(name.startswith("on") or name in ("src", "srcset") for name in attributes)
        assert attributes.get("href", "#").startswith("#")
    assert "url(" not in page
    assert "@import" not in page
    rules = next(a["content"] for _, a in parsed.tags if "http-equiv" in a)
    assert rules.startswith("default-src 'none'")
    assert ("html", {"lang": "en"}) in parsed.tags
    assert "prefers-color-scheme: dark" in page


def test_a_link_leads_to_its_lesson(class_of_two):
    tags = Parsed(feedback_page("s01", class_of_two)).tags
    links = [attributes["href"] for tag, attributes in tags if tag == "a"]
    assert links == [f"#{attributes['id']}" for tag, attributes in tags if tag == "section"]
    assert len(links) == 2


def test_a_page_for_each_student(class_of_two, tmp_path):
    paths = write_feedback(tmp_path / "new" / "folder", class_of_two)
    assert sorted(paths) == ["s01", "s02"]
    assert paths["s01"] == tmp_path / "new" / "folder" / "s01.html"
    assert paths["s01"].read_text("utf-8") == feedback_page("s01", class_of_two)
    assert sorted(path.name for path in paths["s01"].parent.iterdir()) == ["s01.html", "s02.html"]


def test_solutions_are_handed_on(class_of_two, tmp_path):
    paths = write_feedback(tmp_path, iter(class_of_two), solutions=True)
    assert paths["s01"].read_text("utf-8") == feedback_page("s01", class_of_two, solutions=True)


ODD = [
    "../../x",
    "..",
    ".hidden",
    "a/b",
    "A/b",
    "a%2Fb",
    "Ada",
    "ada",
    "ADA",
    "%41da",
    "CON",
    "nul.x",
]
ODD += ["x\0y", "ö", "o\u0308", "\udcc3\udcb6", "<b>", 'q"', "a b", "é" * 80, "é" * 79 + "e"]


def test_file_names_are_safe_and_never_shared(tmp_path):
    inside = tmp_path / "deep" / "er" / "pages"
    paths = write_feedback(inside, [SubmissionGrade(name, "00", ()) for name in ODD])
    assert set(paths) == set(ODD)
    names = [path.name for path in paths.values()]
    assert all(path.parent == inside for path in paths.values())
    assert all(re.fullmatch(r"[\w%+~-][\w.%+~-]*\.html", name, re.ASCII) for name in names), names
    assert not any(re.match(r"(?i)(con|nul)\.", name) for name in names)
    assert max(map(len, names)) <= 255
    assert len({name.lower() for name in names}) == len(ODD)
    assert sorted(path.name for path in inside.iterdir()) == sorted(names)
    assert list(tmp_path.iterdir()) == [tmp_path / "deep"]
    for student, path in paths.items():
        if len(path.stem) < 180:
            assert unquote_to_bytes(path.stem).decode("utf-8", "surrogatepass") == student
    assert paths["../../x"].name == "%2E.%2F..%2Fx.html"


def test_no_grade_no_page(tmp_path):
    assert write_feedback(tmp_path, []) == {}
    assert "Nothing has been graded" in Parsed(feedback_page("s01", [])).text
