"""A domain from a folder of one's own photographs."""

from pathlib import Path

import numpy as np

from tlcourse.domains.arrays import from_arrays

SUFFIXES = frozenset(
    {".bmp", ".gif", ".jpeg", ".jpg", ".png", ".pgm", ".ppm", ".tif", ".tiff", ".webp"}
)


def from_folder(path, *, size=64, channels=3, name=None, test_share=0.25, seed=0):
    """Reads class-named folders of images: `path/cat/1.jpg`, or `path/train/cat/1.jpg` and `path/test/…`.

    Images are turned upright, cut to a square about their middle and resized. Files that are not
    images by their ending are passed over, as are hidden ones.

    Args:
        path: folder that holds one folder per class (or `train` and `test`, each of that kind).
        size: int, height and width in pixels after resizing.
        channels: 3 for colour, 1 for grey.
        name: str; by default the folder's own.
        test_share: float in (0, 1), split off every class where there is no `test` folder.
        seed: int, of that split.

    Returns:
        `Domain`; images float32 (n, size, size, channels) in [0, 1].

    Raises:
        ValueError: if there is no such folder, it holds fewer than two classes, a class without
            images, or a file that cannot be read (named).
    """
    path = Path(path).expanduser()
    if channels not in (1, 3):
        raise ValueError(f"`channels` must be 1 (grey) or 3 (colour); got {channels!r}.")
    if not path.is_dir():
        raise ValueError(f"`path` must be a folder of class folders; there is none at {path}.")
    options = {"name": name or path.resolve().name, "test_share": test_share, "seed": seed}
    if not ((path / "train").is_dir() and (path / "test").is_dir()):
        files, labels, class_names = _list_images(path)
        return from_arrays(_read(files, size, channels), labels, class_names=class_names, **options)
    files, labels, class_names = _list_images(path / "train")
    files_test, labels_test, class_names_test = _list_images(path / "test")
    if class_names_test != class_names:
        raise ValueError(
            f"`path` must hold the same classes in train and test; got {', '.join(class_names)} "
            f"and {', '.join(class_names_test)}."
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
    folders = sorted(
        child for child in path.iterdir() if child.is_dir() and not child.name.startswith(".")
    )
    if len(folders) < 2:
        found = f"only '{folders[0].name}'" if folders else "none"
        raise ValueError(
            f"`path` must hold at least two class folders, such as {path / 'cat'}; found {found}."
        )
    files, labels = [], []
    for label, folder in enumerate(folders):
        images = sorted(
            file
            for file in folder.iterdir()
            if file.suffix.lower() in SUFFIXES and not file.name.startswith(".")
        )
        if not images:
            raise ValueError(
                f"`path` must hold images in every class folder ({', '.join(sorted(SUFFIXES))}); "
                f"there are none in {folder}."
            )
        files += images
        labels += [label] * len(images)
    return files, np.array(labels, "int32"), tuple(folder.name for folder in folders)


def _read(files, size, channels):
    images = np.empty((len(files), size, size, channels), "uint8")
    for image, file in zip(images, files, strict=True):
        image[:] = _read_one(file, size, channels)
    return images


def _read_one(file, size, channels):
    from PIL import Image, ImageOps

    try:
        with Image.open(file) as opened:
            upright = ImageOps.exif_transpose(opened)
            if upright.mode.startswith("I"):  # 16 bits a pixel: Pillow would clip, not scale
                upright = Image.fromarray((np.asarray(upright) // 256).astype("uint8"))
            plain = (
                upright.convert("RGBA").convert("RGB") if channels == 3 else upright.convert("L")
            )
            pixels = np.asarray(ImageOps.fit(plain, (size, size), Image.Resampling.BILINEAR))
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise ValueError(
            f"`path` holds a file that is not a readable image: {file} ({error}). "
            "Remove or replace it."
        ) from error
    return pixels.reshape(size, size, channels)
