"""What a model's weights hold, and which of them moved: for tests of every room."""

import numpy as np


def values(model):
    """The weights by path (dict of arrays of their own)."""
    return {weight.path: np.array(np.asarray(weight)) for weight in model.weights}


def arrays(model):
    """The weights in order (list of arrays of their own)."""
    return list(map(np.array, map(np.asarray, model.weights)))


def moved(before, model):
    """The paths of the weights that differ from `values(model)` as it was (set)."""
    return {path for path, value in values(model).items() if (value != before[path]).any()}
