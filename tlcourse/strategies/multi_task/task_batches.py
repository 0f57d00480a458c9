"""Batches for several tasks, labels and all."""

import numpy as np

from tlcourse.strategies.multi_task.task import has_label
from tlcourse.training import ShuffledBatches, SideBySide


class TaskBatches(SideBySide):
    """Images and labels as inputs by name; for the metrics labels again, and which are there.

    Where labels are missing, half of each batch are images that have all of them: few labels would
    else be in few batches.

    Args:
        tasks: tuple of `Task`.
        x: float array (n, ...).
        labels: dict, task name to checked labels.
        steps: int, batches in all.
        batch_size: int, at most n.
        seed: int.
    """

    def __init__(self, tasks, x, labels, *, steps, batch_size, seed):
        there = [has_label(task, labels[task.name]) for task in tasks]
        whole = np.all(there, axis=0)
        n_whole = 0 if whole.all() else min(batch_size // 2, whole.sum())
        arrays = [x, *labels.values(), *there]
        kinds = [(arrays, batch_size - n_whole)]
        if n_whole:
            kinds.append(([each[whole] for each in arrays], n_whole))
        super().__init__(
            *(
                ShuffledBatches(*arrays, steps=steps, batch_size=size, seed=seed + number)
                for number, (arrays, size) in enumerate(kinds)
            )
        )
        self._names = list(labels)

    def __getitem__(self, index):
        kinds = super().__getitem__(index)
        images, *rest = (
            kinds[0] if len(kinds) == 1 else map(np.concatenate, zip(*kinds, strict=True))
        )
        labels = dict(zip(self._names, rest, strict=False))
        there = dict(zip(self._names, rest[len(self._names) :], strict=True))
        inputs = {input_of(name): each for name, each in labels.items()}
        # A metric multiplies by the weight, and 0 times NaN is no 0.
        known = {name: _filled(each, there[name]) for name, each in labels.items()}
        weights = {name: each.astype("float32") for name, each in there.items()}
        return {"images": images, **inputs}, known, weights


def _filled(labels, there):
    """Return labels (n, ...), 0 where there (n,) is none."""
    return np.where(there if labels.ndim == 1 else there[:, None], labels, 0)


def input_of(name):
    """Return what the input of a task's labels is called (str)."""
    return f"{name}_labels"
