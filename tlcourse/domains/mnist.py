"""MNIST and Fashion-MNIST, and MNIST over colour textures."""

import gzip
import math
import zlib

import numpy as np

from tlcourse.domains.arrays import from_arrays
from tlcourse.domains.domain import Domain
from tlcourse.domains.download import DataError, files_of
from tlcourse.domains.textures import over_textures

_CLOTHES = (
    *("T-shirt", "trouser", "pullover", "dress", "coat"),
    *("sandal", "shirt", "sneaker", "bag", "ankle boot"),
)


def mnist():
    """Returns MNIST: 60,000 digits to train on and 10,000 to test on, where both are here.

    A mirror that holds the 10,000 alone gives those, a quarter of each class kept for testing:
    plenty for lessons about few labels.

    Returns:
        `Domain` of 28×28 grey images with ten classes.

    Raises:
        DataError: when it is not on this machine, or a file is damaged.

    Reference:
        LeCun, Bottou, Bengio & Haffner, "Gradient-Based Learning Applied to Document
        Recognition", Proceedings of the IEEE 1998.
    """
    return _domain("mnist", tuple("0123456789"), "CC BY-SA 3.0", "MNIST (LeCun, Cortes & Burges)")


def fashion_mnist():
    """Returns Fashion-MNIST: clothes, as large and as many as MNIST's digits.

    Returns:
        `Domain` of 28×28 grey images with ten classes.

    Raises:
        DataError: when it is not on this machine, or a file is damaged.

    Reference:
        Xiao, Rasul & Vollgraf, "Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine
        Learning Algorithms", 2017.
    """
    return _domain("fashion-mnist", _CLOTHES, "MIT", "Fashion-MNIST (Zalando Research)")


def mnist_textured():
    """Returns MNIST's digits over colour textures, 32×32×3, after MNIST-M.

    The textures are ours, drawn from waves; MNIST-M took patches of photographs.

    Returns:
        `Domain` with ten classes.

    Raises:
        DataError: when MNIST is not on this machine, or a file is damaged.
    """
    digits = mnist()
    parts = {
        f"x_{part}": over_textures(getattr(digits, f"x_{part}"), seed=number)
        for number, part in enumerate(("train", "test"))
    }
    name = {"name": "mnist-textured", "source": f"{digits.source} over drawn textures"}
    return Domain(**{**vars(digits), **parts, **name})


def _domain(name, class_names, licence, source):
    files = {path.name: path for path in files_of(name)}
    if "mnist.npz" in files:
        arrays = _read_npz(files["mnist.npz"])
    else:
        arrays = {
            part + kind[0]: _read_idx(files[f"{prefix}-{kind}-idx{rank}-ubyte.gz"], rank)
            for prefix, part in (("train", "train_"), ("t10k", "test_"))
            for kind, rank in (("images", 3), ("labels", 1))
            if f"{prefix}-{kind}-idx{rank}-ubyte.gz" in files
        }
    test = arrays["test_i"][..., None], arrays["test_l"]
    if "train_i" in arrays:
        train = arrays["train_i"][..., None], arrays["train_l"]
        split = from_arrays(
            *train, x_test=test[0], labels_test=test[1], class_names=class_names, name=name
        )
    else:
        split = from_arrays(*test, class_names=class_names, name=name)
        source = f"{source}, its test set"
    return Domain(**{**vars(split), "licence": licence, "source": source})


def _read_npz(file):
    """Reads the form that Keras distributes."""
    try:
        with np.load(file, allow_pickle=False) as stored:
            names = {"train_i": "x_train", "train_l": "y_train"}
            names |= {"test_i": "x_test", "test_l": "y_test"}
            return {ours: stored[theirs] for ours, theirs in names.items()}
    except Exception as error:  # zip, zlib, format and key errors: numpy documents none of them
        raise DataError(f"{file} is damaged ({error}); fetch it again.") from error


def _read_idx(file, rank):
    """Reads one idx file: two zero bytes, the type (8: uint8), the rank, the sizes, the values."""
    try:
        raw = gzip.decompress(file.read_bytes())
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{file} is damaged ({error}); replace it.") from error
    start = 4 + 4 * rank
    shape = tuple(int.from_bytes(raw[i : i + 4], "big") for i in range(4, start, 4))
    if raw[:4] != bytes([0, 0, 8, rank]) or len(raw) - start != math.prod(shape):
        raise DataError(f"{file} is not a whole idx file of bytes of rank {rank}; replace it.")
    return np.frombuffer(raw, "uint8", offset=start).reshape(shape)
