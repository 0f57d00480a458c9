"""Figures in a notebook: sharp on any screen, small when stored, and with words beside them."""

import io

import matplotlib.pyplot as plt

_MOST_COLOURS = 256  # a palette makes a figure's file a third as large


def show_figures_sharply():
    """Make the running notebook store figures by `figure_png`; elsewhere do nothing."""
    try:
        from IPython import get_ipython
    except ImportError:  # a script in an environment without Jupyter
        return
    shell = get_ipython()
    if shell is None or "inline" not in plt.get_backend():
        return
    import matplotlib_inline.backend_inline  # noqa: F401 (importing it sets its own formatter first)

    shell.display_formatter.formatters["image/png"].for_type(plt.Figure, figure_png)


def figure_png(figure):
    """Draw a figure with two pixels for each one of the page, as screens of today show it.

    Args:
        figure: matplotlib `Figure`.

    Returns:
        PNG (bytes), and its metadata as nbformat knows it: width and height on the page in pixels
        (int), and `alt`, what a screen reader says: the titles of the figure's axes (str).
    """
    from PIL import Image

    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", dpi=2 * figure.dpi)
    image = Image.open(drawn).convert("RGB")
    stored = io.BytesIO()
    few = image.quantize(_MOST_COLOURS, dither=Image.Dither.NONE)
    few.save(stored, format="png", optimize=True)
    titles = [axes.get_title(where) for axes in figure.axes for where in ("left", "center")]
    alt = ". ".join(" ".join(title.split()) for title in titles if title)
    return stored.getvalue(), {
        "width": image.width // 2,
        "height": image.height // 2,
        "alt": alt or "A figure without a title",
    }
