"""CIFAR-10's original batches: read their pickles without executing any code in them."""

import io
import pickle
from pathlib import PurePosixPath

import numpy as np

from tlcourse.domains.files import damaged, read_members

_TRAIN = tuple(f"data_batch_{i}" for i in range(1, 6))
_TEST = "test_batch"


def read_batches(path):
    """Read cifar-10-python.tar.gz: five training batches and a test batch.

    Args:
        path: `Path` of the archive.

    Returns:
        `(x, labels, n_train)`: uint8 (n, 32, 32, 3), int64 (n,), and the number of training
        images, which come first.

    Raises:
        DataError: if it is damaged, or a pickle in it asks for more than arrays of bytes.
    """
    batches = {
        PurePosixPath(name).name: _read_batch(path, name, content)
        for name, content in read_members(path, lambda name: "_batch" in name)
    }
    missing = [name for name in (*_TRAIN, _TEST) if name not in batches]
    if missing:
        raise damaged(path, f"it holds no {missing[0]}")
    x, labels = (
        np.concatenate(parts)
        for parts in zip(*(batches[name] for name in (*_TRAIN, _TEST)), strict=True)
    )
    return x, labels, len(x) - len(batches[_TEST][0])


def _read_batch(path, name, content):
    try:
        batch = _BytesOnly(io.BytesIO(content), encoding="bytes").load()
        x = batch[b"data"].array.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
        labels = np.array(batch[b"labels"], "int64")
    except Exception as error:  # an untrusted pickle may raise anything
        raise damaged(path, f"{name}: {error}") from error
    if labels.shape != (len(x),):
        raise damaged(path, f"{name}: {len(x)} images, labels of shape {labels.shape}")
    return x, labels


class _Bytes:
    """Stand in for an array of bytes, so that a stranger's pickle does not call NumPy."""

    def __init__(self, *_):
        self.array = None

    def __setstate__(self, state):
        _, shape, _, is_fortran, values = state
        order = "F" if is_fortran else "C"
        self.array = np.frombuffer(values, "uint8").reshape(shape, order=order)


class _Ignored:
    """Stand in for an array's type: an array of any other has too many bytes for its shape."""

    def __init__(self, *_):
        pass

    def __setstate__(self, _):
        pass


class _BytesOnly(pickle.Unpickler):
    """Read pickles of plain values and arrays of bytes; what names anything else is refused."""

    def find_class(self, module, name):
        known = {"_reconstruct": _Bytes, "ndarray": _Bytes, "dtype": _Ignored}
        if module.split(".")[0] != "numpy" or name not in known:
            raise pickle.UnpicklingError(f"refused, since it asks for {module}.{name}")
        return known[name]
