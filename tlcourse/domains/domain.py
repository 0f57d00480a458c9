"""Domain and DomainPair: the data of every lesson and strategy."""

from dataclasses import dataclass

import numpy as np

from tlcourse.arguments import check_count, check_number, check_seed, verb
from tlcourse.domains.derived import Derived
from tlcourse.domains.examples import check_class_names, check_examples, check_labels
from tlcourse.errors import BadArgument


# eq=False: arrays do not compare to one truth value, so a domain equals only itself.
@verb
@dataclass(frozen=True, kw_only=True, eq=False)
class Domain(Derived):
    """Labelled examples of one domain, with a fixed split into train and test.

    A domain is a feature space with its marginal P(X); with its labels it also carries a task,
    P(Y|X) (Pan & Yang, "A Survey on Transfer Learning", 2010, section 2.2).

    Attributes:
        name: name in the catalog.
        x_train: float32 array (n, ...). Images are (n, height, width, channels) in [0, 1]; texts
            are an array (n,) of str, and once tokenised int32 (n, length).
        labels_train: int32 array (n,), values 0 to n_classes - 1.
        x_test: as `x_train`. Use it to report, never to choose.
        labels_test: as `labels_train`.
        class_names: one name per class, in the order of the labels.
        licence: the licence of the data.
        source: where the data comes from.
        groups_train: array (n,) of str or int, what makes examples alike beside their class, such
            as the speaker or the font; None where nothing is known.
        groups_test: as `groups_train`.

    Raises:
        ValueError: if arrays are empty, contain NaN, do not match each other or their labels, or
            two classes have the same name.
    """

    name: str
    x_train: np.ndarray
    labels_train: np.ndarray
    x_test: np.ndarray
    labels_test: np.ndarray
    class_names: tuple[str, ...]
    licence: str = "not stated"
    source: str = "not stated"
    groups_train: np.ndarray | None = None
    groups_test: np.ndarray | None = None

    def __post_init__(self):
        object.__setattr__(self, "class_names", check_class_names(self.class_names))
        for part in ("train", "test"):
            x = np.asarray(getattr(self, f"x_{part}"))
            labels = np.asarray(getattr(self, f"labels_{part}"))
            if x.dtype.kind == "f":
                with np.errstate(over="ignore"):  # overflows to infinity, which is rejected below
                    x = x.astype("float32", copy=False)
            check_examples(x, f"x_{part}")
            check_labels(labels, len(x), self.n_classes, f"labels_{part}", f"x_{part}")
            object.__setattr__(self, f"x_{part}", x)
            object.__setattr__(self, f"labels_{part}", labels.astype("int32", copy=False))
            self._take_groups(part, len(x))
        if self.x_train.shape[1:] != self.x_test.shape[1:]:
            raise BadArgument(
                f"`x_test` must hold examples of shape {self.x_train.shape[1:]} like `x_train`; "
                f"got {self.x_test.shape[1:]}."
            )

    def _take_groups(self, part, n):
        groups = getattr(self, f"groups_{part}")
        if (self.groups_train is None) != (self.groups_test is None):
            raise BadArgument("`groups_train` and `groups_test` go together; got only one of them.")
        if groups is None:
            return
        groups = np.asarray(groups)
        if groups.shape != (n,) or groups.dtype.kind not in "iuU":
            raise BadArgument(
                f"`groups_{part}` must be one name or number for each of the {n} examples; got "
                f"shape {groups.shape} of {groups.dtype}."
            )
        object.__setattr__(self, f"groups_{part}", groups)

    @property
    def n_classes(self):
        """Number of classes (int)."""
        return len(self.class_names)

    @property
    def input_shape(self):
        """Shape of one example, without the batch axis (tuple of int)."""
        return self.x_train.shape[1:]

    @verb
    def shots(self, k, seed=0):
        """Draw k labelled training examples of every class.

        Args:
            k: int >= 1, examples per class.
            seed: int; the same seed gives the same examples.

        Returns:
            `(x, labels)`: as `x_train` (k * n_classes, ...), and int32 (k * n_classes,), shuffled.

        Raises:
            ValueError: if k is not a whole number >= 1, a class has fewer than k examples, or
                `seed` is invalid.
        """
        chosen = self.shot_positions(k, seed)
        return self.x_train[chosen], self.labels_train[chosen]

    @verb
    def shot_positions(self, k, seed=0):
        """Return where the examples of `shots` stand in `x_train` (int array (k * n_classes,)).

        Args:
            k: as in `shots`.
            seed: as in `shots`.
        """
        check_count(k, "k")
        counts = np.bincount(self.labels_train, minlength=self.n_classes)
        if k > counts.min():
            scarce = self.class_names[int(counts.argmin())]
            raise BadArgument(
                f"`k` must be at most {counts.min()} on domain '{self.name}', all that class "
                f"'{scarce}' has to train on; got {k}."
            )
        rng = np.random.default_rng(check_seed(seed))
        chosen = np.concatenate(
            [
                rng.choice(np.flatnonzero(self.labels_train == label), k, replace=False)
                for label in range(self.n_classes)
            ]
        )
        return rng.permutation(chosen)

    def __repr__(self):
        shape = " × ".join(map(str, self.input_shape)) or "text"
        return (
            f"Domain('{self.name}': {len(self.x_train)} train + {len(self.x_test)} test, "
            f"{shape}, {self.n_classes} classes)"
        )


