"""USPS: handwritten digits from envelopes."""

import numpy as np

from tlcourse.domains.arrays import from_arrays
from tlcourse.domains.domain import Domain
from tlcourse.domains.download import DataError, files_of

_SIZE = 28


def usps():
    """Returns USPS, enlarged from 16×16 to 28×28 so that it stands beside MNIST.

    Returns:
        `Domain` of grey images with ten classes, 7,291 to train on and 2,007 to test on.

    Raises:
        DataError: when it is not on this machine, or a file is damaged.

    Reference:
        Hull, "A Database for Handwritten Text Recognition Research", IEEE TPAMI 1994.
    """
    files = files_of("usps")
    read = _read_h5 if files[0].suffix == ".h5" else _read_svmlight
    try:
        train, test = read(files)
    except (OSError, KeyError, ValueError, EOFError) as error:
        raise DataError(f"{files[0]} is damaged ({error}); fetch it again.") from error
    split = from_arrays(
        _enlarged(train[0]),
        train[1].astype("int64"),
        x_test=_enlarged(test[0]),
        labels_test=test[1].astype("int64"),
        class_names=tuple("0123456789"),
        name="usps",
    )
    return Domain(**{**vars(split), "licence": "research use", "source": "USPS (Hull 1994)"})


def _read_h5(files):
    """Reads the form with groups `train` and `test`, pixels in [0, 1], labels from 0."""
    import h5py

    with h5py.File(files[0]) as file:
        return [(file[part]["data"][:], file[part]["target"][:]) for part in ("train", "test")]


def _read_svmlight(files):
    """Reads LIBSVM's form: pixels in [-1, 1], labels from 1."""
    from sklearn.datasets import load_svmlight_files

    x_train, labels_train, x_test, labels_test = load_svmlight_files(
        [str(file) for file in files], n_features=256
    )
    return [
        ((x.toarray() + 1) / 2, labels - 1)
        for x, labels in ((x_train, labels_train), (x_test, labels_test))
    ]


def _enlarged(pixels):
    from PIL import Image

    images = np.empty((len(pixels), _SIZE, _SIZE, 1), "float32")
    for image, small in zip(images, pixels.reshape(-1, 16, 16).astype("float32"), strict=True):
        large = Image.fromarray(small).resize((_SIZE, _SIZE), Image.Resampling.BILINEAR)
        image[..., 0] = large
    return images.clip(0, 1)
