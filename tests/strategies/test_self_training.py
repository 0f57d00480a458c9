"""Self-training: what is labelled by the model, what is taken of it, and what it brings."""

from dataclasses import replace

import numpy as np
import pytest

from tlcourse.strategies import AdaBN, LinearProbe, SelfTraining

SHORT = {"steps": 40, "batch_size": 8}


def test_the_history_tells_each_round(pair, backbone):
    trained = SelfTraining(LinearProbe(backbone, **SHORT), rounds=2, share=0.8)
    result = trained.fit(pair.target, shots=2, seed=1, eval_test=True)
    history = result.history
    assert history["round"] == [0, 1, 2]
    assert history["n_pseudo"][0] == 0
    assert history["n_pseudo"][1] < history["n_pseudo"][2] <= 0.8 * 39 + 3
    assert history["accuracy"][-1] == result.target_accuracy
    assert np.isnan(history["pseudo_accuracy"][0])
    assert 0 <= history["pseudo_accuracy"][1] <= 1
    assert result.n_labels == 6
    first = LinearProbe(backbone, **SHORT).fit(pair.target, shots=2, seed=1)
    assert history["accuracy"][0] == pytest.approx(first.target_accuracy)


def test_the_true_labels_of_the_others_have_no_part_in_it(pair, backbone):
    """They are permuted among the images that are no shots: the same shots, the same model."""
    target = pair.target
    others = np.setdiff1d(np.arange(len(target.x_train)), target.shot_positions(2, 1))
    labels = target.labels_train.copy()
    drawn = np.random.default_rng(0).permutation(others)
    x = target.x_train.copy()
    x[others] = x[drawn]  # the images change places, the labels do not
    moved = replace(target, x_train=x, labels_train=labels)
    trained = SelfTraining(LinearProbe(backbone, **SHORT), share=1.0)
    one, other = (trained.fit(data, shots=2, seed=1) for data in (target, moved))
    assert one.history["n_pseudo"] == other.history["n_pseudo"]
    assert one.target_accuracy == pytest.approx(other.target_accuracy, abs=0.1)


def test_a_threshold_leaves_out_the_unsure(pair, backbone):
    few, many = (
        SelfTraining(LinearProbe(backbone, **SHORT), share=1.0, threshold=threshold)
        .fit(pair.target, shots=2, seed=1)
        .history["n_pseudo"][1]
        for threshold in (0.999, 0.34)
    )
    assert few < many == 39


def test_with_all_labels_there_is_nothing_to_label(pair, backbone):
    probe = LinearProbe(backbone, **SHORT)
    result = SelfTraining(probe).fit(pair.target, seed=2)
    assert result.history["n_pseudo"] == [0]
    assert result.target_accuracy == probe.fit(pair.target, seed=2).target_accuracy


@pytest.mark.parametrize(
    ("build", "said"),
    [
        (lambda b: SelfTraining(b), "must take labels of the target; Functional does not"),
        (lambda b: SelfTraining(AdaBN()), "must take labels of the target; AdaBN does not"),
        (lambda b: SelfTraining(LinearProbe(b), rounds=0), "`rounds` must be"),
        (lambda b: SelfTraining(LinearProbe(b), share=0), "`share` must be"),
        (lambda b: SelfTraining(LinearProbe(b), threshold=1), "`threshold` must be"),
    ],
)
def test_settings_that_cannot_be(backbone, build, said):
    with pytest.raises(ValueError, match=said):
        build(backbone)
