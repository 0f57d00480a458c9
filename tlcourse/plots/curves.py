"""Accuracy over shots, steps or seconds, with the spread over seeds."""

import numpy as np
from matplotlib.ticker import PercentFormatter

from tlcourse.arguments import verb
from tlcourse.plots.style import looks


@verb
def accuracy_over_shots(ax, table, shots):
    """Draw accuracy against labels per class, one line per strategy, with 95 % intervals.

    Args:
        ax: matplotlib `Axes`.
        table: dict, name to one row of accuracies in [0, 1] per number of shots, one value per
            seed, as `tlcourse.over_shots` returns it; rows may differ in length.
        shots: list of int.

    Returns:
        `ax`.
    """
    for name, look in looks(list(table)).items():
        _line(ax, name, look, shots, table[name])
    ax.set_xscale("log")
    ax.set_xticks(shots, [str(k) for k in shots])
    ax.minorticks_off()
    ax.set_xlabel("labelled target images per class (shots)")
    _of_accuracy(ax, [row for rows in table.values() for row in rows])
    return ax


@verb
def accuracy_along_training(ax, curves, x, *, xlabel):
    """Draw accuracy along a training, one line per strategy, with 95 % intervals over seeds.

    Args:
        ax: matplotlib `Axes`.
        curves: dict, name to float array (n_seeds, n_evals) of accuracies in [0, 1].
        x: array (n_evals,): steps or seconds.
        xlabel: str, with the unit.

    Returns:
        `ax`.
    """
    for name, look in looks(list(curves)).items():
        _line(ax, name, look, x, np.asarray(curves[name]).T)
    ax.set_xlabel(xlabel)
    _of_accuracy(ax, [column for curve in curves.values() for column in np.asarray(curve).T])
    return ax


def _of_accuracy(ax, samples):
    """Finish an axis of accuracies, and say over how many seeds each of its points is."""
    ax.set_ylabel("accuracy on the target's test set")
    ax.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    numbers = sorted({len(sample) for sample in samples})
    n = f"{numbers[0]}" if len(numbers) == 1 else f"{numbers[0]} to {numbers[-1]}"
    ax.legend(loc="lower right", title=f"mean, 95 % interval, n = {n}")


def _line(ax, name, look, x, samples):
    from tlcourse.measures import interval  # loads Keras, which other figures do not need

    intervals = [interval(sample) for sample in samples]
    ax.plot(x, [each.mean for each in intervals], label=name, **look)
    low, high = [each.low for each in intervals], [each.high for each in intervals]
    ax.fill_between(x, low, high, color=look["color"], alpha=0.15, linewidth=0)
