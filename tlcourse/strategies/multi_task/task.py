"""What a task is: a name, a kind, how many numbers its head gives, and the labels that fit it."""

from dataclasses import dataclass

import numpy as np

from tlcourse.arguments import check_count, verb
from tlcourse.domains import check_labels
from tlcourse.errors import BadArgument, UnknownName, near

KINDS = ("classification", "regression")


@verb
@dataclass(frozen=True)
class Task:
    """One of the tasks of a network with several heads.

    Attributes:
        name: str, a Python name: the output, its labels and its loss are called after it.
        kind: "classification", whose head gives logits, or "regression", whose head gives numbers
            in the unit of the labels.
        n_outputs: int, classes (at least 2) or numbers (at least 1).

    Raises:
        UnknownName: (a ValueError) if `kind` is none of the two.
        ValueError: if `name` is no Python name, or `n_outputs` is too small.

    Example:
        >>> Task("angle", "regression", 1)
        Task(name='angle', kind='regression', n_outputs=1)
    """

    name: str
    kind: str
    n_outputs: int

    def __post_init__(self):
        if not isinstance(self.name, str) or not self.name.isidentifier():
            raise BadArgument(f"`name` must be a Python name, such as 'digit'; got {self.name!r}.")
        if self.kind not in KINDS:
            raise UnknownName(f"`kind` of '{self.name}' is {self.kind!r}.{near(self.kind, KINDS)}")
        least = 2 if self.kind == "classification" else 1
        check_count(self.n_outputs, f"n_outputs` of `{self.name}", at_least=least)


def check_tasks(tasks):
    """Check that there are tasks, each with a name of its own.

    Args:
        tasks: iterable of `Task`.

    Returns:
        Tuple of `Task`.

    Raises:
        ValueError: if there are none, one is no `Task`, or two have one name.
    """
    tasks = tuple(tasks)
    if not tasks or not all(isinstance(task, Task) for task in tasks):
        raise BadArgument(f"`tasks` must be Tasks, at least one; got {list(tasks)}.")
    names = [task.name for task in tasks]
    for name in names:
        if names.count(name) > 1:
            raise BadArgument(f"`tasks` must have different names; two are {name!r}.")
    return tasks


def head_of(task):
    """Return what the head of a task is called within the model (str)."""
    return f"{task.name}_head"


def checked_labels(tasks, labels, n_examples, argument, *, may_miss=False):
    """Return the labels of tasks out of a dict of all, checked.

    Args:
        tasks: tuple of `Task`.
        labels: dict, task name to array: class numbers (n,), or numbers (n,) or (n, n_outputs).
            Others in it are left out.
        n_examples: int, n.
        argument: str, what the dict is called in messages.
        may_miss: bool, whether -1 and NaN may stand for labels that are missing.

    Returns:
        Dict, task name to int32 (n,) or float32 (n, n_outputs), in the order of the tasks.

    Raises:
        ValueError: if a task has no labels, or they do not fit it.
    """
    if not isinstance(labels, dict):
        raise BadArgument(
            f"`{argument}` must be a dict, task name to array; got {type(labels).__name__}."
        )
    missing = [task.name for task in tasks if task.name not in labels]
    if missing:
        raise BadArgument(
            f"`{argument}` must hold an array for each task; {missing} are missing in "
            f"{sorted(labels)}."
        )
    return {
        task.name: _checked(
            task, labels[task.name], n_examples, f"{argument}['{task.name}']", may_miss
        )
        for task in tasks
    }


def has_label(task, labels):
    """Tell which examples have a label of a task (bool array (n,)), given checked labels."""
    return labels >= 0 if task.kind == "classification" else np.isfinite(labels).all(axis=1)


def _checked(task, labels, n_examples, name, may_miss):
    labels = np.asarray(labels)
    if task.kind == "classification":
        missing = (labels == -1) & may_miss
        check_labels(np.where(missing, 0, labels), n_examples, task.n_outputs, name, "x")
    else:
        wanted = (n_examples, task.n_outputs)
        if labels.shape == (n_examples,):
            labels = labels[:, None]
        if labels.shape != wanted:
            raise BadArgument(
                f"`{name}` must have shape {wanted}, one row per example; got {labels.shape}."
            )
        missing = _missing_rows(labels, name) if may_miss else np.zeros(n_examples, bool)
        if labels.dtype.kind not in "fiu" or not np.isfinite(labels[~missing]).all():
            raise BadArgument(
                f"`{name}` must be finite numbers{', or NaN where there is none' * may_miss}; "
                f"got NaN, infinity or {labels.dtype}."
            )
    if may_miss and missing.all():
        raise BadArgument(f"`{name}` must hold at least one label; all are missing.")
    return labels.astype("int32" if task.kind == "classification" else "float32")


def _missing_rows(labels, name):
    """Return the rows that are NaN as a whole: a label is there or is not."""
    if labels.dtype.kind != "f":
        return np.zeros(len(labels), bool)
    missing = np.isnan(labels)
    if (missing.any(axis=1) != missing.all(axis=1)).any():
        raise BadArgument(f"`{name}` must be NaN in a whole row where a label is missing.")
    return missing.all(axis=1)
