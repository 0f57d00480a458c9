"""What must be true of every source notebook as it is stored, and of the learner's copy of it."""

import base64
import getpass
import re
from pathlib import Path

import nbformat
import pytest

from tlcourse.exercises import for_lesson
from tlcourse.exercises.source import lesson_files, notebooks_dir
from tlcourse.lessons.claim import MIME_TYPE
from tlcourse.lessons.desk.views import learner_copy
from tlcourse.lessons.running.run_notebook import execute_notebook

LESSONS = lesson_files()
MOST_LINES, MOST_WORDS, MOST_BYTES = 25, 120, 60_000

# Folders of one machine. A web address is none: its slashes follow a letter or a slash.
_PATH = re.compile(
    r"(?<![\w/.])/(?:home|root|Users|tmp|var|usr|opt|mnt|srv|work|private|content)/\S*"
    r"|\b[A-Z]:\\\S*"
)
_REGION = re.compile(r"BEGIN SOLUTION\n(.*?)\n[^\n]*END SOLUTION", re.DOTALL)


@pytest.fixture(params=sorted(LESSONS))
def lesson_id(request):
    return request.param


@pytest.fixture
def notebook(lesson_id):
    return nbformat.read(LESSONS[lesson_id], as_version=nbformat.NO_CONVERT)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def marks(cell):
    return cell.metadata.get("nbgrader", {})


def outputs(notebook):
    return [(cell, output) for cell in code_cells(notebook) for output in cell.outputs]


def texts(output):
    """Everything in an output that is text."""
    yield output.get("text", "")
    for mime, content in output.get("data", {}).items():
        if not mime.startswith("image/") or mime == "image/svg+xml":
            yield str(content)


def number_of_words(prose):
    """Counts what a person reads as words: code and formulas are looked at, not read."""
    prose = re.sub(r"```.*?```|\$\$.*?\$\$|\$[^$]+\$|https?://\S+", " ", prose, flags=re.DOTALL)
    return sum(any(sign.isalpha() for sign in word) for word in prose.split())


def test_there_are_lessons_and_nothing_else():
    assert LESSONS
    assert sorted(LESSONS.values()) == sorted(notebooks_dir().glob("*.ipynb"))


def test_it_is_valid_and_its_cells_have_ids(notebook):
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # nbgrader's own, while it is imported
def test_nbgrader_accepts_its_marks(notebook):
    from nbgrader.nbgraderformat import MetadataValidator

    MetadataValidator().validate_nb(notebook)


def test_it_says_what_it_is(lesson_id, notebook):
    about = notebook.metadata.tlcourse
    assert about.id == lesson_id
    assert about.title.strip()
    assert isinstance(about.minutes, int)
    assert about.minutes > 0
    for name in ("formulas", "papers"):
        # Lesson 00 shows how the course works: it may do without either.
        assert about[name] or lesson_id == "00", name
        assert all(isinstance(line, str) and line.strip() for line in about[name]), name


def test_its_kernel_is_any_python(notebook):
    assert notebook.metadata.kernelspec.name == "python3"
    assert set(notebook.metadata) <= {"kernelspec", "language_info", "tlcourse"}
    assert set(notebook.metadata.get("language_info", ())) <= {
        "name",
        "file_extension",
        "mimetype",
        "nbconvert_exporter",
        "pygments_lexer",
        "codemirror_mode",
        "version",
    }


def test_each_exercise_has_a_question_a_solution_and_a_check(lesson_id, notebook):
    """Once each, with the points that the exercise gives; nothing else is marked."""
    marked = [
        (marks(cell)["grade_id"], bool(marks(cell)["solution"]), marks(cell).get("points"))
        for cell in code_cells(notebook)
        if marks(cell)
    ]
    pairs = list(zip(marked[::2], marked[1::2], strict=True))  # a check follows its solution
    wanted = []
    for exercise in for_lesson(lesson_id):
        name = exercise.id.replace(".", "-")
        wanted.append(((f"ex-{name}", True, None), (f"check-{name}", False, exercise.points)))
    assert sorted(pairs) == sorted(wanted)
    for before, cell in zip(notebook.cells, notebook.cells[1:], strict=False):
        if marks(cell).get("solution") and cell.cell_type == "code":
            assert before.cell_type == "markdown", cell.id


def test_each_check_calls_its_exercise_and_fails_a_wrong_answer(notebook):
    for cell in code_cells(notebook):
        if marks(cell).get("grade"):
            exercise_id = marks(cell)["grade_id"].removeprefix("check-").replace("-", ".")
            assert re.search(rf'tl\.check\("{re.escape(exercise_id)}", \w+\)', cell.source)
            hidden = re.search(r"BEGIN HIDDEN TESTS\n(.*?)\n### END", cell.source, re.DOTALL)[1]
            assert hidden == "assert verdict.passed, verdict"


def test_one_question_is_answered_in_prose_and_only_the_teacher_sees_the_rubric(notebook):
    (cell,) = [cell for cell in notebook.cells if cell.cell_type == "markdown" and marks(cell)]
    assert marks(cell)["grade"]
    assert marks(cell)["solution"]
    assert marks(cell)["points"] > 0
    assert "**Rubric" in cell.source
    assert "**Rubric" not in "".join(each.source for each in learner_copy(notebook).cells)


