"""USPS: handwritten digits from envelopes."""

import io

import numpy as np

from tlcourse.domains.domain import Domain
from tlcourse.domains.files import damaged, files_of, unpack

_SIZE = 28
_N_PIXELS = 16 * 16
_PARTS = ("train", "test")


def usps():
    """Return USPS, enlarged from 16×16 to 28×28 so that it stands beside MNIST.

    Returns:
        `Domain` of grey images with ten classes, 7,291 to train on and 2,007 to test on.

    Raises:
        DataError: if it is not on this machine, or a file is damaged.

    Reference:
        Hull, "A Database for Handwritten Text Recognition Research", IEEE TPAMI 1994.
    """
    files = files_of("usps")
    read = _read_h5(files[0]) if files[0].suffix == ".h5" else map(_read_libsvm, files)
    (x_train, labels_train), (x_test, labels_test) = read
    return Domain(
        name="usps",
        x_train=x_train,
        labels_train=labels_train,
        x_test=x_test,
        labels_test=labels_test,
        class_names=tuple("0123456789"),
        licence="research use",
        source="USPS (Hull 1994)",
    )


def _read_h5(file):
    """Read the form with groups `train` and `test`, pixels in [0, 1], labels from 0."""
    import h5py

    try:
        with h5py.File(file) as stored:
            parts = [(stored[part]["data"][:], stored[part]["target"][:]) for part in _PARTS]
    except Exception as error:  # a damaged file can make h5py raise nearly anything
        raise damaged(file, error) from error
    return [_checked(file, *part) for part in parts]


def _read_libsvm(file):
    """Read LIBSVM's form, packed lines of text: pixels in [-1, 1], labels from 1."""
    from sklearn.datasets import load_svmlight_file

    text = io.BytesIO(unpack(file))
    try:
        pixels, labels = load_svmlight_file(text, n_features=_N_PIXELS, zero_based=False)
    except ValueError as error:
        raise damaged(file, error) from error
    return _checked(file, (pixels.toarray() + 1) / 2, labels - 1)


def _checked(file, pixels, labels):
    if (
        pixels.shape != (len(pixels), _N_PIXELS)
        or labels.shape != (len(pixels),)
        or not np.array_equal(np.unique(labels), range(10))
        or not (pixels.min() >= 0 and pixels.max() <= 1)  # also rejects NaN
    ):
        raise damaged(file, "not ten digits, each image 256 pixels of limited range")
    return _enlarged(pixels), labels.astype("int32")


def _enlarged(pixels):
    from PIL import Image

    images = np.empty((len(pixels), _SIZE, _SIZE, 1), "float32")
    for image, small in zip(images, pixels.reshape(-1, 16, 16).astype("float32"), strict=True):
        large = Image.fromarray(small).resize((_SIZE, _SIZE), Image.Resampling.BILINEAR)
        image[..., 0] = large
    return images.clip(0, 1)
