"""What one makes of a domain: a part of it, other shares of its classes, a change of its inputs."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from tlcourse.arguments import check_choice, check_count, check_flag, check_number, check_seed
from tlcourse.errors import BadArgument, UnknownName, near

_PARTS = ("train", "test")


class Derived:
    """Methods of `Domain` that give another one; that on which they are called stays as it is."""

    def subset(self, *, train=None, test=None, classes=None, seed=0):
        """Return a part of the domain.

        Args:
            train: which training examples to keep: None for all, an int for so many drawn at
                random with the classes as equal as may be, or int positions or a bool mask.
            test: the same for the test examples.
            classes: names of the classes to keep, at least 2, in their new order; None keeps all.
                What `train` and `test` say is of the examples of these classes.
            seed: int, of what is drawn.

        Returns:
            `Domain`.

        Raises:
            BadArgument: (a ValueError) if there are not so many, a position or a mask does not
                fit, or nothing would be left.
            UnknownName: (a ValueError) if there is no such class.
        """
        domain = self if classes is None else self._of_classes(classes)
        for number, (part, wanted) in enumerate((("train", train), ("test", test))):
            if wanted is not None:
                domain = domain._kept(part, domain._positions(part, wanted, seed, number))
        return domain

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
        shares = self._shares(shares)
        check_choice(part, "part", (*_PARTS, "both"))
        if n is not None:
            check_count(n, "n")
        domain = self
        for number, each in enumerate(_PARTS):
            if part in (each, "both"):
                domain = domain._kept(each, domain._with_shares(each, shares, n, seed, number))
        return domain

    def changed(self, change, *, name=None):
        """Return the domain with its inputs changed, in train and test alike, labels as they are.

        Args:
            change: function of examples (n, ...), as `x_train` holds them, that gives as many of
                the same shape, such as `tlcourse.domains.faint`.
            name: str, of the new domain; None adds the function's own.

        Returns:
            `Domain`.

        Raises:
            BadArgument: (a ValueError) if `change` is no function or gives another shape.
        """
        if not isinstance(change, Callable):
            raise BadArgument(f"`change` must be a function of examples; got {change!r}.")
        parts = {}
        for part in _PARTS:
            x = getattr(self, f"x_{part}")
            # A copy: a function that works in place must not reach this domain.
            parts[f"x_{part}"] = found = np.asarray(change(x.copy()))
            if found.shape != x.shape:
                raise BadArgument(
                    f"`change` must give examples of shape {x.shape}, as it got; it gave "
                    f"{found.shape}."
                )
        told = getattr(change, "__name__", "changed").strip("<>")
        return replace(self, name=name or f"{self.name}, {told}", **parts)

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
        self._check_names(names, "names")
        new = [str(names.get(name, name)) for name in self.class_names]
        order = list(dict.fromkeys(new))
        if set(order) == set(self.class_names):
            order = list(self.class_names)
        if len(order) < 2:
            raise BadArgument(f"`names` must leave at least 2 classes; all would be {order[0]!r}.")
        places = np.array([order.index(name) for name in new], "int32")
        labels = {f"labels_{part}": places[getattr(self, f"labels_{part}")] for part in _PARTS}
        return replace(self, class_names=tuple(order), **labels)

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
            in_test = np.isin(pooled["groups"], held)
        else:
            n = len(pooled["x"])
            in_test = np.zeros(n, bool)
            in_test[rng.permutation(n)[: max(1, round(test_share * n))]] = True
        if in_test.all() or not in_test.any():
            raise BadArgument("`test_groups` must leave examples to train on and to test on.")
        parts = {
            f"{kind}_{part}": each[in_test == (part == "test")]
            for kind, each in pooled.items()
            for part in _PARTS
        }
        return replace(self, **parts)

    def _held_groups(self, groups, wanted, share, rng):
        if groups is None:
            raise BadArgument(f"`by_group` needs a domain with groups; '{self.name}' has none.")
        known = np.unique(groups)
        if len(known) < 2:
            raise BadArgument(f"`by_group` needs at least 2 groups; '{self.name}' has 1.")
        if wanted is None:
            n_held = min(max(1, round(share * len(known))), len(known) - 1)
            return rng.permutation(known)[:n_held]
        wanted = [wanted] if isinstance(wanted, str) else list(wanted)
        for name in wanted:
            if name not in known:
                raise UnknownName(
                    f"`test_groups`: no group {name!r}.{near(str(name), [str(k) for k in known])}"
                )
        return wanted

    def _kept(self, part, positions):
        """Return the domain with these examples of a part."""
        if not len(positions):
            raise BadArgument(f"`{part}` must leave at least one example of '{self.name}'.")
        kinds = [k for k in ("x", "labels", "groups") if getattr(self, f"{k}_{part}") is not None]
        return replace(
            self, **{f"{k}_{part}": getattr(self, f"{k}_{part}")[positions] for k in kinds}
        )

    def _of_classes(self, classes):
        self._check_names(classes, "classes")
        classes = list(dict.fromkeys(classes))
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

    def _check_names(self, names, argument):
        if isinstance(names, str):
            raise BadArgument(f"`{argument}` must be several names of classes; got {names!r}.")
        for name in names:
            if name not in self.class_names:
                raise UnknownName(
                    f"`{argument}`: '{self.name}' has no class {name!r}."
                    f"{near(str(name), self.class_names)}"
                )

    def _positions(self, part, wanted, seed, number):
        labels = getattr(self, f"labels_{part}")
        if isinstance(wanted, (int, np.integer)) and not isinstance(wanted, bool):
            check_count(wanted, part, at_most=len(labels))
            rng = np.random.default_rng([check_seed(seed), number])
            order = rng.permutation(len(labels))
            # How many of its class came before each: first one of each class, then the second.
            rank = np.empty(len(labels), int)
            for label in np.unique(labels):
                mine = order[labels[order] == label]
                rank[mine] = np.arange(len(mine))
            return order[np.argsort(rank[order], kind="stable")][:wanted]
        chosen = np.asarray(wanted)
        if chosen.dtype == bool and chosen.shape == labels.shape:
            return np.flatnonzero(chosen)
        if chosen.ndim != 1 or chosen.dtype.kind not in "iu":
            raise BadArgument(
                f"`{part}` must be a number, positions (int) or a mask of {len(labels)}; got "
                f"{wanted!r}."
            )
        if chosen.size and not (chosen.min() >= 0 and chosen.max() < len(labels)):
            raise BadArgument(
                f"`{part}` must be positions from 0 to {len(labels) - 1}; got {chosen.min()} to "
                f"{chosen.max()}."
            )
        return chosen

    def _shares(self, shares):
        if isinstance(shares, Mapping):
            self._check_names(shares, "shares")
            shares = [shares.get(name, 1.0) for name in self.class_names]
        try:
            numbers = np.asarray(shares, "float64")
        except (TypeError, ValueError):
            numbers = np.empty(0)
        right = numbers.shape == (self.n_classes,) and np.isfinite(numbers).all()
        if not right or (numbers < 0).any() or not numbers.any():
            raise BadArgument(
                f"`shares` must be a number >= 0 for each of the {self.n_classes} classes, not all "
                f"0; got {shares!r}."
            )
        return numbers / numbers.sum()

    def _with_shares(self, part, shares, n, seed, number):
        labels = getattr(self, f"labels_{part}")
        there = np.bincount(labels, minlength=self.n_classes)
        used = shares > 0
        most = int(np.floor((there[used] / shares[used]).min()))
        if n is not None and n > most:
            raise BadArgument(
                f"`n` must be at most {most}: with these shares '{self.name}' has no more to "
                f"{part}; got {n}."
            )
        counts = np.minimum(np.round(shares * (most if n is None else n)).astype(int), there)
        rng = np.random.default_rng([check_seed(seed), number])
        chosen = [
            rng.choice(np.flatnonzero(labels == label), count, replace=False)
            for label, count in enumerate(counts)
        ]
        return rng.permutation(np.concatenate(chosen))
