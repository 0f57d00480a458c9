"""What each level of a network knows of each task."""

from dataclasses import dataclass

import numpy as np

from tlcourse.arguments import check_several, verb
from tlcourse.domains import ManyLabels
from tlcourse.errors import BadArgument, UnknownName, near
from tlcourse.models import check_backbone, multi_level
from tlcourse.strategies.probing.ridge import Decomposed
from tlcourse.training import predict

_OTHER_LEVELS = ("pixels", "features")


@dataclass(frozen=True)
class ProbeMatrix:
    """Scores of linear probes, a row for each level and a column for each task.

    Attributes:
        levels: tuple of str.
        tasks: tuple of str.
        scores: float array (len(levels), len(tasks)): accuracy of a task with classes, R² of one
            with numbers, on the test set.
        measures: tuple of str, "accuracy" or "R²", one for each task.
    """

    levels: tuple[str, ...]
    tasks: tuple[str, ...]
    scores: np.ndarray
    measures: tuple[str, ...]

    def __str__(self):
        heads = [
            f"{task} ({measure})" for task, measure in zip(self.tasks, self.measures, strict=True)
        ]
        width = max(map(len, self.levels))
        lines = ["  ".join([" " * width, *heads])]
        for level, row in zip(self.levels, self.scores, strict=True):
            cells = [f"{score:{len(head)}.3f}" for score, head in zip(row, heads, strict=True)]
            lines.append("  ".join([f"{level:{width}}", *cells]))
        return "\n".join(lines)


@verb
def probe_matrix(backbone, levels, data, *, tasks=None, places=1):
    """Probe several levels of a backbone for several tasks, by ridge regression in closed form.

    Each level's features are computed once and decomposed once, which serves all tasks; the penalty
    of each probe is chosen by leave-one-out on the training set.

    Args:
        backbone: `keras.Model`, images to features.
        levels: names of its layers, from early to late; also "pixels", the images themselves, and
            "features", what the backbone gives.
        data: `ManyLabels`, such as `glyph_tasks()`.
        tasks: names of its tasks; None takes all.
        places: int, as in `multi_level`: a layer's output is averaged over each of places × places
            parts of the image.

    Returns:
        `ProbeMatrix`, which prints as a table.

    Raises:
        UnknownName: (a ValueError) if there is no such layer or task.
        ValueError: if images do not fit, or there is no level.

    Reference:
        Alain & Bengio, "Understanding intermediate layers using linear classifier probes", ICLR
        Workshop 2017.
    """
    check_backbone(backbone)
    levels = check_several(levels, "levels", of="names of layers")
    if not isinstance(data, ManyLabels):
        raise BadArgument(
            f"`data` must be a ManyLabels, such as glyph_tasks(); got {type(data).__name__}."
        )
    tasks = (
        tuple(data.labels_train)
        if tasks is None
        else tuple(check_several(tasks, "tasks", of="names"))
    )
    for task in tasks:
        if task not in data.labels_train:
            raise UnknownName(f"`tasks`: no task {task!r}.{near(str(task), data.labels_train)}")
    numbers = [data.labels_train[task].dtype.kind == "f" for task in tasks]
    scores = np.zeros((len(levels), len(tasks)))
    for i, level in enumerate(levels):
        train, test = _features(backbone, level, data, places)
        decomposed = Decomposed(train, np.ones(len(train)))
        for j, (task, is_number) in enumerate(zip(tasks, numbers, strict=True)):
            scores[i, j] = _score(decomposed, data, task, test, is_number)
    measures = tuple("R²" if is_number else "accuracy" for is_number in numbers)
    return ProbeMatrix(tuple(levels), tasks, scores, measures)


def _features(backbone, level, data, places):
    if level == "pixels":
        return tuple(x.reshape(len(x), -1).astype("float64") for x in (data.x_train, data.x_test))
    part = backbone if level == "features" else multi_level(backbone, [level], places=places)
    return tuple(predict(part, x).astype("float64") for x in (data.x_train, data.x_test))


def _score(decomposed, data, task, test, is_number):
    known, asked = data.labels_train[task], data.labels_test[task]
    if is_number:
        outputs, n_classes = np.asarray(known, "float64").reshape(len(known), -1), None
    else:
        n_classes = int(max(known.max(), asked.max())) + 1
        outputs = np.eye(n_classes)[known]
    return decomposed.probe(outputs, None, n_classes).score(test, asked)
