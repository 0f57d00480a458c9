"""The same experiment over shots and seeds."""

import numpy as np

from tlcourse.arguments import verb
from tlcourse.strategies.progress import progress
from tlcourse.strategies.strategy import check_is_strategy


@verb
def over_seeds(strategy, data, *, seeds, shots=None, eval_test=False):
    """Fit a strategy once per seed.

    Args:
        strategy: a `Strategy`.
        data: a `DomainPair` or `Domain`.
        seeds: iterable of int.
        shots: labelled target examples per class; None takes all.
        eval_test: as in `Strategy.fit`.

    Returns:
        List of `TransferResult`, in the order of the seeds.
    """
    check_is_strategy(strategy, "strategy")
    return [
        strategy.fit(data, shots=shots, seed=seed, eval_test=eval_test)
        for seed in progress(list(seeds), type(strategy).__name__)
    ]


@verb
def over_shots(strategies, data, *, shots, seeds):
    """Measure target accuracy for every strategy, number of shots and seed.

    For one seed and number of shots every strategy gets the same labelled examples.

    Args:
        strategies: dict, name to `Strategy`.
        data: a `DomainPair` or `Domain`.
        shots: iterable of int, labels per class.
        seeds: iterable of int.

    Returns:
        Dict, name to float array (len(shots), len(seeds)): accuracy on the target's test set.
    """
    for name, strategy in strategies.items():
        check_is_strategy(strategy, f"strategies[{name!r}]")
    shots, seeds = list(shots), list(seeds)
    table = {name: np.zeros((len(shots), len(seeds))) for name in strategies}
    cells = [
        (name, i, j) for name in strategies for i in range(len(shots)) for j in range(len(seeds))
    ]
    for name, i, j in progress(cells, ", ".join(strategies)):
        result = strategies[name].fit(data, shots=shots[i], seed=seeds[j])
        table[name][i, j] = result.target_accuracy
    return table
