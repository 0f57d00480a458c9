"""What one makes of a domain: a part of it, other shares of its classes, a change of its inputs."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from tlcourse.arguments import (
    check_choice,
    check_count,
    check_flag,
    check_number,
    check_seed,
    verb,
)
from tlcourse.domains.selection import (
    check_known,
    chosen_positions,
    class_shares,
    positions_in_shares,
)
from tlcourse.errors import BadArgument

_PARTS = ("train", "test")


class Derived:
    """Methods of `Domain` that give another one; that on which they are called stays as it is."""

    @verb
    def subset(self, *, train=None, test=None, classes=None, groups=None, seed=0):
        """Return a part of the domain.

        Args:
            train: which training examples to keep: None for all, an int for so many drawn at
                random with the classes as equal as may be, or different positions or a bool mask.
            test: the same for the test examples.
            classes: names of the classes to keep, at least 2, in their new order; None keeps all.
                What `train` and `test` say is of the examples of these classes and groups.
            groups: names of the groups to keep, in train and in test; None keeps all.
            seed: int, of what is drawn.

        Returns:
            `Domain`.

        Raises:
            BadArgument: (a ValueError) if there are not so many, a position or a mask does not
                fit, or nothing would be left.
            UnknownName: (a ValueError) if there is no such class or group.
        """
        seed = check_seed(seed)
        domain = self if classes is None else self._of_classes(classes)
        domain = domain if groups is None else domain._of_groups(groups)
        for number, (part, wanted) in enumerate((("train", train), ("test", test))):
            if wanted is not None:
                labels, rng = (
                    getattr(domain, f"labels_{part}"),
                    np.random.default_rng([seed, number]),
                )
                domain = domain._kept(part, chosen_positions(labels, wanted, part, rng))
        return domain

    @verb
    def with_class_shares(self, shares, *, n=None, part="train", seed=0):
        """Return the domain with other shares of its classes: label shift, P(Y) and nothing else.

        Args:
            shares: dict, class name to its relative share, a number >= 0, where classes left out
                have share 1; or one number for each class.
            n: int, examples in all; None takes as many as there can be without repeating one.
            part: "train", "test" or "both".
            seed: int, of the examples that are drawn.

        Returns:
            `Domain`.

        Raises:
            BadArgument: (a ValueError) if the shares do not fit, or there are too few examples.
            UnknownName: (a ValueError) if there is no such class.

        Example:
            >>> from tlcourse.domains import load_domain
            >>> digits = load_domain("glyphs").with_class_shares({"0": 3, "1": 3})
        """
        shares, seed = class_shares(shares, self.class_names), check_seed(seed)
        check_choice(part, "part", (*_PARTS, "both"))
        if n is not None:
            check_count(n, "n")
        domain = self
        for number, each in enumerate(_PARTS):
            if part in (each, "both"):
                labels, rng = getattr(self, f"labels_{each}"), np.random.default_rng([seed, number])
                where = f"in '{self.name}' to {each}"
                domain = domain._kept(each, positions_in_shares(labels, shares, n, where, rng))
        return domain

    @verb
    def changed(self, change, *, name=None):
        """Return the domain with its inputs changed, in train and test alike, labels as they are.

        Args:
            change: function of examples (n, ...), as `x_train` holds them, that gives as many of
                the same shape, such as `tlcourse.domains.faint`.
            name: str, of the new domain; None adds the function's own, or "changed".

        Returns:
            `Domain`.

        Raises:
            BadArgument: (a ValueError) if `change` is no function, or gives another shape, another
                kind of value (int, bool), or NaN or infinity.
        """
        if not isinstance(change, Callable):
            raise BadArgument(f"`change` must be a function of examples; got {change!r}.")
        parts = {}
        for part in _PARTS:
            x = getattr(self, f"x_{part}")
            # A copy: a function that works in place must not reach this domain.
            parts[f"x_{part}"] = found = np.asarray(change(x.copy()))
            if found.shape != x.shape or found.dtype.kind != x.dtype.kind:
                raise BadArgument(
                    f"`change` must give {x.dtype} of shape {x.shape}, as it got; it gave "
                    f"{found.dtype} of {found.shape}."
                )
            if x.dtype.kind == "f" and not np.isfinite(found).all():
                raise BadArgument(f"`change` must give finite numbers; of x_{part} it did not.")
        told = getattr(change, "__name__", "changed").replace("<lambda>", "changed")
        return replace(self, name=name or f"{self.name}, {told}", **parts)

    @verb
    def relabelled(self, names):
        """Return the domain with its classes called otherwise; the inputs stay as they are.

        Two classes with one new name become one. With the names of the old classes in another
        order, the labels are permuted.

        Args:
            names: dict, class name to new name; classes left out keep theirs.

        Returns:
            `Domain`; its classes are in the order in which the new names first come, or in the old
            order where the names are the same.

        Raises:
            BadArgument: (a ValueError) if fewer than 2 classes would be left.
            UnknownName: (a ValueError) if there is no such class.

        Example:
            >>> from tlcourse.domains import load_domain
            >>> parity = {d: "odd" if int(d) % 2 else "even" for d in "0123456789"}
            >>> load_domain("glyphs").relabelled(parity).class_names
            ('even', 'odd')
        """
        if not isinstance(names, Mapping):
            raise BadArgument(f"`names` must be a dict, class name to new name; got {names!r}.")
        check_known(tuple(names), self.class_names, "names", "class")
        new = [str(names.get(name, name)) for name in self.class_names]
        order = list(dict.fromkeys(new))
        if set(order) == set(self.class_names):
            order = list(self.class_names)
        if len(order) < 2:
            raise BadArgument(f"`names` must leave at least 2 classes; all would be {order[0]!r}.")
        places = np.array([order.index(name) for name in new], "int32")
        labels = {f"labels_{part}": places[getattr(self, f"labels_{part}")] for part in _PARTS}
        return replace(self, class_names=tuple(order), **labels)

    @verb
    def resplit(self, *, by_group=False, test_groups=None, test_share=0.25, seed=0):
        """Return the domain with its examples split anew into train and test.

        Examples of one group (a speaker, a writer, a font) are alike. Where a group is in train
        and in test, the test does not say how others would fare.

        Args:
            by_group: bool, keep each group whole, in train or in test.
            test_groups: names of the groups to test on; None draws them. Only with `by_group`.
            test_share: float in (0, 1), of the examples, or of the groups with `by_group`.
            seed: int, of what is drawn.

        Returns:
            `Domain`.

        Raises:
            BadArgument: (a ValueError) if the domain has no groups, or fewer than 2, or a part
                would be empty.
            UnknownName: (a ValueError) if there is no such group.
        """
        check_flag(by_group, "by_group")
        check_number(test_share, "test_share", above=0, below=1)
        rng = np.random.default_rng(check_seed(seed))
        pooled = {
            kind: np.concatenate([getattr(self, f"{kind}_{part}") for part in _PARTS])
            for kind in ("x", "labels", "groups")
            if getattr(self, f"{kind}_train") is not None
        }
        if test_groups is not None and not by_group:
            raise BadArgument("`test_groups` goes with `by_group=True`.")
        if by_group:
            held = self._held_groups(pooled.get("groups"), test_groups, test_share, rng)
            in_test = np.isin(pooled["groups"].astype(str), held)
        else:
            n = len(pooled["x"])
            in_test = np.zeros(n, bool)
            in_test[rng.permutation(n)[: max(1, round(test_share * n))]] = True
        if in_test.all() or not in_test.any():
            which = "test_share" if test_groups is None else "test_groups"
            raise BadArgument(f"`{which}` must leave examples to train on and to test on.")
        parts = {
            f"{kind}_{part}": each[in_test == (part == "test")]
            for kind, each in pooled.items()
            for part in _PARTS
        }
        return replace(self, **parts)

    def _held_groups(self, groups, wanted, share, rng):
        if groups is None:
            raise BadArgument(f"`by_group` needs a domain with groups; '{self.name}' has none.")
        known = np.unique(groups).astype(str)
        if len(known) < 2:
            raise BadArgument(f"`by_group` needs at least 2 groups; '{self.name}' has 1.")
        if wanted is None:
            n_held = min(max(1, round(share * len(known))), len(known) - 1)
            return rng.permutation(known)[:n_held]
        wanted = [wanted] if isinstance(wanted, str) else wanted
        return [str(name) for name in check_known(wanted, known, "test_groups", "group")]

    def _kept(self, part, positions):
        """Return the domain with these examples of a part."""
        if not len(positions):
            raise BadArgument(f"`{part}` must leave at least one example of '{self.name}'.")
        kinds = [k for k in ("x", "labels", "groups") if getattr(self, f"{k}_{part}") is not None]
        return replace(
            self, **{f"{k}_{part}": getattr(self, f"{k}_{part}")[positions] for k in kinds}
        )

    def _of_groups(self, groups):
        if self.groups_train is None:
            raise BadArgument(f"`groups` needs a domain with groups; '{self.name}' has none.")
        own = {part: getattr(self, f"groups_{part}").astype(str) for part in _PARTS}
        known = np.unique(np.concatenate(list(own.values())))
        wanted = [str(name) for name in check_known(groups, known, "groups", "group")]
        domain = self
        for part in _PARTS:
            domain = domain._kept(part, np.flatnonzero(np.isin(own[part], wanted)))
        return domain

    def _of_classes(self, classes):
        known = check_known(classes, self.class_names, "classes", "class")
        classes = list(dict.fromkeys(known))
        if len(classes) < 2:
            raise BadArgument(f"`classes` must name at least 2 classes; got {classes}.")
        places = np.full(self.n_classes, -1, "int32")
        places[[self.class_names.index(name) for name in classes]] = range(len(classes))
        domain = self
        for part in _PARTS:
            labels = places[getattr(domain, f"labels_{part}")]
            domain = domain._kept(part, np.flatnonzero(labels >= 0))
        labels = {f"labels_{part}": places[getattr(domain, f"labels_{part}")] for part in _PARTS}
        return replace(domain, class_names=tuple(classes), **labels)
