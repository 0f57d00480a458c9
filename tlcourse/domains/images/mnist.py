"""MNIST and Fashion-MNIST, and MNIST over colour textures."""

import io
import math
from dataclasses import replace

import numpy as np

from tlcourse.domains.arrays import from_arrays
from tlcourse.domains.files import damaged, files_of, read_members, unpack
from tlcourse.domains.images.textures import over_textures

_CLOTHES = (
    *("T-shirt", "trouser", "pullover", "dress", "coat"),
    *("sandal", "shirt", "sneaker", "bag", "ankle boot"),
)


def mnist():
    """Return MNIST: 60,000 digits to train on and 10,000 to test on, where both are here.

    A mirror with only the 10,000 gives those, a quarter of each class held out for testing: plenty
    for lessons about few labels.

    Returns:
        `Domain` of 28×28 grey images with ten classes.

    Raises:
        DataError: if it is not on this machine, or a file is damaged.

    Reference:
        LeCun, Bottou, Bengio & Haffner, "Gradient-Based Learning Applied to Document
        Recognition", Proceedings of the IEEE 1998.
    """
    return _domain("mnist", tuple("0123456789"), "CC BY-SA 3.0", "MNIST (LeCun, Cortes & Burges)")


def fashion_mnist():
    """Return Fashion-MNIST: clothes, as large and as many as MNIST's digits.

    Returns:
        `Domain` of 28×28 grey images with ten classes.

    Raises:
        DataError: if it is not on this machine, or a file is damaged.

    Reference:
        Xiao, Rasul & Vollgraf, "Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine
        Learning Algorithms", 2017.
    """
    return _domain("fashion-mnist", _CLOTHES, "MIT", "Fashion-MNIST (Zalando Research)")


def mnist_textured():
    """Return MNIST's digits over colour textures, 32×32×3, after MNIST-M.

    The textures are our own, drawn from waves; MNIST-M uses patches of photographs.

    Returns:
        `Domain` with ten classes.

    Raises:
        DataError: if MNIST is not on this machine, or a file is damaged.
    """
    digits = mnist()
    parts = {
        f"x_{part}": over_textures(getattr(digits, f"x_{part}"), seed=number)
        for number, part in enumerate(("train", "test"))
    }
    name = {"name": "mnist-textured", "source": f"{digits.source} over drawn textures"}
    return replace(digits, **parts, **name)


def _domain(name, class_names, licence, source):
    files = files_of(name)
    read = _read_npz(files[0]) if files[0].suffix == ".npz" else _read_idx_files(files)
    parts = {part: (images[..., None], labels) for part, (images, labels) in read.items()}
    options = {"class_names": class_names, "name": name}
    try:
        if "train" in parts:
            x_test, labels_test = parts["test"]
            split = from_arrays(*parts["train"], x_test=x_test, labels_test=labels_test, **options)
        else:
            split = from_arrays(*parts["test"], **options)
            source = f"{source}, its test set"
    except ValueError as error:
        raise damaged(files[0], error) from error
    return replace(split, licence=licence, source=source)


def _read_npz(file):
    """Read the form that Keras distributes: arrays x_train, y_train, x_test and y_test."""
    arrays = {}
    for name, content in read_members(file, lambda name: name.endswith(".npy")):
        try:
            arrays[name] = np.load(io.BytesIO(content), allow_pickle=False)
        except Exception as error:  # a damaged array can make NumPy raise nearly anything
            raise damaged(file, f"{name}: {error}") from error
    try:
        return {
            part: (arrays[f"x_{part}.npy"], arrays[f"y_{part}.npy"]) for part in ("train", "test")
        }
    except KeyError as error:
        raise damaged(file, f"it holds no {error}") from error


def _read_idx_files(files):
    """Read the original form: two files a part, of which the test set may stand alone."""
    by_name = {file.name: file for file in files}
    return {
        part: (
            _read_idx(by_name[f"{prefix}-images-idx3-ubyte.gz"], 3),
            _read_idx(by_name[f"{prefix}-labels-idx1-ubyte.gz"], 1),
        )
        for part, prefix in (("train", "train"), ("test", "t10k"))
        if f"{prefix}-images-idx3-ubyte.gz" in by_name
    }


def _read_idx(file, rank):
    """Read one idx file: two zero bytes, the type (8: uint8), the rank, the sizes, the values."""
    raw = unpack(file)
    start = 4 + 4 * rank
    shape = tuple(int.from_bytes(raw[i : i + 4], "big") for i in range(4, start, 4))
    if raw[:4] != bytes([0, 0, 8, rank]) or len(raw) - start != math.prod(shape):
        raise damaged(file, f"not a whole idx file of bytes of rank {rank}")
    return np.frombuffer(raw, "uint8", offset=start).reshape(shape)
