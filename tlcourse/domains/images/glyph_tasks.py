"""Drawn digits with three labels each: digit, font family, rotation."""

from dataclasses import dataclass, field

import numpy as np

from tlcourse.arguments import check_count, check_seed, verb
from tlcourse.domains.arrays import to_unit
from tlcourse.domains.images.faces import FACES, FAMILIES, family_of
from tlcourse.domains.images.glyphs import DIGITS, LICENCE, render_and_tell


# eq=False: arrays do not compare to one truth value.
@verb
@dataclass(frozen=True, kw_only=True, eq=False)
class ManyLabels:
    """Images with labels for several tasks, with a fixed split into train and test.

    Attributes:
        x_train: float32 array (n, height, width, channels) in [0, 1].
        labels_train: dict, task to array (n,): int32 for classes, float32 for numbers.
        x_test: as `x_train`.
        labels_test: as `labels_train`.
        class_names: dict, task to one name per class; tasks whose labels are numbers have none.
        licence: the licence of the data.
    """

    x_train: np.ndarray = field(repr=False)
    labels_train: dict[str, np.ndarray] = field(repr=False)
    x_test: np.ndarray = field(repr=False)
    labels_test: dict[str, np.ndarray] = field(repr=False)
    class_names: dict[str, tuple[str, ...]]
    licence: str


@verb
def glyph_tasks(n=8000, seed=0):
    """Return the digits of the domain `glyphs` with three labels for each image.

    "digit": 0 to 9. "family": one of five font families. "angle": rotation in degrees, clockwise,
    in [−20, 20]. Each digit is also slanted at random, and some faces are italic, so the angle can
    only be estimated with an error.

    Args:
        n: int >= 4, images in all, three quarters of them for training.
        seed: int; the same seed gives the same images, which are those of `glyphs`.

    Returns:
        `ManyLabels`.

    Raises:
        ValueError: if `n` is no whole number >= 4 (there is nothing to test on), or `seed` is none.
    """
    check_count(n, "n", at_least=4)
    # Their cache knows drawings by what is written of these: plain numbers only.
    n, seed = int(n), check_seed(seed)
    drawn = render_and_tell(DIGITS, FACES, n, seed=seed)
    images = to_unit(drawn["images"])
    labels = {
        "digit": drawn["labels"],
        "family": family_of(FACES)[drawn["faces"]],
        "angle": drawn["degrees"].astype("float32"),
    }
    n_train = n * 3 // 4
    return ManyLabels(
        x_train=images[:n_train],
        labels_train={task: each[:n_train] for task, each in labels.items()},
        x_test=images[n_train:],
        labels_test={task: each[n_train:] for task, each in labels.items()},
        class_names={"digit": tuple(DIGITS), "family": FAMILIES},
        licence=LICENCE,
    )
