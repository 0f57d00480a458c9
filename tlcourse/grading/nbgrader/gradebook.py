"""Write grades to nbgrader's gradebook; nbgrader itself is imported when one is opened."""

import json
from contextlib import contextmanager

import nbformat

from tlcourse.errors import BadArgument, CourseError
from tlcourse.exercises import cell_ids, lesson_files
from tlcourse.grading.nbgrader.course import COURSE_ID
from tlcourse.grading.nbgrader.manifest import Manifest, make_manifest
from tlcourse.lessons import find_lesson

__all__ = ["Gradebook", "GradebookError"]

# Advice to add to a database's own message.
_HELP = {
    "locked": "Another program is writing to it: close that program, or grade again in a moment.",
    "readonly": "Make the file and its folder writable, or choose another gradebook.",
    "unable to open": "Its folder must exist and be writable.",
    "is full": "Free some disk space and grade again.",
    "not a database": "Choose another file; this one is left unchanged.",
}


class GradebookError(CourseError):
    """The gradebook cannot be used, or does not match the grades to be written."""


class Gradebook:
    """Grades in nbgrader's own database.

    Points become nbgrader's automatic score of the check cell, messages its automatic comment on
    the solution cell. Manual scores, comments and extra credit stay and take precedence, as in
    nbgrader; when the automatic score below a manual one changes, the grade is marked for review.
    Cells that need manual grading stay marked for it.

    Args:
        url: str, database URL for SQLAlchemy, such as "sqlite:///course/gradebook.db". A missing
            file is created. Add `?timeout=60` to wait more than 5 s while others write.
        course_id: str, the course's name in `nbgrader_config.py`.

    Raises:
        BadArgument: if `url` is not a database URL.
        GradebookError: if nbgrader is not installed, or the database cannot be opened, is not a
            gradebook, or was made by another version of nbgrader.
    """

    def __init__(self, url, *, course_id=COURSE_ID):
        try:
            from nbgrader import api
        except ImportError as error:
            raise GradebookError(
                'a gradebook needs nbgrader; run: pip install "tlcourse[instructor]"'
            ) from error
        engine = _engine(url)
        self._book = None
        self._name = engine.url.render_as_string(hide_password=True)
        with self._one_line():
            self._look(engine)
            self._book = api.Gradebook(url, course_id)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    def close(self):
        """Close the database."""
        self._book.close()

    def add_release(self, released):
        """Add lessons as assignments, with the points of their cells.

        Existing assignments are updated. Once a lesson has submissions, its points can still
        change but its cells cannot, since their grades would be lost.

        Args:
            released: `Manifest`, or iterable of lesson ids.

        Raises:
            UnknownName: if a lesson does not exist.
            GradebookError: if a lesson differs from the manifest, its cells can no longer change,
                or the database fails.
        """
        manifest = released if isinstance(released, Manifest) else make_manifest(released)
        for lesson in manifest.lessons:
            now = make_manifest([lesson.id]).lessons[0]
            if (now.notebook, now.exercises) != (lesson.notebook, lesson.exercises):
                raise GradebookError(
                    f"lesson {lesson.id} has different exercises or points than at its release;"
                    f" install tlcourse {manifest.version}, or release it again."
                )
        with self._one_line():
            for lesson in manifest.lessons:
                self._add_lesson(lesson)

    def write(self, grade):
        """Write the grades of one submission; writing the same grades again changes nothing.

        Student and submission are created if missing. Write again to complete an interrupted
        write.

        Args:
            grade: `SubmissionGrade`.

        Raises:
            UnknownName: if the lesson does not exist.
            GradebookError: if the student's id cannot be stored, an exercise is not in the
                gradebook or has different points there, or the database fails.
        """
        name = find_lesson(grade.lesson).path.stem
        if not grade.student.isprintable() or not 0 < len(grade.student) <= 128:
            raise GradebookError(f"a student is text of 1 to 128 letters; got {grade.student!r}.")
        with self._one_line():
            self._check(grade, name)
            self._book.update_or_create_student(grade.student)
            # Otherwise SQLAlchemy warns about how nbgrader builds a submission.
            with self._book.db.no_autoflush:
                self._book.update_or_create_submission(name, grade.student)
            for exercise in grade.exercises:
                check, solution = cell_ids(exercise.id)
                entry = self._book.find_grade(check, name, name, grade.student)
                if entry.auto_score != exercise.points:
                    entry.auto_score = exercise.points
                    entry.needs_manual_grade = entry.manual_score is not None
                elif entry.manual_score is None:
                    entry.needs_manual_grade = False
                comment = self._book.find_comment(solution, name, name, grade.student)
                comment.auto_comment = _storable(exercise.message or grade.error or "")
            self._mark_prose(grade, name)
            self._book.db.commit()

    def _mark_prose(self, grade, name):
        """Mark answers in prose until a person has graded them."""
        checks = {cell_ids(exercise.id)[0] for exercise in grade.exercises}
        cells = {cell.name for cell in self._book.find_notebook(name, name).grade_cells}
        for prose in cells - checks:
            entry = self._book.find_grade(prose, name, name, grade.student)
            entry.needs_manual_grade = entry.manual_score is None

    def _look(self, engine):
        """Refuse a database that this nbgrader must not touch; mark a new one with its version.

        nbgrader itself runs a program to find the version. It fails if this Python's environment
        is not active, and then leaves an incomplete gradebook.
        """
        import nbgrader
        import sqlalchemy
        from alembic.runtime.migration import MigrationContext
        from alembic.script import ScriptDirectory
        from nbgrader.dbutil import ALEMBIC_DIR

        versions = ScriptDirectory(ALEMBIC_DIR)
        try:
            with engine.begin() as connection:
                context = MigrationContext.configure(connection)
                if not sqlalchemy.inspect(connection).get_table_names():
                    context.stamp(versions, "head")
                found = context.get_current_revision()
        finally:
            engine.dispose()
        if found is None:
            raise GradebookError(f"the database {self._name} is not a gradebook; choose another.")
        if found not in {version.revision for version in versions.walk_revisions()}:
            raise GradebookError(
                f"the gradebook {self._name} was made by a newer nbgrader than"
                f" {nbgrader.__version__} (its version {found} is unknown); install that one."
            )
        if found != versions.get_current_head():
            raise GradebookError(
                f"the gradebook {self._name} was made by an older nbgrader; back it up, then run"
                " `nbgrader db upgrade` in the course's folder."
            )

    def _add_lesson(self, lesson):
        book, name = self._book, lesson.name
        notebook = _as_nbgrader_keeps_it(lesson)
        cells = [c for c in notebook.cells if "checksum" in c.metadata.get("nbgrader", {})]
        ids = tuple(
            {cell.metadata.nbgrader.grade_id for cell in cells if cell.metadata.nbgrader[kind]}
            for kind in ("grade", "solution")
        )
        assignment = book.update_or_create_assignment(name)
        there = next((one for one in assignment.notebooks if one.name == name), None)
        if there and ids != (
            {cell.name for cell in there.grade_cells},
            {cell.name for cell in there.solution_cells},
        ):
            if there.submissions:
                raise GradebookError(
                    f"lesson {lesson.id} has different cells than in {self._name}, which has"
                    f" {len(there.submissions)} submissions of it; use a new gradebook."
                )
            book.remove_notebook(name, name)
        kernel = json.dumps(notebook.metadata.get("kernelspec", {}))
        book.update_or_create_notebook(name, name, kernelspec=kernel)
        for cell in cells:
            marks = cell.metadata.nbgrader
            where = (marks.grade_id, name, name)
            if marks.grade:
                book.update_or_create_grade_cell(
                    *where, max_score=float(marks.points), cell_type=cell.cell_type
                )
            if marks.solution:
                book.update_or_create_solution_cell(*where)
            book.update_or_create_source_cell(
                *where,
                cell_type=cell.cell_type,
                locked=bool(marks.grade or marks.locked) and not marks.solution,
                source=cell.source,
                checksum=marks.checksum,
            )

    def _check(self, grade, name):
        """Refuse a grade that the gradebook has no place for, before writing anything."""
        from nbgrader.api import MissingEntry

        for exercise in grade.exercises:
            check, solution = cell_ids(exercise.id)
            try:
                points = self._book.find_grade_cell(check, name, name).max_score
                self._book.find_solution_cell(solution, name, name)
            except MissingEntry as error:
                raise GradebookError(
                    f"{self._name} has no exercise {exercise.id}; add the release to it first."
                ) from error
            if points != exercise.max:
                raise GradebookError(
                    f"exercise {exercise.id} has {points:g} points in {self._name} and"
                    f" {exercise.max:g} in this grade; add the release to it again."
                )

    @contextmanager
    def _one_line(self):
        """Turn a database error into one line, and silence nbgrader's log of it."""
        import sqlalchemy
        from nbgrader.api import InvalidEntry, MissingEntry
        from tornado.log import app_log

        was, app_log.disabled = app_log.disabled, True
        try:
            yield
        except (sqlalchemy.exc.SQLAlchemyError, InvalidEntry, MissingEntry) as error:
            if self._book is not None:
                self._book.db.rollback()
            message = f"the gradebook {self._name} cannot be used: {_reason(error)}"
            raise GradebookError(message) from error
        finally:
            app_log.disabled = was


