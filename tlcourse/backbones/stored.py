"""Load weights from a file; a mismatch names both sides."""

import math
import os
from pathlib import Path

from tlcourse.backbones.applications import APPLICATIONS
from tlcourse.errors import BadArgument


def load_stored(model, path, name):
    """Load what `save_weights` wrote. Such a file holds arrays only: no code in it is run.

    Args:
        model: `keras.Model`, changed in place.
        path: str or path of a file whose name ends in `.weights.h5`.
        name: str, the backbone's name in messages.

    Raises:
        ValueError: if the file does not exist, is damaged, or contains the weights of another
            architecture or shape; the message describes both.
    """
    allowed = (
        f"None, a file written by `save_weights`{', or imagenet' if name in APPLICATIONS else ''}"
    )
    if not isinstance(path, (str, os.PathLike)):
        raise BadArgument(f"`weights` of {name} must be {allowed}; got {path!r}.")
    path = Path(path)
    if not path.is_file():
        raise BadArgument(f"`weights` of {name} must be {allowed}; there is no file '{path}'.")
    if not path.name.endswith(".weights.h5"):
        raise BadArgument(
            f"`weights` must be a file written by `save_weights`, with a name that ends in "
            f".weights.h5; got '{path}'."
        )
    stored = _shapes_in(path)
    wanted = sorted(tuple(weight.shape) for weight in model.weights)
    if sorted(stored) != wanted:
        raise BadArgument(
            f"Expected weights of {name} for images {model.input_shape[1:]}, "
            f"{_summary(wanted)}; found {_summary(stored)} in `weights`, '{path}'."
        )
    try:
        model.load_weights(path)
    except (ValueError, KeyError) as error:
        raise BadArgument(
            f"`weights`: '{path}' contains the layers of a backbone other than {name}; its arrays "
            "have the same shapes, but not the same positions."
        ) from error


def _shapes_in(path):
    import h5py

    shapes = []

    def note(name, entry):
        # Keras keeps a layer's arrays in a group "vars"; the state of a random layer is no weight.
        if isinstance(entry, h5py.Dataset) and "/vars/" in name and "seed_generator" not in name:
            shapes.append(tuple(entry.shape))

    try:
        with h5py.File(path) as file:
            file.visititems(note)
    except OSError as error:
        raise BadArgument(f"`weights`: '{path}' is damaged, or not a file of weights.") from error
    return shapes


def _summary(shapes):
    """Say how many arrays there are, how many numbers in them, and the largest array."""
    total = sum(math.prod(shape) for shape in shapes)
    largest = max(shapes, key=math.prod, default=())
    return f"{len(shapes)} arrays of {total:,} numbers, the largest {largest}"
