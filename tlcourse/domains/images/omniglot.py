"""Omniglot: handwritten characters of many alphabets."""

from dataclasses import replace
from pathlib import PurePosixPath

import numpy as np

from tlcourse.domains.arrays import from_arrays
from tlcourse.domains.files import DataError, cached, damaged, files_of, read_members
from tlcourse.domains.images.pictures import open_picture, picture_recipe

_SIZE = 28


def omniglot():
    """Return Omniglot's background set, white strokes on black, reduced to 28×28.

    Each character is a class, named alphabet/character; a quarter of its twenty drawings is held
    out for testing. Strokes are two or three of 105 pixels wide; they are widened by two pixels
    before reduction, so that they do not fade.

    Returns:
        `Domain` of grey images.

    Raises:
        DataError: if it is not on this machine, or the archive is damaged.

    Reference:
        Lake, Salakhutdinov & Tenenbaum, "Human-level concept learning through probabilistic
        program induction", Science 2015.
    """
    (path,) = files_of("omniglot")
    arrays = cached("omniglot", picture_recipe(path, __file__), lambda: _read(path))
    class_names, labels = np.unique(arrays["names"], return_inverse=True)
    split = from_arrays(
        arrays["images"], labels, class_names=tuple(class_names.tolist()), name="omniglot"
    )
    return replace(split, licence="MIT", source="Omniglot (Lake et al. 2015)")


def _read(path):
    images, names = [], []
    for name, content in read_members(path, lambda name: name.endswith(".png")):
        folder = PurePosixPath(name).parent
        images.append(_reduced(path, name, content))
        names.append(f"{folder.parent.name}/{folder.name}")
    counts = np.unique(names, return_counts=True)[1]
    if len(counts) < 2 or counts.min() < 2:
        raise damaged(path, "it does not hold drawings of each character in alphabet/character")
    return {"images": np.stack(images)[..., None], "names": np.array(names)}


def _reduced(path, name, content):
    from PIL import Image, ImageFilter, ImageOps

    try:
        drawing = open_picture(content, 1)
    except ValueError as error:
        raise DataError(f"{path} holds a broken image, {name} ({error}).") from error
    ink = ImageOps.invert(drawing).filter(ImageFilter.MaxFilter(3))
    return np.asarray(ink.resize((_SIZE, _SIZE), Image.Resampling.BOX))
