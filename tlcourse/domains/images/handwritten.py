"""Handwritten digits: the 1,797 real ones that ship with scikit-learn."""

import numpy as np

from tlcourse.domains.domain import Domain, stratified_split

_SHARE_TEST = 0.4


def handwritten():
    """Return the UCI optdigits test set as 28×28 grey images, 40 % of them kept for testing.

    The 8×8 originals are enlarged to 20×20 by cubic interpolation and padded by 4, like MNIST's
    digits. The split is the same for every seed of the course.

    Returns:
        `Domain` with ten classes, 1,078 train and 719 test images.

    Reference:
        Alpaydin & Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning
        Repository, 1998.
    """
    from PIL import Image
    from sklearn.datasets import load_digits

    small, labels = load_digits(return_X_y=True)
    images = np.zeros((len(small), 28, 28, 1), "float32")
    for image, pixels in zip(images, small, strict=True):
        grey = Image.fromarray(pixels.reshape(8, 8).astype("float32") / 16)
        image[4:24, 4:24, 0] = grey.resize((20, 20), Image.Resampling.BICUBIC)
    images = images.clip(0, 1)
    train, test = stratified_split(labels, _SHARE_TEST, seed=0)
    return Domain(
        name="handwritten",
        x_train=images[train],
        labels_train=labels[train],
        x_test=images[test],
        labels_test=labels[test],
        class_names=tuple("0123456789"),
        licence="CC BY 4.0",
        source="UCI optdigits (Alpaydin & Kaynak 1998), the copy in scikit-learn",
    )