@verb
@dataclass(frozen=True, eq=False)
class DomainPair:
    """A source domain with many labels, and a target domain with few or none.

    Attributes:
        source: the `Domain` to transfer from.
        target: the `Domain` to transfer to; its examples have the source's shape.

    Raises:
        ValueError: if one is no `Domain`, or the examples of the two have different shapes.
    """

    source: Domain
    target: Domain

    def __post_init__(self):
        for part in ("source", "target"):
            given = getattr(self, part)
            if not isinstance(given, Domain):
                raise BadArgument(
                    f"`{part}` must be a Domain; got {given!r}. `load_domain(name)` gives one, "
                    "`load_pair(name)` both."
                )
        if self.source.input_shape != self.target.input_shape:
            raise BadArgument(
                f"`target` must hold examples of shape {self.source.input_shape} like `source`; "
                f"got {self.target.input_shape}."
            )

    @property
    def name(self):
        """The pair's name, `source->target` (str)."""
        return f"{self.source.name}->{self.target.name}"

    @property
    def same_classes(self):
        """Tell whether both domains tell the same classes apart (bool)."""
        return self.source.class_names == self.target.class_names

    def __repr__(self):
        return f"DomainPair(source={self.source!r}, target={self.target!r})"


@verb
def stratified_split(labels, share, seed=0):
    """Split examples into two parts with the same mix of classes.

    Args:
        labels: int array (n,).
        share: float in (0, 1), the part of each class that goes second; each side gets at least
            one example of each class.
        seed: int; the same seed gives the same split.

    Returns:
        `(first, second)`: two int arrays of indices into `labels`, disjoint, shuffled.

    Raises:
        ValueError: if `share` is not in (0, 1), `labels` is empty or not 1-D, or a class has a
            single example.
    """
    check_number(share, "share", above=0, below=1)
    labels = np.asarray(labels)
    if labels.ndim != 1 or labels.size == 0:
        raise BadArgument(
            f"`labels` must have shape (n,), one per example to be split; got {labels.shape}."
        )
    rng = np.random.default_rng(check_seed(seed))
    first, second = [], []
    for label in np.unique(labels):
        members = rng.permutation(np.flatnonzero(labels == label))
        if len(members) < 2:
            raise BadArgument(
                f"`labels` must hold at least 2 examples of each class to be split; "
                f"class {label} has {len(members)}."
            )
        n_second = min(max(round(share * len(members)), 1), len(members) - 1)
        second.append(members[:n_second])
        first.append(members[n_second:])
    return rng.permutation(np.concatenate(first)), rng.permutation(np.concatenate(second))


def check_same_classes(data):
    """Check the data given to a method without target labels.

    Args:
        data: `DomainPair` to check.

    Raises:
        ValueError: unless it is a `DomainPair` whose domains have the same classes.
    """
    if not isinstance(data, DomainPair) or not data.same_classes:
        raise BadArgument(
            f"`data` must be a DomainPair with the same classes in both domains; got {data!r}."
        )
