"""The same experiment over seeds and shots."""

import sys
import warnings

import IPython
import IPython.display
import numpy as np
import pytest

from tlcourse.domains import DomainPair
from tlcourse.strategies import (
    FineTune,
    FromScratch,
    LinearProbe,
    SourceOnly,
    UnequalComparison,
    over_seeds,
    over_shots,
)
from tlcourse.strategies.progress import progress

SHORT = {"steps": 3, "batch_size": 8}


def test_over_seeds_gives_one_result_a_seed(pair, backbone):
    probe = LinearProbe(backbone, **SHORT)
    results = over_seeds(probe, pair, seeds=iter([3, 1]), shots=2)
    assert [result.seed for result in results] == [3, 1]
    assert results[1].target_accuracy == probe.fit(pair, shots=2, seed=1).target_accuracy
    assert [result.n_labels for result in results] == [6, 6]


def test_over_seeds_hands_on_what_is_watched(pair, backbone):
    (result,) = over_seeds(LinearProbe(backbone, **SHORT), pair, seeds=[0], eval_test=True)
    assert len(result.history["accuracy"]) == 1


def test_over_shots_is_a_table_of_target_accuracy(pair, backbone):
    strategies = {"fast": LinearProbe(backbone, **SHORT), "none": SourceOnly(**SHORT)}
    table = over_shots(strategies, pair, shots=iter([1, 4]), seeds=range(3))
    assert {name: values.shape for name, values in table.items()} == {
        "fast": (2, 3),
        "none": (2, 3),
    }
    expected = strategies["fast"].fit(pair, shots=4, seed=2).target_accuracy
    assert table["fast"][1, 2] == expected
    # Without labels of the target, their number changes nothing.
    np.testing.assert_array_equal(table["none"][0], table["none"][1])


def test_progress_is_silent_where_nobody_watches(capsys):
    assert list(progress([1, 2], "fits")) == [1, 2]
    assert capsys.readouterr() == ("", "")


def test_progress_in_a_notebook_is_one_line(monkeypatch):
    lines = []

    class Line:
        def update(self, data, raw):
            lines.append(data["text/plain"])

    def display(data, raw, display_id):
        lines.append(data["text/plain"])
        return Line()

    monkeypatch.setattr(IPython, "get_ipython", object)
    monkeypatch.setattr(IPython.display, "display", display)
    assert list(progress(["a", "b"], "LinearProbe")) == ["a", "b"]
    assert lines[0] == "LinearProbe: …"
    assert [line.split(",")[0] for line in lines[1:]] == [
        "LinearProbe: 1 of 2 fits",
        "LinearProbe: 2 of 2 fits",
    ]


@pytest.mark.parametrize("n", [0, 1])
def test_progress_in_a_terminal_gives_every_item(monkeypatch, n):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setitem(sys.modules, "IPython", None)
    assert list(progress(list(range(n)), "fits")) == list(range(n))


def test_over_shots_measures_the_source_too(pair, backbone, head):
    tune = FineTune(backbone, head=head, **SHORT)
    target, source = over_shots({"a": tune}, pair, shots=[2, 4], seeds=[3], with_source=True)
    result = tune.fit(pair, shots=4, seed=3)
    assert target["a"][1, 0] == result.target_accuracy
    assert source["a"][1, 0] == result.source_accuracy


def test_over_shots_needs_a_source_of_the_same_classes(pair, backbone, other_classes):
    tune = FineTune(backbone, **SHORT)
    with pytest.raises(ValueError, match="same classes"):
        over_shots(
            {"a": tune},
            DomainPair(other_classes, pair.target),
            shots=[2],
            seeds=[0],
            with_source=True,
        )


def test_unequal_batch_normalisation_is_remarked(pair, backbone):
    arms = {
        "still": FineTune(backbone, **SHORT),
        "moving": FromScratch(**SHORT),
        "probe": LinearProbe(backbone, **SHORT),
    }
    with pytest.warns(UnequalComparison, match="'still' with .*=True`, 'moving' with False"):
        over_shots(arms, pair, shots=[2], seeds=[0])
    arms["moving"] = FromScratch(freeze_statistics=True, **SHORT)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        over_shots(arms, pair, shots=[2], seeds=[0])
