"""Build a domain from your own arrays."""

import numpy as np

from tlcourse.arguments import check_number, verb
from tlcourse.domains.domain import Domain, stratified_split
from tlcourse.domains.examples import check_class_names, check_examples, check_labels
from tlcourse.errors import BadArgument


def to_unit(images):
    """Scale uint8 images to float32 in [0, 1]."""
    return images.astype("float32") / np.float32(255)


@verb
def from_arrays(
    x,
    labels,
    *,
    x_test=None,
    labels_test=None,
    class_names=None,
    name="arrays",
    test_share=0.25,
    seed=0,
):
    """Make a domain from arrays of images.

    Args:
        x: (n, height, width, channels), 1 or 3 channels, uint8 or float in [0, 1].
        labels: whole numbers (n,), from 0, at least two different ones.
        x_test: as `x`; if None, `test_share` of every class is split off.
        labels_test: as `labels`, together with `x_test`.
        class_names: one name per class; by default the numbers themselves, in which case each
            of them from 0 must occur.
        name: str, the domain's name in tables and figures.
        test_share: float in (0, 1), used only without `x_test`.
        seed: int, seed of the split.

    Returns:
        `Domain`.

    Raises:
        ValueError: for a wrong rank, channel count, dtype or range, NaN, empty arrays, labels out
            of range or not one per image, only one class, or a class with too few images to
            split.

    Example:
        >>> images = np.zeros((20, 8, 8, 1), "uint8")
        >>> from_arrays(images, np.arange(20) % 2, class_names=["cat", "dog"])
        Domain('arrays': 16 train + 4 test, 8 × 8 × 1, 2 classes)
    """
    if (x_test is None) != (labels_test is None):
        raise BadArgument("`x_test` and `labels_test` go together; got only one of them.")
    x, labels = _as_images(x, "x"), _as_array(labels, "labels")
    if class_names is not None:
        class_names = check_class_names(class_names)
    check_labels(labels, len(x), class_names and len(class_names), "labels", "x")
    present = np.unique(labels)
    if len(present) < 2:
        raise BadArgument(f"`labels` must hold at least 2 classes; all are {present[0]}.")
    if class_names is None:
        class_names = _counted(present)
    if x_test is None:
        check_number(test_share, "test_share", above=0, below=1)
        _check_can_split(labels, class_names)
        train, test = stratified_split(labels, test_share, seed)
        x, x_test, labels, labels_test = x[train], x[test], labels[train], labels[test]
    else:
        x_test, labels_test = _as_images(x_test, "x_test"), _as_array(labels_test, "labels_test")
    return Domain(
        name=name,
        x_train=x,
        labels_train=labels,
        x_test=x_test,
        labels_test=labels_test,
        class_names=class_names,
    )


def _counted(present):
    """Name classes by their numbers, which must leave none out: a gap is mostly a mistake."""
    missing = np.setdiff1d(np.arange(len(present)), present)
    if missing.size:
        raise BadArgument(
            f"`labels` must use every number from 0 to {present[-1]}; {missing[0]} is missing: "
            "`np.unique(labels, return_inverse=True)[1]` counts from 0 without gaps, or give "
            "`class_names`."
        )
    return tuple(str(label) for label in present)


def _check_can_split(labels, class_names):
    single = np.flatnonzero(np.bincount(labels) == 1)
    if single.size:
        raise BadArgument(
            "`labels` must hold at least 2 images of each class, one to train and one to test; "
            f"class '{class_names[single[0]]}' has 1."
        )


def _as_array(values, name):
    try:
        return np.asarray(values)
    except ValueError as error:
        raise BadArgument(f"`{name}` must be one array; its parts differ in shape.") from error


def _as_images(x, name):
    x = _as_array(x, name)
    if x.ndim != 4 or x.shape[-1] not in (1, 3):
        fix = f": `{name}[..., None]` adds the channel axis" if x.ndim == 3 else ""
        raise BadArgument(
            f"`{name}` must have shape (n, height, width, channels) with 1 or 3 channels; "
            f"got {x.shape}{fix}."
        )
    if x.size == 0:
        raise BadArgument(f"`{name}` must hold at least one image; got shape {x.shape}.")
    if x.dtype == np.uint8:
        return to_unit(x)
    if x.dtype.kind != "f":
        fix = f": `{name}.astype('uint8')` if it holds 0 to 255" if x.dtype.kind in "iu" else ""
        raise BadArgument(f"`{name}` must be uint8, or float in [0, 1]; got {x.dtype}{fix}.")
    check_examples(x, name)
    if x.min() < 0 or x.max() > 1:
        raise BadArgument(
            f"`{name}` must lie in [0, 1]; got {x.min():.4g} to {x.max():.4g}: "
            "divide pixels of 0 to 255 by 255."
        )
    return x.astype("float32", copy=False)
