"""MNIST from a folder: the original idx files, never fetched here."""

import gzip
import math
import os
import zlib
from pathlib import Path

import numpy as np

from tlcourse.domains.arrays import from_arrays
from tlcourse.domains.domain import Domain

_FILES = {"t10k-images-idx3-ubyte.gz": 3, "t10k-labels-idx1-ubyte.gz": 1}  # and their rank


def mnist_folder():
    """Returns the folder `mnist` inside `TLCOURSE_DATA` when its files are there, else None."""
    named = os.environ.get("TLCOURSE_DATA")
    folder = Path(named).expanduser() / "mnist" if named else None
    return folder if folder and all((folder / file).is_file() for file in _FILES) else None


def mnist():
    """Returns MNIST's 10,000 test digits, a quarter of each class kept for testing.

    Ten thousand digits are plenty for lessons about few labels, and the file is small.

    Returns:
        `Domain` of 28×28 grey images with ten classes.

    Raises:
        ValueError: if `TLCOURSE_DATA` names no folder with `mnist/t10k-…` in it, or a file is not
            in the idx format.

    Reference:
        LeCun, Bottou, Bengio & Haffner, "Gradient-Based Learning Applied to Document
        Recognition", Proceedings of the IEEE 1998.
    """
    folder = mnist_folder()
    if folder is None:
        raise ValueError(
            "Domain 'mnist' needs TLCOURSE_DATA to name a folder that holds "
            f"{' and '.join(f'mnist/{file}' for file in _FILES)}; "
            f"it is {os.environ.get('TLCOURSE_DATA')!r}."
        )
    images, labels = (_read_idx(folder / file, rank) for file, rank in _FILES.items())
    split = from_arrays(images[..., None], labels, class_names=tuple("0123456789"))
    return Domain(
        **{**vars(split), "name": "mnist", "licence": "CC BY-SA 3.0"}
        | {"source": "MNIST database (LeCun, Cortes & Burges), its test set"}
    )


def _read_idx(file, rank):
    """Reads one idx file: two zero bytes, the type (8: uint8), the rank, the sizes, the values."""
    try:
        raw = gzip.decompress(file.read_bytes())
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"{file} is damaged ({error}); replace it.") from error
    start = 4 + 4 * rank
    shape = tuple(int.from_bytes(raw[i : i + 4], "big") for i in range(4, start, 4))
    if raw[:4] != bytes([0, 0, 8, rank]) or len(raw) - start != math.prod(shape):
        raise ValueError(f"{file} is not a whole idx file of bytes of rank {rank}; replace it.")
    return np.frombuffer(raw, "uint8", offset=start).reshape(shape)