def test_it_has_the_parts_of_every_lesson(notebook):
    """Those that a form can show; that they are good is for a reader."""
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    for heading in (
        "In plain Keras",
        "On real data",
        "On a GPU",
        "In your own words",
        "Take away",
        "Usual mistakes",
        "Two open questions",
        "Papers",
    ):
        assert re.search(rf"^##+ {heading}$", text, re.MULTILINE), heading
    assert "**You will**" in text
    assert "**Time**" in text
    assert text.count("**Guess first:**") >= 3
    assert sum("instructor" in cell.metadata.get("tags", ()) for cell in notebook.cells) == 1


def test_links_to_other_lessons_work(notebook):
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    linked = re.findall(r"\]\((\d\d_\w+\.ipynb)\)", text)
    assert linked
    for name in linked:
        assert (notebooks_dir() / name).is_file(), name


def test_plain_keras_is_plain(notebook):
    place = next(
        i for i, cell in enumerate(notebook.cells) if cell.source.startswith("## In plain Keras")
    )
    shown = next(cell for cell in notebook.cells[place:] if cell.cell_type == "code")
    assert "keras." in shown.source
    assert "tl." not in shown.source.partition("tl.claim(")[0]


def test_figures_say_what_they_show(notebook):
    for cell, output in outputs(notebook):
        if "image/png" in output.get("data", {}):
            told = output.metadata["image/png"]
            assert len(told["alt"]) > 20, cell.id
            pixels = base64.b64decode(output.data["image/png"])[16:24]  # width and height of a PNG
            assert int.from_bytes(pixels[:4], "big") >= 2 * told["width"], cell.id


def test_it_is_set_up_first(lesson_id, notebook):
    assert f'tl.setup("{lesson_id}"' in code_cells(notebook)[0].source


def test_cells_are_short(notebook):
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.source.strip(), f"{cell.id} is empty"
            assert len(cell.source.splitlines()) <= MOST_LINES, cell.id
        else:
            assert number_of_words(cell.source) <= MOST_WORDS, cell.id


def test_no_cell_is_kept_from_the_tests(notebook):
    for cell in code_cells(notebook):
        assert "NBVAL_" not in cell.source, cell.id
        assert not {"nbval-skip", "raises-exception"} & set(cell.metadata.get("tags", ())), cell.id


def test_it_was_run_from_top_to_bottom(notebook):
    counts = [cell.execution_count for cell in code_cells(notebook)]
    assert counts == list(range(1, len(counts) + 1))
    assert any(True for _ in outputs(notebook))


def test_stored_outputs_are_well(notebook):
    for cell, output in outputs(notebook):
        assert output.output_type != "error", cell.id
        assert output.get("name") != "stderr", (cell.id, output.text)
        assert output.get("data", {}).get(MIME_TYPE, {}).get("holds", True), cell.id
        if marks(cell).get("grade"):
            assert "✓ Passed" in output.data["text/plain"], cell.id


def test_figures_are_small(notebook):
    for cell, output in outputs(notebook):
        for mime, content in output.get("data", {}).items():
            if mime.startswith("image/"):
                vector = mime == "image/svg+xml"
                size = len(content.encode() if vector else base64.b64decode(content))
                assert size <= MOST_BYTES, (cell.id, mime)


def test_it_tells_nothing_of_the_machine_it_was_run_on(notebook):
    user = getpass.getuser()
    for cell in notebook.cells:
        stored = [text for output in cell.get("outputs", ()) for text in texts(output)]
        for text in [cell.source, *stored]:
            assert not _PATH.search(text), (cell.id, _PATH.search(text))
        for text in stored:
            assert str(Path.home()) not in text, cell.id
            assert user == "root" or not re.search(rf"\b{re.escape(user)}\b", text), cell.id
        assert "execution" not in cell.metadata, f"{cell.id} says when it was run"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/home/ada/x.py", True),
        ("saved in '/tmp/x'", True),
        (r"C:\Users\ada", True),
        ("https://example.org/home/ada", False),
        ("a/b, 1/2 and and/or", False),
    ],
)
def test_a_path_is_told_from_a_web_address(text, found):
    assert bool(_PATH.search(text)) == found


def test_words_are_counted_without_code_and_formulas():
    assert number_of_words("Two words: $a + b$ $$\nc\n$$ – 3\n```\nx = y\n```") == 2


def test_no_line_of_a_solution_is_in_the_learners_copy(notebook):
    given = "\n".join(cell.source for cell in learner_copy(notebook).cells)
    for cell in notebook.cells:
        for region in _REGION.findall(cell.source):
            for line in map(str.strip, region.splitlines()):
                # Shorter lines, such as `return total`, may stand elsewhere by chance.
                assert len(line) < 20 or line not in given, (cell.id, line)


@pytest.mark.slow
def test_the_learners_copy_runs_on_another_seed_with_nothing_attempted(notebook, monkeypatch):
    monkeypatch.delenv("TLCOURSE_DATA", raising=False)  # the claims of a machine without real data
    done = execute_notebook(learner_copy(notebook), seed=1)
    assert done.error is None
    assert [claim["text"] for claim in done.claims if not claim["holds"]] == []
    for cell in code_cells(done.notebook):
        assert cell.execution_count, f"{cell.id} was not reached"
        if marks(cell).get("grade"):
            assert "Not attempted yet" in cell.outputs[0].data["text/plain"], cell.id
