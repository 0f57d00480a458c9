"""Grades reach nbgrader's gradebook as nbgrader itself would enter them, and stay."""

import dataclasses
import os
import sqlite3
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from traitlets.config.loader import PyFileConfigLoader

from tlcourse.errors import BadArgument, CourseError, UnknownName
from tlcourse.exercises.source import lesson_files
from tlcourse.grading import ExerciseGrade, SubmissionGrade
from tlcourse.grading.nbgrader.course import release
from tlcourse.grading.nbgrader.gradebook import Gradebook, GradebookError
from tlcourse.grading.nbgrader.manifest import make_manifest

NAME = "04_feature_extraction"
# For nbgrader's own, while it is imported.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "gradebook.db"


@pytest.fixture
def url(path):
    return f"sqlite:///{path}?timeout=0.05"  # a lock that stays need not be waited for


@pytest.fixture
def book(url):
    """A gradebook with lesson 04 in it."""
    with Gradebook(url) as book:
        book.add_release(["04"])
        yield book


@pytest.fixture
def theirs(url, book):
    """Function that opens the same gradebook with nbgrader."""
    from nbgrader.api import Gradebook as Theirs

    opened = []

    def open_it():
        opened.append(Theirs(url, "tlcourse"))
        return opened[-1]

    yield open_it
    for one in opened:
        one.close()


