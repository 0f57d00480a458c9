"""Colours, lines and sizes that all figures of the course share."""

import matplotlib.pyplot as plt

# Okabe & Ito's palette, told apart with every common kind of colour vision.
SOURCE = "#0072B2"
TARGET = "#D55E00"
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
LINES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1, 1, 1)))
MARKERS = ("o", "s", "^", "D", "v", "P")


def use_style():
    """Sets matplotlib's defaults for lessons: readable from the back row, small when stored."""
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
