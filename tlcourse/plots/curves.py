"""Accuracy along shots, steps or seconds, with its spread over seeds."""

import numpy as np

from tlcourse.measures import interval
from tlcourse.plots.style import LINES, MARKERS, PALETTE


def accuracy_over_shots(ax, table, shots):
    """Draws accuracy against labels per class, one line per strategy, with 95 % intervals.

    Args:
        ax: matplotlib `Axes`.
        table: dict, name to one row of accuracies in [0, 1] per number of shots, one value per
            seed, as `tlcourse.over_shots` returns it; rows may differ in length.
        shots: list of int.

    Returns:
        `ax`.
    """
    for i, (name, accuracies) in enumerate(table.items()):
        means = [interval(row) for row in accuracies]
        _line(ax, i, name, shots, means)
    ax.set_xscale("log")
    ax.set_xticks(shots, [str(k) for k in shots])
    ax.minorticks_off()
    ax.set_xlabel("labelled target images per class (shots)")
    ax.set_ylabel("accuracy on the target's test set")
    ax.legend(loc="lower right")
    return ax


def accuracy_along_training(ax, curves, x, *, xlabel):
    """Draws accuracy along a training, one line per strategy, with 95 % intervals over seeds.

    Args:
        ax: matplotlib `Axes`.
        curves: dict, name to float array (n_seeds, n_watches) of accuracies in [0, 1].
        x: dict, name to array (n_watches,), or one array for all: steps or seconds.
        xlabel: str, with the unit.

    Returns:
        `ax`.
    """
    for i, (name, accuracies) in enumerate(curves.items()):
        means = [interval(column) for column in np.asarray(accuracies).T]
        _line(ax, i, name, x[name] if isinstance(x, dict) else x, means)
    ax.set_xlabel(xlabel)
    ax.set_ylabel("accuracy on the target's test set")
    ax.legend(loc="lower right")
    return ax


def _line(ax, i, name, x, intervals):
    style = {"color": PALETTE[i], "linestyle": LINES[i], "marker": MARKERS[i], "markersize": 5}
    ax.plot(x, [each.mean for each in intervals], label=name, **style)
    low, high = [each.low for each in intervals], [each.high for each in intervals]
    ax.fill_between(x, low, high, color=PALETTE[i], alpha=0.15, linewidth=0)
