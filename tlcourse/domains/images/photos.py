"""Photographs: cats and dogs, and flowers."""

import warnings
from dataclasses import replace

import numpy as np

from tlcourse.domains.arrays import from_arrays
from tlcourse.domains.domain import stratified_split
from tlcourse.domains.files import cached, damaged, files_of, read_members
from tlcourse.domains.images.pictures import picture_recipe, read_picture

_SIZE = 64
_SHARE_TEST = 0.25
_MOST_BROKEN = 0.01  # share of files; the cats and dogs are known to contain a few


def cats_vs_dogs():
    """Return photographs of cats and of dogs, cut to squares of 64 pixels.

    A quarter of each class is held out for testing. The archive contains a few broken files, which
    are skipped and counted in a warning.

    Returns:
        `Domain` of colour images with two classes.

    Raises:
        DataError: if it is not on this machine, or the archive is damaged.

    Reference:
        Elson, Douceur, Howell & Saul, "Asirra: A CAPTCHA that Exploits Interest-Aligned Manual
        Image Categorization", ACM CCS 2007.
    """
    return _domain("cats-vs-dogs", "not stated", "Asirra, cats and dogs (Elson et al. 2007)")


def flowers():
    """Return photographs of five kinds of flowers, cut to squares of 64 pixels.

    Returns:
        `Domain` of colour images; a quarter of each class is held out for testing.

    Raises:
        DataError: if it is not on this machine, or the archive is damaged.

    Reference:
        The TensorFlow Team, "Flowers", 2019.
    """
    return _domain("flowers", "CC BY 2.0, by many authors", "Flowers (The TensorFlow Team 2019)")


def _domain(name, licence, source):
    (path,) = files_of(name)
    arrays = cached(name, picture_recipe(path, __file__), lambda: _read(path))
    class_names, labels = np.unique(arrays["names"], return_inverse=True)
    # Split while they are bytes: as floats, 23,000 photographs take more than a gigabyte.
    train, test = stratified_split(labels, _SHARE_TEST)
    split = from_arrays(
        arrays["images"][train],
        labels[train],
        x_test=arrays["images"][test],
        labels_test=labels[test],
        class_names=class_names.tolist(),
        name=name,
    )
    return replace(split, licence=licence, source=source)


def _is_photograph(name):
    return name.lower().endswith(".jpg") and "/" in name


def _read(path):
    images, names, broken = [], [], []
    for name, content in read_members(path, _is_photograph):
        try:
            images.append(read_picture(content, _SIZE, 3))
        except ValueError:
            broken.append(name)
            continue
        names.append(name.split("/")[-2].lower())
    counts = np.unique(names, return_counts=True)[1].tolist()
    if len(counts) < 2 or min(counts) < 2 or len(broken) > _MOST_BROKEN * len(images):
        found = f"{counts} photographs of its classes, {len(broken)} broken ones"
        raise damaged(path, f"it holds {found}")
    if broken:
        warnings.warn(
            f"{path}: {len(broken)} broken photographs are left out, such as {broken[0]}.",
            stacklevel=4,
        )
    return {"images": np.stack(images), "names": np.array(names)}
