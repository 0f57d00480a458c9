"""Shared colours, lines and sizes of all figures."""

import matplotlib.pyplot as plt

from tlcourse.arguments import verb
from tlcourse.plots.inline import show_figures_sharply

# Okabe & Ito's palette, told apart with every common kind of colour vision.
SOURCE = "#0072B2"
TARGET = "#D55E00"
PALETTE = ("#009E73", "#E69F00", "#CC79A7", "#56B4E9", "#555555")
_LINES = ("-", "-.", ":", (0, (5, 1)), "--")
_MARKERS = ("o", "s", "^", "D", "v")
# A strategy looks the same in all figures.
_KNOWN = {
    "fine-tuned": 0,
    "linear probe": 1,
    "MLP head": 2,
    "random network, probe": 3,
    "from scratch": 4,
}


@verb
def looks(names):
    """Give every line of a figure its colour, dash and marker.

    Args:
        names: list of str; strategies named by the course keep their own look.

    Returns:
        Dict, name to keyword arguments of `Axes.plot`.
    """
    taken = {_KNOWN[name] for name in names if name in _KNOWN}
    free = iter([slot for slot in range(len(PALETTE)) if slot not in taken] * len(names))
    slots = {name: _KNOWN[name] if name in _KNOWN else next(free) for name in names}
    return {
        name: {"color": PALETTE[i], "linestyle": _LINES[i], "marker": _MARKERS[i], "markersize": 5}
        for name, i in slots.items()
    }


def use_style():
    """Set matplotlib's defaults for lessons: readable from the back row, small when stored.

    In a notebook, figures are sharp on a HiDPI screen too, and carry an alternative text.
    """
    show_figures_sharply()
    plt.rcParams.update(
        {
            "figure.dpi": 80,
            "figure.figsize": (7, 4),
            "figure.constrained_layout.use": True,
            "savefig.dpi": 80,
            "font.size": 11,
            "axes.titlesize": 12,
            "axes.titlelocation": "left",
            "axes.titleweight": "bold",
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "axes.axisbelow": True,
            "axes.prop_cycle": plt.cycler(color=PALETTE),
            "grid.color": "#E5E5E5",
            "lines.linewidth": 2,
            "legend.frameon": False,
            "image.cmap": "gray",
        }
    )
