"""Build a domain from a folder of photographs."""

import os
from pathlib import Path

import numpy as np

from tlcourse.arguments import check_count, verb
from tlcourse.domains.arrays import from_arrays
from tlcourse.domains.images import read_picture
from tlcourse.errors import BadArgument

SUFFIXES = frozenset(
    {".bmp", ".gif", ".jpeg", ".jpg", ".png", ".pgm", ".ppm", ".tif", ".tiff", ".webp"}
)


@verb
def from_folder(path, *, size=64, channels=3, name=None, test_share=0.25, seed=0):
    """Make a domain from a folder with one subfolder per class.

    Either `path/cat/1.jpg`, or `path/train/cat/1.jpg` and `path/test/cat/2.jpg`.

    Images are turned upright, blended onto white if transparent, cropped to a central square and
    resized. Files without an image extension are ignored, as are hidden files and folders. Of an
    animation the first frame counts.

    Args:
        path: folder with one folder per class (or with `train` and `test`, each of that kind).
        size: int, height and width in pixels after resizing.
        channels: 3 for colour, 1 for grey.
        name: str; by default the folder's own.
        test_share: float in (0, 1), split off every class if there is no `test` folder.
        seed: int, seed of the split.

    Returns:
        `Domain`; images float32 (n, size, size, channels) in [0, 1].

    Raises:
        ValueError: if the folder does not exist, or has fewer than two classes, a class without
            images or with too few to split, or a file that cannot be read (named).
    """
    if not isinstance(path, (str, os.PathLike)):
        raise BadArgument(f"`path` must be a folder's path; got {path!r}.")
    path = Path(path).expanduser()
    check_count(size, "size")
    if isinstance(channels, bool) or channels not in (1, 3):
        raise BadArgument(f"`channels` must be 1 (grey) or 3 (colour); got {channels!r}.")
    if not path.is_dir():
        raise BadArgument(f"`path` must be a folder of class folders; there is none at {path}.")
    options = {"name": name or path.resolve().name, "test_share": test_share, "seed": seed}
    if not ((path / "train").is_dir() and (path / "test").is_dir()):
        files, labels, class_names = _list_images(path)
        return from_arrays(_read(files, size, channels), labels, class_names=class_names, **options)
    files, labels, class_names = _list_images(path / "train")
    files_test, labels_test, class_names_test = _list_images(path / "test")
    alone = sorted({*class_names} ^ {*class_names_test})
    if alone:
        raise BadArgument(
            "`path` must hold the same class folders in train and test; only one of them has "
            f"{', '.join(map(repr, alone))}."
        )
    return from_arrays(
        _read(files, size, channels),
        labels,
        x_test=_read(files_test, size, channels),
        labels_test=labels_test,
        class_names=class_names,
        **options,
    )


def _list_images(path):
    folders = [child for child in _visible(path) if child.is_dir()]
    if len(folders) < 2:
        found = f"only '{folders[0].name}'" if folders else "none"
        inside = [child for child in _visible(folders[0]) if child.is_dir()] if folders else []
        hint = f": did you mean {folders[0]}?" if len(inside) > 1 else "."
        raise BadArgument(
            f"`path` must hold at least two class folders, such as {path / 'cat'}; "
            f"found {found}{hint}"
        )
    files, labels = [], []
    for label, folder in enumerate(folders):
        images = [
            file
            for file in _visible(folder)
            if file.suffix.lower() in SUFFIXES and not file.is_dir()
        ]
        if not images:
            raise BadArgument(
                f"`path` must hold images in every class folder ({', '.join(sorted(SUFFIXES))}); "
                f"there are none in {folder}."
            )
        files += images
        labels += [label] * len(images)
    return files, np.array(labels, "int32"), tuple(folder.name for folder in folders)


def _visible(folder):
    """Return what a folder holds, hidden things aside, in an order that every system agrees on."""
    shown = (child for child in folder.iterdir() if not child.name.startswith("."))
    return sorted(shown, key=lambda child: child.name)


def _read(files, size, channels):
    images = np.empty((len(files), size, size, channels), "uint8")
    for image, file in zip(images, files, strict=True):
        try:
            image[:] = read_picture(file, size, channels)
        except ValueError as error:
            raise BadArgument(
                f"`path` holds a file that is not a readable image: {file} ({error}). "
                "Remove or replace it."
            ) from error
    return images
