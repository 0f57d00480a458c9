"""The roster as teachers have it, out of a spreadsheet."""

import pytest

from tlcourse.cli import main
from tlcourse.errors import BadArgument
from tlcourse.grading.nbgrader.roster import read_roster, roster_text


def test_a_spreadsheets_file_is_read_and_written_as_nbgrader_reads_it(tmp_path):
    path = tmp_path / "class.csv"
    path.write_bytes("\ufeffid,last_name\r\nada,Ünal\r\nbob\r\n".encode())
    found = read_roster(path)
    assert found == [{"id": "ada", "last_name": "Ünal"}, {"id": "bob", "last_name": ""}]
    assert roster_text(found) == (
        "id,first_name,last_name,email,lms_user_id\nada,,Ünal,,\nbob,,,,\n"
    )


def test_a_release_takes_it_and_then_leaves_it_alone(tmp_path, capsys):
    path, course = tmp_path / "class.csv", tmp_path / "course"
    path.write_text("id\nada\n")
    words = ["release", str(course), "--lessons", "00", "--students", str(path)]
    assert main(words) == 0
    assert "ada,,,," in (course / "students.csv").read_text()
    path.write_text("id\nbob\n")
    assert main(words) == 0
    assert "kept  students.csv" in capsys.readouterr().out
    assert "bob" not in (course / "students.csv").read_text()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"name\nada\n", r'must have a column "id" in its first line, and may have .*; got name'),
        (b"", r"got an empty file"),
        (b"id\n\xff\n", r"cannot be read: it is not UTF-8"),
        (None, r"cannot be read: No such file"),
    ],
)
def test_what_is_no_roster(tmp_path, content, message):
    path = tmp_path / "class.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadArgument, match=message):
        read_roster(path)
