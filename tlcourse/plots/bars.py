"""Labelled bars with intervals."""

from tlcourse.arguments import verb
from tlcourse.plots.style import PALETTE


@verb
def labelled_bars(ax, values, *, errors=None, unit="", colours=None, spec=".2f"):
    """Draw one horizontal bar per name with its number written beside it.

    Args:
        ax: matplotlib `Axes`.
        values: dict, name to number.
        errors: dict, name to half-width of an interval, or None.
        unit: str, label of the axis.
        colours: list of colours, one per bar; by default all bars share one.
        spec: format of the numbers.

    Returns:
        `ax`.
    """
    names = list(values)
    numbers = [float(values[name]) for name in names]
    spread = [float(errors[name]) for name in names] if errors else None
    ax.barh(names, numbers, xerr=spread, color=colours or PALETTE[0], height=0.6, capsize=4)
    for row, number in enumerate(numbers):
        end = number + (spread[row] if spread else 0)
        ax.annotate(
            format(number, spec), (end, row), (4, 0), textcoords="offset points", va="center"
        )
    ax.invert_yaxis()
    ax.margins(x=0.12)
    ax.set_xlabel(unit)
    ax.grid(visible=False, axis="y")
    return ax
