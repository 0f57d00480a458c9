"""CIFAR-10, and its two halves: eight kinds of objects, and cats against dogs."""

from dataclasses import replace
from pathlib import PurePosixPath

import numpy as np

from tlcourse.domains.arrays import from_arrays
from tlcourse.domains.domain import stratified_split
from tlcourse.domains.files import DataError, cached, damaged, files_of, read_members
from tlcourse.domains.images.cifar_batches import read_batches
from tlcourse.domains.images.pictures import picture_recipe, read_picture

_CLASSES = (
    *("airplane", "automobile", "bird", "cat", "deer"),
    *("dog", "frog", "horse", "ship", "truck"),
)
_PETS = ("cat", "dog")
_SHARE_TEST = 0.2  # if there is no separate test set


def cifar10():
    """Return CIFAR-10: small colour photographs of ten classes.

    The original archive has a test set of 10,000; the mirror's form has only the 50,000 training
    images, of which a fifth of each class is held out for testing.

    Returns:
        `Domain`, 32×32×3.

    Raises:
        DataError: if it is not on this machine, or the archive is damaged.

    Reference:
        Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009.
    """
    return _domain("cifar10", _CLASSES)


def objects8():
    """Return CIFAR-10 without cats and dogs: what a backbone may learn before it meets them.

    Returns:
        `Domain`, 32×32×3, eight classes.

    Raises:
        DataError: as `cifar10`.
    """
    return _domain("objects8", tuple(name for name in _CLASSES if name not in _PETS))


def cats_dogs():
    """Return CIFAR-10's cats and dogs, 2,000 of them kept for testing.

    Returns:
        `Domain`, 32×32×3, two classes.

    Raises:
        DataError: as `cifar10`.
    """
    return _domain("cats-dogs", _PETS)


def _domain(name, class_names):
    (path,) = files_of("cifar10")
    arrays = cached("cifar10", picture_recipe(path, __file__), lambda: _read(path))
    old_labels = [_CLASSES.index(each) for each in class_names]
    parts = {}
    for part in ("train", "test"):
        chosen = np.isin(arrays[f"labels_{part}"], old_labels)
        parts[part] = (
            arrays[f"x_{part}"][chosen],
            np.searchsorted(old_labels, arrays[f"labels_{part}"][chosen]),
        )
    split = from_arrays(
        *parts["train"],
        x_test=parts["test"][0],
        labels_test=parts["test"][1],
        class_names=class_names,
        name=name,
    )
    return replace(split, source="CIFAR-10 (Krizhevsky 2009)")


def _read(path):
    if path.suffix == ".zip":
        x, labels = _read_jpegs(path)
        train, test = stratified_split(labels, _SHARE_TEST, seed=0)
    else:
        x, labels, n_train = read_batches(path)
        train, test = np.arange(n_train), np.arange(n_train, len(x))
    for part in (train, test):
        if set(labels[part]) != set(range(len(_CLASSES))):
            raise damaged(path, "it does not hold images of the ten classes")
    return {
        "x_train": x[train],
        "labels_train": labels[train],
        "x_test": x[test],
        "labels_test": labels[test],
    }


def _read_jpegs(path):
    """Read class-named folders of JPEG files."""
    images, labels = [], []
    for name, content in read_members(path, lambda name: name.endswith(".jpg")):
        class_name = PurePosixPath(name).parent.name
        if class_name not in _CLASSES:
            raise DataError(f"{path} holds a class that is not in CIFAR-10: {class_name!r}.")
        try:
            images.append(read_picture(content, 32, 3))
        except ValueError as error:
            raise DataError(f"{path} holds a broken image, {name} ({error}).") from error
        labels.append(_CLASSES.index(class_name))
    if not images:
        raise damaged(path, "it holds no .jpg files")
    return np.stack(images), np.array(labels)