def _engine(url):
    import sqlalchemy

    try:
        shown = sqlalchemy.make_url(url).render_as_string(hide_password=True)
    except sqlalchemy.exc.ArgumentError as error:
        raise BadArgument(
            f"`url` must be a database URL, such as sqlite:///gradebook.db; got {url!r}."
        ) from error
    try:
        return sqlalchemy.create_engine(url)
    except ImportError as error:
        raise GradebookError(
            f"the gradebook {shown} cannot be used: {error}. Install its database driver."
        ) from error
    except (sqlalchemy.exc.ArgumentError, ValueError, TypeError) as error:
        why = " ".join(str(error).split())
        raise BadArgument(f"`url` must be a database URL; got {shown}: {why}.") from error


def _reason(error):
    """Return the database's own message in one line, and advice."""
    # nbgrader wraps what SQLAlchemy wraps around the driver's message.
    said = getattr(error, "orig", None) or getattr(error.__context__, "orig", None)
    words = " ".join(str(said or error).split()).rstrip(".?!")
    advice = [advice for sign, advice in _HELP.items() if sign in words]
    if said and not advice:
        advice = ["Check that the server runs and that its address and name are right."]
    return " ".join([f"{words}.", *advice[:1]])


def _storable(text):
    """Escape what some databases reject: lone surrogates and null characters."""
    text = text.replace("\0", "\\x00")
    return text.encode("utf-8", "backslashreplace").decode("utf-8") or None


def _as_nbgrader_keeps_it(lesson):
    """Return the source as `nbgrader generate_assignment` stores it: hidden tests, no solutions."""
    from nbgrader.preprocessors import ClearSolutions, ComputeChecksums

    notebook = nbformat.read(lesson_files()[lesson.id], as_version=4)
    for step in (ClearSolutions, ComputeChecksums):
        notebook, _ = step().preprocess(notebook, {})
    return notebook
