"""Figures: each function draws on the given Axes and returns them."""

from tlcourse.plots.bars import labelled_bars
from tlcourse.plots.curves import accuracy_along_training, accuracy_over_shots
from tlcourse.plots.images import show_domains
from tlcourse.plots.style import PALETTE, SOURCE, TARGET, looks, use_style

__all__ = [
    "PALETTE",
    "SOURCE",
    "TARGET",
    "accuracy_along_training",
    "accuracy_over_shots",
    "labelled_bars",
    "looks",
    "show_domains",
    "use_style",
]
