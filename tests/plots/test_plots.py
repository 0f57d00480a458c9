"""Figures draw what they are given, on the Axes they are given, and return them."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from tlcourse import plots
from tlcourse.domains import from_arrays
from tlcourse.measures import Interval, interval


@pytest.fixture
def ax():
    figure, ax = plt.subplots()
    yield ax
    plt.close(figure)


def domain(name, size=8, n_classes=3, channels=1):
    """Images whose grey is the class: class 0 black, the last one white."""
    labels = np.arange(6 * n_classes) % n_classes
    x = (
        np.ones((len(labels), size, size, channels))
        * (labels / (n_classes - 1))[:, None, None, None]
    )
    return from_arrays(x, labels, name=name)


def line_of(ax, name):
    return next(line for line in ax.lines if line.get_label() == name)


def test_domains_stand_in_rows_and_classes_in_columns(ax):
    assert plots.show_domains(ax, [domain("print"), domain("ink")]) is ax
    picture = ax.images[0].get_array()
    assert picture.shape == (2 * 10, 3 * 10)  # a frame of one pixel around each image
    assert picture[5, 5] == 0
    assert picture[15, 25] == 1
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["print", "ink"]
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["0", "1", "2"]


def test_colour_stays_colour(ax):
    plots.show_domains(ax, [domain("photos", channels=3)], per_class=2)
    assert ax.images[0].get_array().shape == (10, 60, 3)


def test_domains_of_two_shapes(ax):
    with pytest.raises(ValueError, match="`domains` must share shape and number of classes"):
        plots.show_domains(ax, [domain("a"), domain("b", size=9)])


def test_accuracy_over_shots_draws_means_and_intervals(ax):
    table = {"fine-tuned": [[0.7, 0.8], [0.9, 0.94, 0.95]], "mine": [[0.1, 0.3], [0.5, 0.5]]}
    assert plots.accuracy_over_shots(ax, table, [1, 10]) is ax
    for name, rows in table.items():
        drawn = line_of(ax, name)
        np.testing.assert_allclose(drawn.get_xdata(), [1, 10])
        np.testing.assert_allclose(drawn.get_ydata(), [np.mean(row) for row in rows])
    band = ax.collections[0].get_paths()[0].vertices[:, 1]
    expected = [interval(row) for row in table["fine-tuned"]]
    assert band.min() == pytest.approx(min(each.low for each in expected))
    assert band.max() == pytest.approx(max(each.high for each in expected))
    assert ax.get_xscale() == "log"
    assert ax.get_xlabel()
    assert ax.get_ylabel()


def test_accuracy_along_training_averages_over_seeds_not_over_time(ax):
    curves = {"from scratch": np.array([[0.1, 0.5, 0.7], [0.3, 0.5, 0.9]])}
    plots.accuracy_along_training(ax, curves, [5, 10, 15], xlabel="optimiser steps")
    np.testing.assert_allclose(line_of(ax, "from scratch").get_ydata(), [0.2, 0.5, 0.8])
    assert ax.get_xlabel() == "optimiser steps"


def test_bars_carry_their_numbers(ax):
    plots.labelled_bars(ax, {"one": Interval(0.25, 0.1, 5), "two": 0.5}, spec=".0%")
    assert "n = 5" in ax.get_xlabel()
    assert ax.xaxis.get_major_formatter()(0.25) == "25%"  # as the numbers beside the bars
    assert [bar.get_width() for bar in ax.patches] == [0.25, 0.5]
    assert [text.get_text() for text in ax.texts] == ["25%", "50%"]
    assert ax.texts[0].xy[0] == pytest.approx(0.35)  # beyond the end of its interval
    assert ax.yaxis_inverted()  # the first name stands on top


def test_a_strategy_looks_the_same_in_every_figure():
    alone = plots.looks(["fine-tuned"])["fine-tuned"]
    among = plots.looks(["mine", "from scratch", "fine-tuned"])
    assert among["fine-tuned"] == alone
    seen = [tuple(str(value) for value in look.values()) for look in among.values()]
    assert len(set(seen)) == 3
    for part in ("color", "linestyle", "marker"):  # nobody has to tell two colours apart
        assert len({str(look[part]) for look in among.values()}) == 3


def test_the_domains_colours_belong_to_no_strategy():
    assert not {plots.SOURCE, plots.TARGET} & set(plots.PALETTE)


def test_style_is_set():
    with plt.rc_context():
        plots.use_style()
        assert plt.rcParams["savefig.dpi"] <= 80  # a stored figure stays small
        assert plt.rcParams["image.cmap"] == "gray"
