"""Tables say what the grades say, in the columns that gradebooks read, and hold no formula."""

import csv

import pytest

from tlcourse.grading import ExerciseGrade, SubmissionGrade
from tlcourse.grading.reports.tables import write_tables


def grade(student, lesson, points, *, error=None):
    exercises = tuple(
        ExerciseGrade(f"{lesson}.{place}", earned, 2, "passed" if earned == 2 else "wrong", "")
        for place, earned in enumerate(points, 1)
    )
    return SubmissionGrade(student, lesson, exercises, 1.0, error)


GRADES = [
    grade("s02", "04", [2, 1.5, 0]),
    grade("s02", "00", [2]),
    grade("s01", "04", [2, 2, 2]),
    grade("s03", "00", [0], error="no notebook, but a picture"),
]


@pytest.fixture
def tables(tmp_path):
    def read(grades, roster=None):
        paths = write_tables(tmp_path / "new", grades, roster)
        assert [path.name for path in paths] == ["grades.csv", "canvas.csv", "moodle.csv"]
        assert sorted(paths) == sorted((tmp_path / "new").iterdir())
        found = []
        for path in paths:
            with path.open(encoding="utf-8", newline="") as file:
                found.append(list(csv.reader(file, strict=True)))
            assert len({len(row) for row in found[-1]}) == 1
        return found

    return read


def test_a_row_for_each_student_and_lesson(tables):
    rows, _, _ = tables(GRADES, ["s04", "s02"])
    assert rows == [
        ["student", "lesson", "00.1", "04.1", "04.2", "04.3", "score", "max", "error"],
        ["s04", "00", "", "", "", "", "", "2", ""],
        ["s04", "04", "", "", "", "", "", "6", ""],
        ["s02", "00", "2", "", "", "", "2", "2", ""],
        ["s02", "04", "", "2", "1.5", "0", "3.5", "6", ""],
        ["s01", "00", "", "", "", "", "", "2", ""],
        ["s01", "04", "", "2", "2", "2", "6", "6", ""],
        ["s03", "00", "0", "", "", "", "0", "2", "no notebook, but a picture"],
        ["s03", "04", "", "", "", "", "", "6", ""],
    ]


def test_what_canvas_imports(tables):
    _, rows, _ = tables(GRADES, ["s04"])
    assert rows == [
        ["Student", "ID", "SIS Login ID", "Section", "Lesson 00", "Lesson 04"],
        ["Points Possible", "", "", "", "2", "6"],
        ["s04", "", "s04", "", "", ""],
        ["s01", "", "s01", "", "", "6"],
        ["s02", "", "s02", "", "2", "3.5"],
        ["s03", "", "s03", "", "0", ""],
    ]


def test_what_moodle_imports(tables):
    _, _, rows = tables(GRADES, ["s04"])
    assert rows == [
        ["Username", "Lesson 00", "Lesson 04"],
        ["s04", "", ""],
        ["s01", "", "6"],
        ["s02", "2", "3.5"],
        ["s03", "0", ""],
    ]


def test_without_a_roster_those_who_handed_in_are_listed(tables):
    _, _, rows = tables(iter(GRADES))
    assert [row[0] for row in rows] == ["Username", "s01", "s02", "s03"]


def test_a_name_that_is_twice_on_the_roster_is_one_student(tables):
    assert [row[0] for row in tables(GRADES[:1], ["s02", "s05", "s02"])[2][1:]] == ["s02", "s05"]


def test_a_class_that_has_handed_in_nothing(tables):
    rows, canvas, moodle = tables([], ["s01"])
    assert rows == [["student", "lesson", "score", "max", "error"], ["s01", "", "", "", ""]]
    assert canvas[2:] == [["s01", "", "s01", ""]]
    assert moodle == [["Username"], ["s01"]]


def test_a_broken_notebook_does_not_change_what_a_lesson_is_worth(tables):
    broken = SubmissionGrade("s09", "04", (), error="broken")
    rows, canvas, _ = tables([broken, *GRADES])
    assert canvas[1][-1] == "6"
    assert ["s09", "04", "", "", "", "", "0", "6", "broken"] in rows


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "＝", "\t="])
def test_no_cell_is_a_formula(tables, start):
    name = f"{start}cmd|'/c calc'!A1"
    for table in tables([grade(name, "00", [2], error=name)], [f"{name}2"]):
        cells = [cell for row in table for cell in row]
        assert f"'{name}" in cells
        assert f"'{name}2" in cells
        assert not any(cell.strip()[:1] in tuple("=+-@＝") for cell in cells if cell)


def test_other_text_stays_as_it_is(tables):
    names = ["a=b", "x-1", "'=quoted", 'say "hi", you;\nthere', "Ada Å", "007"]
    for table in tables([grade(name, "00", [2]) for name in names]):
        assert set(names) <= {row[0] for row in table}


def test_names_that_no_table_can_hold_stay_apart(tables):
    rows = tables([grade(name, "00", [2]) for name in ("\udcff", "\udcfe")])[2]
    assert [row[0] for row in rows[1:]] == [r"\udcfe", r"\udcff"]


def test_no_student_sets_the_points_possible(tables):
    canvas = tables([grade("    Points Possible", "00", [0])])[1]
    assert [row[0] for row in canvas] == ["Student", "Points Possible", ""]
    assert canvas[2][2] == "    Points Possible"


def test_points_are_rounded_to_what_gradebooks_show(tables):
    points = [2 / 3, 1 / 3, 0.1]
    rows, canvas, _ = tables([grade("s01", "00", points)])
    assert rows[1][2:6] == ["0.67", "0.33", "0.1", "1.1"]
    assert canvas[2][-1] == "1.1"
    whole = SubmissionGrade("s01", "00", (ExerciseGrade("00.1", 0, 12345670, "wrong", ""),))
    assert tables([whole])[1][1:] == [
        ["Points Possible", "", "", "", "12345670"],
        ["s01", "", "s01", "", "0"],
    ]


def test_what_cannot_be(tmp_path):
    with pytest.raises(ValueError, match="got two for 's02' and lesson '04'"):
        write_tables(tmp_path, [GRADES[0], GRADES[0]])
    with pytest.raises(TypeError, match=r"`roster` must be a list of names.*; got 's01'"):
        write_tables(tmp_path, [], "s01")
    assert list(tmp_path.iterdir()) == []
