"""A domain from arrays of one's own."""

import numpy as np

from tlcourse.domains.domain import Domain, stratified_split
from tlcourse.domains.glyphs import to_unit


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
    """Makes a domain of images held in arrays.

    Args:
        x: (n, height, width, channels), 1 or 3 channels, uint8 or float in [0, 1].
        labels: whole numbers (n,), from 0.
        x_test: as `x`; without it `test_share` of every class is split off.
        labels_test: as `labels`, together with `x_test`.
        class_names: one name per class; by default the numbers themselves.
        name: str, what the domain is called in tables and pictures.
        test_share: float in (0, 1), used only without `x_test`.
        seed: int, of that split.

    Returns:
        `Domain`.

    Raises:
        ValueError: for a wrong rank, channel count, dtype or range, NaN, empty arrays, labels out
            of range or not one per image, or only one class.

    Example:
        >>> images = np.zeros((20, 8, 8, 1), "uint8")
        >>> from_arrays(images, np.arange(20) % 2, class_names=["cat", "dog"])
        Domain('arrays': 16 train + 4 test, 8 × 8 × 1, 2 classes)
    """
    x, labels = _as_images(x, "x"), np.asarray(labels)
    if (x_test is None) != (labels_test is None):
        raise ValueError("`x_test` and `labels_test` go together; got only one of them.")
    if labels.shape != (len(x),):
        raise ValueError(
            f"`labels` must have shape ({len(x)},), one per image of `x`; got {labels.shape}."
        )
    if class_names is None:
        if labels.dtype.kind not in "iu":
            raise ValueError(
                f"`labels` must be whole numbers from 0; got {labels.dtype}: "
                "`np.unique(labels, return_inverse=True)` turns names into numbers."
            )
        class_names = [str(label) for label in range(int(labels.max()) + 1)]
    if len(class_names) < 2:
        raise ValueError(f"`labels` must hold at least 2 classes; got {len(class_names)}.")
    if x_test is None:
        train, test = stratified_split(labels, test_share, seed)
        x, x_test, labels, labels_test = x[train], x[test], labels[train], labels[test]
    else:
        x_test, labels_test = _as_images(x_test, "x_test"), np.asarray(labels_test)
    return Domain(
        name=name,
        x_train=x,
        labels_train=labels,
        x_test=x_test,
        labels_test=labels_test,
        class_names=class_names,
    )


def _as_images(x, name):
    x = np.asarray(x)
    if x.ndim != 4 or x.shape[-1] not in (1, 3):
        fix = f": `{name}[..., None]` adds the channel axis" if x.ndim == 3 else ""
        raise ValueError(
            f"`{name}` must have shape (n, height, width, channels) with 1 or 3 channels; "
            f"got {x.shape}{fix}."
        )
    if x.size == 0:
        raise ValueError(f"`{name}` must hold at least one image; got shape {x.shape}.")
    if x.dtype == np.uint8:
        return to_unit(x)
    if x.dtype.kind != "f":
        raise ValueError(f"`{name}` must be uint8, or float in [0, 1]; got {x.dtype}.")
    if np.isnan(x).any():
        bad = int(np.argmax(np.isnan(x).any(axis=(1, 2, 3))))
        raise ValueError(f"`{name}` must be finite; image {bad} holds NaN.")
    if x.min() < 0 or x.max() > 1:
        raise ValueError(
            f"`{name}` must lie in [0, 1]; got {x.min():.4g} to {x.max():.4g}: "
            "divide pixels of 0 to 255 by 255."
        )
    return x.astype("float32", copy=False)