@pytest.fixture
def course(tmp_path, monkeypatch):
    """Function that makes lesson 90, whose exercises and cells may be chosen."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    monkeypatch.setattr("tlcourse.exercises.source.notebooks_dir", lambda: folder)

    def make(*cells):
        about = {"id": "90", "title": "Ninety", "minutes": 1}
        notebook = new_notebook(cells=cells, metadata={"tlcourse": about})
        for number, cell in enumerate(cells):
            cell["id"] = f"c{number}"
        nbformat.write(notebook, folder / "90_ninety.ipynb")

    return make


def marked(make, text, grade_id, *, points=None, solution=False):
    marks = {
        "schema_version": 3,
        "grade_id": grade_id,
        "grade": points is not None,
        "solution": solution,
        "locked": not solution,
        "task": False,
    }
    if points is not None:
        marks["points"] = points
    return make(text, metadata={"nbgrader": marks})


def exercise(number, points):
    return (
        marked(new_code_cell, "def f(): return 1", f"ex-90-{number}", solution=True),
        marked(new_code_cell, "check()", f"check-90-{number}", points=points),
    )


def ada(*points, message="Right.", student="ada"):
    """A submission of lesson 04 with these points of 2, 3 and 2, and none of 3 for the last."""
    exercises = tuple(
        ExerciseGrade(f"04.{number}", got, most, "passed" if got == most else "wrong", message)
        for number, (got, most) in enumerate(zip((*points, 0), (2, 3, 2, 3), strict=True), start=1)
    )
    return SubmissionGrade(student, "04", exercises)


def content(path):
    """All that is in the database, as SQL."""
    with sqlite3.connect(path) as connection:
        dump = sorted(connection.iterdump())
    connection.close()
    return dump


def run(path, sql):
    with sqlite3.connect(path) as connection:
        connection.execute(sql)
    connection.close()


def test_the_release_is_entered_as_nbgrader_enters_it(tmp_path, path, url, book):
    """Compare with what `nbgrader generate_assignment` writes, but for the random ids."""
    from nbgrader.api import Gradebook as Theirs
    from nbgrader.converters import GenerateAssignment
    from nbgrader.coursedir import CourseDirectory

    folder = tmp_path / "course"
    release(folder, lessons=["04"])
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}"):
        pass  # a new one: nbgrader alone would look for the program `alembic`
    config = PyFileConfigLoader("nbgrader_config.py", path=str(folder)).load_config()
    config.CourseDirectory.assignment_id = NAME
    config.CourseDirectory.release_directory = "by_nbgrader"
    GenerateAssignment(coursedir=CourseDirectory(config=config), config=config).start()

    def told(url):
        with Theirs(url, "tlcourse") as gradebook:
            notebook = gradebook.find_notebook(NAME, NAME)
            cells = (*notebook.grade_cells, *notebook.solution_cells, *notebook.source_cells)
            records = [(type(cell).__name__, *sorted(cell.to_dict().items())) for cell in cells]
            return (
                notebook.kernelspec,
                notebook.assignment.course_id,
                notebook.max_score,
                sorted([str(part) for part in one if part[0] != "id"] for one in records),
            )

    found = told(url)
    assert found == told(f"sqlite:///{folder / 'gradebook.db'}")
    assert found[2] == 13
    assert len(found[3]) == 5 + 5 + 9


def test_nbgrader_lists_lessons_and_roster(tmp_path):
    """What an instructor does after `release`: import the roster, look at the assignments."""
    from nbgrader.apps import NbGraderAPI
    from nbgrader.apps.dbapp import DbStudentImportApp

    folder = tmp_path / "course"
    made = release(folder, students=[{"id": "ada", "last_name": "Ö"}, "bob"])
    config = PyFileConfigLoader("nbgrader_config.py", path=str(folder)).load_config()
    with Gradebook(config.CourseDirectory.db_url) as book:
        book.add_release(made.manifest)
        api = NbGraderAPI(config=config)
        app = DbStudentImportApp(config=config)
        app.coursedir, app.authenticator = api.coursedir, api.authenticator
        app.extra_args = [str(folder / "students.csv")]
        app.course_id = "tlcourse"
        app.load_config_file = lambda **_: None  # ours is loaded
        app.start()
        book.write(ada(2, 0, 1, student="bob"))
    assignments = {one["name"]: one for one in api.get_assignments()}
    prose = {"00": 2, "01": 3, "04": 3}
    points = {
        lesson.name: sum(p for _, p in lesson.exercises) + prose[lesson.id]
        for lesson in made.manifest.lessons
    }
    assert {name: one["max_score"] for name, one in assignments.items()} == points
    assert assignments[NAME]["release_path"] == str(Path("release", NAME))
    students = {one["id"]: one for one in api.get_students()}
    assert set(students) == {"ada", "bob"}
    assert students["ada"]["last_name"] == "Ö"
    assert (students["ada"]["score"], students["bob"]["score"]) == (0, 3)


def test_points_and_messages_arrive(book, theirs):
    book.write(ada(2, 1.5, 0, message="Seen: half.\nMeans: é."))
    gradebook = theirs()
    submission = gradebook.find_submission(NAME, "ada")
    assert (submission.score, submission.max_score) == (3.5, 13)  # 3 of them for prose
    assert submission.needs_manual_grade
    prose = gradebook.find_grade("prose-04", NAME, NAME, "ada")
    assert (prose.auto_score, prose.needs_manual_grade) == (None, True)
    scores = [gradebook.find_grade(f"check-04-{n}", NAME, NAME, "ada") for n in (1, 2, 3)]
    assert [one.auto_score for one in scores] == [2, 1.5, 0]
    assert [one.manual_score for one in scores] == [None] * 3
    assert gradebook.find_comment("ex-04-2", NAME, NAME, "ada").comment == "Seen: half.\nMeans: é."


def test_a_submission_that_could_not_be_tried(book, theirs):
    nothing = [ExerciseGrade(f"04.{n}", 0, most, "missing", "") for n, most in ((1, 2), (2, 3))]
    kept = ExerciseGrade("04.3", 0, 2, "missing", "no cell")
    book.write(SubmissionGrade("ada", "04", (*nothing, kept), error="the file is no notebook"))
    gradebook = theirs()
    comments = [gradebook.find_comment(f"ex-04-{n}", NAME, NAME, "ada").comment for n in (1, 3)]
    assert comments == ["the file is no notebook", "no cell"]
    assert gradebook.find_submission(NAME, "ada").needs_manual_grade  # for the prose


def test_a_person_has_graded_the_prose(book, theirs):
    book.write(ada(2, 1, 0))
    gradebook = theirs()
    gradebook.find_grade("prose-04", NAME, NAME, "ada").manual_score = 2
    gradebook.db.commit()
    book.write(ada(2, 1, 0))
    submission = theirs().find_submission(NAME, "ada")
    assert (submission.score, submission.needs_manual_grade) == (5, False)


def test_the_same_again_changes_nothing(book, path):
    book.write(ada(2, 1, 0))
    before, bytes_before = content(path), path.read_bytes()
    book.write(ada(2, 1, 0))
    assert content(path) == before
    assert path.read_bytes() == bytes_before
    book.add_release(["04"])
    book.add_release(make_manifest(["04"]))
    assert content(path) == before


def test_a_new_grade_takes_the_place_of_the_old_one(book, theirs):
    book.write(ada(2, 1, 0))
    book.write(ada(0, 3, 2, message=""))
    gradebook = theirs()
    assert gradebook.find_submission(NAME, "ada").score == 5
    assert gradebook.find_comment("ex-04-1", NAME, NAME, "ada").comment is None
    assert len(gradebook.students) == 1
    assert len(gradebook.assignment_submissions(NAME)) == 1


def test_what_a_person_gave_stays_and_is_looked_at_again_when_points_change(book, theirs):
    book.write(ada(2, 1, 0))
    gradebook = theirs()
    grade = gradebook.find_grade("check-04-2", NAME, NAME, "ada")
    grade.manual_score, grade.extra_credit = 3, 0.5
    gradebook.find_comment("ex-04-2", NAME, NAME, "ada").manual_comment = "We talked."
    gradebook.db.commit()
    book.write(ada(2, 1, 0))
    gradebook.db.expire_all()
    assert not grade.needs_manual_grade
    book.write(ada(2, 2, 0))
    gradebook.db.expire_all()
    assert (grade.auto_score, grade.manual_score, grade.score) == (2, 3, 3.5)
    assert grade.needs_manual_grade
    book.write(ada(2, 2, 0))
    gradebook.db.expire_all()
    assert grade.needs_manual_grade  # until a person has looked
    comment = gradebook.find_comment("ex-04-2", NAME, NAME, "ada")
    assert (comment.comment, comment.auto_comment) == ("We talked.", "Right.")


def test_other_students_stay_as_they_are(book, theirs):
    gradebook = theirs()
    gradebook.add_student("bob", first_name="Bob", email="b@example.org")
    gradebook.add_student("ada", first_name="Ada", lms_user_id="7")
    book.write(ada(2, 1, 0))
    gradebook.db.expire_all()
    bob, found = gradebook.find_student("bob"), gradebook.find_student("ada")
    assert (bob.first_name, bob.email, bob.submissions) == ("Bob", "b@example.org", [])
    assert (found.first_name, found.lms_user_id, found.score) == ("Ada", "7", 3)


def test_an_answer_that_a_person_must_grade_stays_so(course, url, path):
    from nbgrader.api import Gradebook as Theirs

    why = marked(new_markdown_cell, "Because.", "why", points=4, solution=True)
    course(*exercise(1, 2), why)
    grade = SubmissionGrade("ada", "90", (ExerciseGrade("90.1", 2, 2, "passed", "Right."),))
    with Gradebook(url) as book:
        book.add_release(["90"])
        book.write(grade)
        book.write(grade)
    with Theirs(url, "tlcourse") as gradebook:
        submission = gradebook.find_submission("90_ninety", "ada")
        assert (submission.score, submission.max_score) == (2, 6)
        assert submission.needs_manual_grade
        free = gradebook.find_grade("why", "90_ninety", "90_ninety", "ada")
        assert (free.auto_score, free.needs_manual_grade) == (None, True)
        exercise_1 = gradebook.find_grade("check-90-1", "90_ninety", "90_ninety", "ada")
        assert not exercise_1.needs_manual_grade
        assert gradebook.find_notebook("90_ninety", "90_ninety").max_written_score == 4


def test_points_may_change_and_cells_only_before_there_are_submissions(course, url, path):
    from nbgrader.api import Gradebook as Theirs

    def most():
        with Theirs(url, "tlcourse") as gradebook:
            return gradebook.find_assignment("90_ninety").max_score

    course(*exercise(1, 2))
    with Gradebook(url) as book:
        book.add_release(["90"])
        course(*exercise(2, 5), *exercise(3, 1))
        book.add_release(["90"])
        assert most() == 6
        grades = ExerciseGrade("90.2", 5, 5, "passed", ""), ExerciseGrade("90.3", 0, 1, "wrong", "")
        book.write(SubmissionGrade("ada", "90", grades))
        course(*exercise(2, 8), *exercise(3, 1))
        book.add_release(["90"])
        assert most() == 9
        before = content(path)
        course(*exercise(2, 8))
        with pytest.raises(
            GradebookError, match=r"lesson 90 has different cells than .* 1 submissions"
        ):
            book.add_release(["90"])
        assert content(path) == before


def test_a_manifest_that_is_not_this_course_is_refused(url, path):
    made = make_manifest(["04"])
    first, *others = made.lessons[0].exercises
    old = dataclasses.replace(made.lessons[0], exercises=((first[0], 9), *others))
    with Gradebook(url) as book:
        before = content(path)
        with pytest.raises(
            GradebookError, match=r"lesson 04 has different .* install tlcourse 0\."
        ):
            book.add_release(dataclasses.replace(made, lessons=(old,)))
        assert content(path) == before


@pytest.mark.parametrize(
    ("grade", "message"),
    [
        (dataclasses.replace(ada(2, 1, 0), lesson="00"), r"has no exercise 04\.1; add the release"),
        (
            SubmissionGrade("ada", "04", (ExerciseGrade("04.9", 0, 1, "wrong", ""),)),
            r"has no exercise 04\.9",
        ),
        (
            SubmissionGrade("ada", "04", (ExerciseGrade("04.1", 3, 3, "passed", ""),)),
            r"exercise 04\.1 has 2 points in .* and 3 in this grade",
        ),
        (ada(0, 0, 0, student=""), "a student is text of 1 to 128 letters; got ''"),
        (ada(0, 0, 0, student="\udcff"), "a student is text"),
        (ada(0, 0, 0, student="a" * 129), "a student is text"),
    ],
)
def test_a_grade_without_a_place_is_refused_and_nothing_is_written(book, path, grade, message):
    before = content(path)
    with pytest.raises(GradebookError, match=message):
        book.write(grade)
    assert content(path) == before


def test_an_unknown_lesson(book):
    with pytest.raises(UnknownName, match="unknown lesson '77'"):
        book.add_release(["77"])
    with pytest.raises(UnknownName, match="unknown lesson '77'"):
        book.write(dataclasses.replace(ada(0, 0, 0), lesson="77"))


def test_a_message_of_any_text_is_stored(book, theirs):
    book.write(ada(0, 0, 0, message="a\0b \udcff é"))
    comment = theirs().find_comment("ex-04-1", NAME, NAME, "ada").comment
    assert comment == "a\\x00b \\udcff é"


def test_a_new_gradebook_has_nbgraders_own_version(path, book, monkeypatch):
    from nbgrader.api import get_alembic_version

    scripts = str(Path(sys.executable).parent)
    monkeypatch.setenv("PATH", os.pathsep.join([scripts, os.environ["PATH"]]))
    with sqlite3.connect(path) as connection:
        found = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    connection.close()
    assert found == [(get_alembic_version(),)]


def test_no_program_is_needed_to_make_one(url, monkeypatch, tmp_path):
    """The environment's folder of programs need not be on the PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with Gradebook(url) as book:
        book.add_release(["00"])


