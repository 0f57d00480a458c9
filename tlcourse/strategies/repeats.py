"""The same experiment over shots and seeds."""

import warnings

import numpy as np

from tlcourse.arguments import verb
from tlcourse.domains import ManyLabels, check_same_classes
from tlcourse.errors import BadArgument
from tlcourse.strategies.progress import progress
from tlcourse.strategies.strategy import check_is_strategy


class UnequalComparison(UserWarning):
    """Strategies are compared that differ in more than what the comparison is about."""


@verb
def over_seeds(strategy, data, *, seeds, shots=None, eval_test=False):
    """Fit a strategy once per seed.

    Args:
        strategy: a `Strategy`, or a `MultiTask`.
        data: a `DomainPair` or `Domain`; for `MultiTask` a `ManyLabels`.
        seeds: iterable of int.
        shots: labelled target examples per class; None takes all. Not for `MultiTask`.
        eval_test: as in `Strategy.fit`. Not for `MultiTask`.

    Returns:
        List of `TransferResult`, or of `MultiTaskResult`, in the order of the seeds.
    """
    check_is_strategy(strategy, "strategy")
    chosen = {} if isinstance(data, ManyLabels) else {"shots": shots, "eval_test": eval_test}
    if not chosen and (shots is not None or eval_test):
        raise BadArgument("`shots` and `eval_test` are not for several tasks: leave them out.")
    return [
        strategy.fit(data, seed=seed, **chosen)
        for seed in progress(list(seeds), type(strategy).__name__)
    ]


@verb
def over_shots(strategies, data, *, shots, seeds, with_source=False):
    """Measure target accuracy for every strategy, number of shots and seed.

    For one seed and number of shots every strategy gets the same labelled examples.
    Where one strategy freezes the statistics of batch normalisation and another does not, an
    `UnequalComparison` warning says so: that alone changes which learning rates work.

    Args:
        strategies: dict, name to `Strategy`.
        data: a `DomainPair` or `Domain`.
        shots: iterable of int, labels per class.
        seeds: iterable of int.
        with_source: True measures the source's test set too; `data` is then a `DomainPair` whose
            domains have the same classes.

    Returns:
        Dict, name to float array (len(shots), len(seeds)): accuracy on the target's test set. With
        `with_source`, a pair of such dicts: on the target's, and on the source's.

    Raises:
        ValueError: if a strategy is none, or there is no source of the same classes to measure on.
    """
    if with_source:
        check_same_classes(data)
    for name, strategy in strategies.items():
        check_is_strategy(strategy, f"strategies[{name!r}]")
    _remark(strategies)
    shots, seeds = list(shots), list(seeds)
    target, source = (
        {name: np.zeros((len(shots), len(seeds))) for name in strategies} for _ in range(2)
    )
    cells = [
        (name, i, j) for name in strategies for i in range(len(shots)) for j in range(len(seeds))
    ]
    for name, i, j in progress(cells, ", ".join(strategies)):
        result = strategies[name].fit(data, shots=shots[i], seed=seeds[j])
        target[name][i, j] = result.target_accuracy
        if with_source:
            source[name][i, j] = result.source_accuracy
    return (target, source) if with_source else target


def _remark(strategies):
    """Warn where batch normalisation is in one mode here and in another there."""
    modes = {
        name: strategy.freeze_statistics
        for name, strategy in strategies.items()
        if hasattr(strategy, "freeze_statistics")
    }
    if len(set(modes.values())) > 1:
        still, moving = (
            ", ".join(repr(name) for name, mode in modes.items() if mode is wanted)
            for wanted in (True, False)
        )
        warnings.warn(
            f"Unequal: {still} with `freeze_statistics=True`, {moving} with False. Give all the "
            "same: batch normalisation's mode alone changes which learning rates work.",
            UnequalComparison,
            stacklevel=4,
        )
