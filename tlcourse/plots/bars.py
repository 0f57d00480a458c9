"""Labelled bars with intervals."""

from matplotlib.ticker import PercentFormatter

from tlcourse.arguments import verb
from tlcourse.plots.style import PALETTE


@verb
def labelled_bars(ax, values, *, unit="", colours=None, spec=".2f"):
    """Draw one horizontal bar per name with its number written beside it.

    Bars of intervals show them, and the axis says over how many seeds they are. Where the numbers
    are written in percent the axis is too.

    Args:
        ax: matplotlib `Axes`.
        values: dict, name to number, or to `Interval`.
        unit: str, label of the axis.
        colours: list of colours, one per bar; by default all bars share one.
        spec: format of the numbers.

    Returns:
        `ax`.
    """
    names = list(values)
    numbers = [float(getattr(values[name], "mean", values[name])) for name in names]
    spread = [float(getattr(values[name], "half_width", 0)) for name in names]
    seeds = {value.n for value in values.values() if hasattr(value, "n")}
    if seeds:
        n = "/".join(str(number) for number in sorted(seeds))
        unit = f"{unit} (mean, 95 % interval, n = {n})".strip()
    ax.barh(
        names,
        numbers,
        xerr=spread if seeds else None,
        color=colours or PALETTE[0],
        height=0.6,
        capsize=4,
    )
    for row, number in enumerate(numbers):
        end = number + spread[row]
        ax.annotate(
            format(number, spec), (end, row), (4, 0), textcoords="offset points", va="center"
        )
    ax.invert_yaxis()
    ax.margins(x=0.12)
    ax.set_xlabel(unit)
    if spec.endswith("%"):
        ax.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    ax.grid(visible=False, axis="y")
    return ax