def test_without_nbgrader(url, path, monkeypatch):
    monkeypatch.setitem(sys.modules, "nbgrader", None)
    with pytest.raises(GradebookError, match=r'run: pip install "tlcourse\[instructor\]"$'):
        Gradebook(url)
    assert not path.exists()


def test_a_locked_file_is_said_and_loses_nothing(book, path, url, theirs, caplog):
    book.write(ada(2, 1, 0))
    before = content(path)
    lock = sqlite3.connect(path, isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    try:
        for attempt in (lambda: book.write(ada(0, 0, 0)), lambda: Gradebook(url)):
            with pytest.raises(GradebookError, match=r"database is locked\. Another program"):
                attempt()
    finally:
        lock.close()
    assert content(path) == before
    # A reader's lock lets us read, and stops us only where we write.
    for grade in (ada(0, 3, 0), ada(1, 1, 1, student="new")):
        reader = sqlite3.connect(path, isolation_level=None)
        reader.execute("BEGIN IMMEDIATE")
        with pytest.raises(GradebookError, match=r"database is locked\. Another program") as caught:
            book.write(grade)
        assert "\n" not in str(caught.value)
        reader.close()
        assert content(path) == before
    book.write(ada(0, 3, 0))  # the same gradebook goes on
    book.write(ada(1, 1, 1, student="new"))
    gradebook = theirs()
    assert [gradebook.find_submission(NAME, s).score for s in ("ada", "new")] == [3, 3]
    assert not caplog.records  # nbgrader would log a traceback


def test_a_write_that_was_interrupted_is_finished_by_writing_again(book, theirs, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(book._book, "find_comment", interrupted)
        with pytest.raises(KeyboardInterrupt):
            book.write(ada(2, 1, 0))
    assert theirs().find_submission(NAME, "ada").needs_manual_grade  # said to be unfinished
    book.write(ada(2, 1, 0))
    assert theirs().find_submission(NAME, "ada").score == 3


def test_a_file_that_may_not_be_written(book, path):
    before = content(path)
    with (
        Gradebook(f"sqlite:///file:{path}?mode=ro&uri=true") as readonly,
        pytest.raises(GradebookError, match=r"readonly database\. Make the file and its folder"),
    ):
        readonly.write(ada(2, 1, 0))
    assert content(path) == before


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere"
)
def test_a_folder_that_may_not_be_written(tmp_path):
    folder = tmp_path / "locked"
    folder.mkdir()
    folder.chmod(0o500)
    with pytest.raises(GradebookError, match=r"unable to open database file\. Its folder must"):
        Gradebook(f"sqlite:///{folder / 'gradebook.db'}")


@pytest.mark.parametrize("below", ["missing/gradebook.db", "file/gradebook.db", ""])
def test_a_place_that_is_none(tmp_path, below):
    (tmp_path / "file").write_text("x")
    with pytest.raises(GradebookError, match=r"unable to open database file\. Its folder must"):
        Gradebook(f"sqlite:///{tmp_path / below}")


def test_a_database_that_does_not_answer(monkeypatch):
    import sqlalchemy

    class Silent(type(sqlalchemy.create_engine("sqlite://").dialect)):
        def create_connect_args(self, url):
            return [], {}

        def connect(self, *_, **__):
            raise sqlite3.OperationalError("connection refused\n\tIs the server running?")

    monkeypatch.setitem(sqlalchemy.dialects.registry.impls, "silent", lambda: Silent)
    with pytest.raises(GradebookError) as caught:
        Gradebook("silent://ada:secret@db.example.org/grades")
    assert str(caught.value) == (
        "the gradebook silent://ada:***@db.example.org/grades cannot be used: connection refused Is"
        " the server running. Check that the server runs and that its address and name are right."
    )


def test_a_missing_driver_is_said_without_the_password():
    with pytest.raises(GradebookError, match="Install its database driver") as caught:
        Gradebook("mssql+pymssql://ada:secret@localhost/grades")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["gradebook.db", "", "nothing://x", "sqlite://x.db", "sqlite:///x?timeout=soon"]
)
def test_what_is_no_url(url):
    with pytest.raises(BadArgument, match="`url` must be a database URL") as caught:
        Gradebook(url)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"my notes, no database" * 100, "other tables"])
def test_what_is_no_gradebook_is_left_as_it_is(path, url, content):
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        run(path, "CREATE TABLE mine (x)")
    before = path.read_bytes()
    with pytest.raises(
        GradebookError, match=r"is not a database|is not a gradebook; choose another"
    ):
        Gradebook(url)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("version", "message"),
    [
        ("ffffffffffff", r"made by a newer nbgrader than .* \(its version ffffffffffff is unknown"),
        ("282d30a0218e", "made by an older nbgrader; .* `nbgrader db upgrade`"),
    ],
)
def test_a_gradebook_of_another_nbgrader_is_left_as_it_is(book, path, url, version, message):
    book.write(ada(2, 1, 0))
    run(path, f"UPDATE alembic_version SET version_num = '{version}'")
    run(path, "DROP TABLE comment")  # opening it must not make the tables of our version
    before = path.read_bytes()
    with pytest.raises(GradebookError, match=message):
        Gradebook(url)
    assert path.read_bytes() == before


def test_it_is_about_the_world():
    assert issubclass(GradebookError, CourseError)
    assert not issubclass(GradebookError, ValueError)
    assert lesson_files()["04"].stem == NAME
