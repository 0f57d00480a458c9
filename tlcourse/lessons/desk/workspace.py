"""The learner's workspace: copies of all lessons; work is never overwritten."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat

from tlcourse.atomic import write_atomically
from tlcourse.errors import BadArgument, CourseError
from tlcourse.exercises import lesson_files
from tlcourse.lessons.desk.views import learner_copy


@dataclass(frozen=True)
class Workspace:
    """The result of `make_workspace`.

    Attributes:
        folder: the workspace, an absolute path.
        written: names of the notebooks added.
        kept: names of the notebooks that existed already and were left unchanged.
    """

    folder: Path
    written: tuple[str, ...]
    kept: tuple[str, ...]


def make_workspace(folder: str | os.PathLike, *, fresh: bool = False) -> Workspace:
    """Copy the learner's version of every lesson into a folder.

    An existing notebook is left unchanged, byte for byte.

    Args:
        folder: created if missing, with its parents.
        fresh: put a new copy beside each notebook that was kept, under an unused
            name: `01_what_transfers.new.ipynb`, then `.new-2`, ...

    Raises:
        BadArgument: if `folder` is a file.
        CourseError: if it cannot be written.
    """
    folder = Path(folder).expanduser().absolute()
    written, kept = [], []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for source in lesson_files().values():
            path = folder / source.name
            # lexists: a broken link belongs to the learner too.
            if os.path.lexists(path):
                kept.append(path.name)
                if not fresh:
                    continue
                path = next(new for new in _names_beside(path) if not os.path.lexists(new))
            notebook = learner_copy(nbformat.read(source, as_version=4))
            text = nbformat.writes(notebook, version=4) + "\n"
            write_atomically(path, lambda file, text=text: file.write(text.encode()))
            written.append(path.name)
    except (FileExistsError, NotADirectoryError) as error:
        raise BadArgument(
            f"the workspace must be a folder; {error.filename or folder} is a file. Choose another"
            " folder."
        ) from error
    except OSError as error:
        raise CourseError(
            f"the workspace {folder} cannot be written: {error.strerror or error}. Choose a folder"
            " that you may write to."
        ) from error
    return Workspace(folder, tuple(written), tuple(kept))


def _names_beside(path: Path) -> Iterator[Path]:
    yield path.with_suffix(".new.ipynb")
    number = 2
    while True:
        yield path.with_suffix(f".new-{number}.ipynb")
        number += 1
