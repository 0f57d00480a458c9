"""Which examples of a part to keep: so many, at given positions, or in given class shares."""

from collections.abc import Mapping

import numpy as np

from tlcourse.arguments import check_count, check_several
from tlcourse.errors import BadArgument, UnknownName, near


def check_known(names, known, argument, kind):
    """Check names of classes or groups.

    Args:
        names: list of names; no str.
        known: sequence, all there are.
        argument: str, the argument to name in the message.
        kind: str, what they are, in the singular: "class".

    Returns:
        tuple.

    Raises:
        BadArgument: (a ValueError) if it is not several names.
        UnknownName: (a ValueError) that says which is not there.
    """
    plural = f"{kind}es" if kind.endswith("s") else f"{kind}s"
    found = check_several(names, argument, of=f"names of {plural}", at_least=0)
    known = [str(each) for each in known]
    # Numbers may name groups; a class is named by text.
    types = (str, int, np.integer) if kind == "group" else str
    for name in found:
        if not isinstance(name, types) or str(name) not in known:
            raise UnknownName(f"`{argument}`: there is no {kind} {name!r}.{near(name, known)}")
    return found


def chosen_positions(labels, wanted, argument, rng):
    """Return which examples are meant.

    Args:
        labels: int array (n,).
        wanted: int, so many drawn with the classes as equal as may be; or different positions; or
            a bool mask (n,).
        argument: str, the argument to name in the message.
        rng: numpy generator.

    Returns:
        int array of positions, each at most once.

    Raises:
        BadArgument: (a ValueError) if it is none of these, or there are not so many.
    """
    if isinstance(wanted, (int, np.integer)) and not isinstance(wanted, bool):
        check_count(wanted, argument, at_most=len(labels))
        return _drawn_evenly(labels, wanted, rng)
    try:
        chosen = np.asarray(wanted)
    except ValueError:  # rows of different lengths
        chosen = np.empty((0, 0))
    if chosen.dtype == bool and chosen.shape == labels.shape:
        return np.flatnonzero(chosen)
    if chosen.ndim != 1 or (chosen.size and chosen.dtype.kind not in "iu"):
        raise BadArgument(
            f"`{argument}` must be a number, positions (int) or a mask of {len(labels)}; got "
            f"{wanted!r}."
        )
    if chosen.size and not (chosen.min() >= 0 and chosen.max() < len(labels)):
        raise BadArgument(
            f"`{argument}` must be positions from 0 to {len(labels) - 1}; got {chosen.min()} to "
            f"{chosen.max()}."
        )
    again = np.flatnonzero(np.bincount(chosen.astype(int), minlength=1) > 1)
    if again.size:
        raise BadArgument(f"`{argument}` must be different positions; {again[0]} comes twice.")
    return chosen.astype(int)


def _drawn_evenly(labels, n, rng):
    order = rng.permutation(len(labels))
    # How many of its class came before each: first one of each class, then the second.
    rank = np.empty(len(labels), int)
    for label in np.unique(labels):
        mine = order[labels[order] == label]
        rank[mine] = np.arange(len(mine))
    return order[np.argsort(rank[order], kind="stable")][:n]


def class_shares(shares, class_names):
    """Return shares that sum to 1.

    Args:
        shares: dict, class name to a number >= 0, 1 where it says nothing; or a number per class.
        class_names: sequence of str.

    Returns:
        float64 array (n_classes,).

    Raises:
        BadArgument: (a ValueError) if there is not a number >= 0 for each class, or all are 0.
        UnknownName: (a ValueError) if there is no such class.
    """
    given = shares
    if isinstance(shares, Mapping):
        check_known(tuple(shares), class_names, "shares", "class")
        shares = [shares.get(name, 1.0) for name in class_names]
    try:
        numbers = np.asarray(shares, "float64")
    except (TypeError, ValueError):
        numbers = np.empty(0)
    right = numbers.shape == (len(class_names),) and np.isfinite(numbers).all()
    if not right or (numbers < 0).any() or not numbers.any():
        raise BadArgument(
            f"`shares` must be a number >= 0 for each of the {len(class_names)} classes, not all "
            f"0; got {given!r}."
        )
    return numbers / numbers.sum()


def positions_in_shares(labels, shares, n, where, rng):
    """Draw examples so that the classes have given shares, none of them twice.

    Args:
        labels: int array (n_examples,).
        shares: float array (n_classes,), sum 1.
        n: int, how many; None takes as many as there can be.
        where: str that ends "there are no more ...", for the message.
        rng: numpy generator.

    Returns:
        int array of positions, shuffled; each class is within one example of its share.

    Raises:
        BadArgument: (a ValueError) if there are not so many.
    """
    there = np.bincount(labels, minlength=len(shares))
    used = shares > 0
    # The small term: in floats 14 · (1/14) and the like may end just below a whole number.
    most = int(np.floor((there[used] / shares[used]).min() + 1e-9))
    if n is not None and n > most:
        raise BadArgument(
            f"`n` must be at most {most}: with these shares there are no more {where}; got {n}."
        )
    counts = _whole(shares * (most if n is None else n))
    chosen = [
        rng.choice(np.flatnonzero(labels == label), count, replace=False)
        for label, count in enumerate(counts)
    ]
    return rng.permutation(np.concatenate(chosen))


def _whole(amounts):
    """Round amounts (n,) to whole numbers of the same sum: what is left goes to the largest rest.

    Rounding each alone would make 5 of 2.5 and 2.5 into 4.
    """
    counts = np.floor(amounts).astype(int)
    left = round(amounts.sum()) - counts.sum()
    counts[np.argsort(counts - amounts, kind="stable")[:left]] += 1
    return counts
