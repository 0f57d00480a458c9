"""Gradual unfreezing: what may move in which phase, and one history for all of them."""

import keras
import numpy as np
import pytest

from tlcourse.strategies import FineTune, GradualUnfreezing, strategy
from tlcourse.training import Diverged, train

SHORT = {"steps": 8, "batch_size": 8}
CONVS = ["block3_conv/kernel", "block2_conv/kernel", "block1_conv/kernel"]


@pytest.fixture
def phases(monkeypatch):
    """Notes what each phase trains and how."""
    noted = []

    def note(model, x, labels, training, **settings):
        trained = {v.path for v in model.trainable_variables}
        before = {v.path: np.array(np.asarray(v)) for v in model.trainable_variables}
        history = train(model, x, labels, training, **settings)
        after = {v.path: np.asarray(v) for v in model.trainable_variables}
        moved = {path for path in before if (before[path] != after[path]).any()}
        noted.append(
            {"trained": trained, "moved": moved, "history": history, "steps": training.steps}
            | settings
        )
        return history

    monkeypatch.setattr(strategy, "train", note)
    return noted


HEAD = {"logits/kernel", "logits/bias"}


def test_the_head_comes_first_then_one_stage_more_each_time(pair, backbone, phases):
    GradualUnfreezing(backbone, **SHORT).fit(pair, shots=4)
    expected = [HEAD | set(CONVS[:n]) for n in range(4)]
    assert [phase["trained"] for phase in phases] == expected
    assert [phase["moved"] for phase in phases] == expected


def test_norms_thaw_with_their_stage_when_told(pair, backbone, phases):
    GradualUnfreezing(backbone, freeze_statistics=False, **SHORT).fit(pair, shots=4)
    norms = {"block3_bn/gamma", "block3_bn/beta"}
    assert phases[1]["trained"] == HEAD | {CONVS[0]} | norms


@pytest.mark.parametrize(
    ("steps", "shares"), [(8, [2, 2, 2, 2]), (10, [2, 3, 2, 3]), (4, [1, 1, 1, 1])]
)
def test_the_steps_are_shared_out_evenly(pair, backbone, phases, steps, shares):
    result = GradualUnfreezing(backbone, steps=steps, batch_size=8).fit(pair, shots=4)
    assert [phase["steps"] for phase in phases] == shares
    assert result.history["step"] == np.cumsum(shares).tolist()


def test_passes_over_the_data_are_shared_out_too(pair, backbone, phases):
    GradualUnfreezing(backbone, epochs=3, batch_size=6).fit(pair, shots=4)
    assert [phase["steps"] for phase in phases] == [1, 2, 1, 2]  # 3 passes of 2 batches
    with pytest.raises(ValueError, match=r"`steps` must be at least 4, one for the head .*; got 2"):
        GradualUnfreezing(backbone, epochs=1, batch_size=6).fit(pair, shots=4)


def test_fewer_steps_than_phases(backbone):
    with pytest.raises(ValueError, match=r"`steps` must be at least 4, one for the head .*; got 3"):
        GradualUnfreezing(backbone, steps=3)


def test_what_never_thaws_takes_no_phase(pair, backbone, phases):
    before = [np.array(np.asarray(w)) for w in backbone.get_layer("block1_conv").weights]
    gradual = GradualUnfreezing(backbone, freeze_to="block1", **SHORT)
    result = gradual.fit(pair, shots=4)
    assert gradual.n_phases == 3
    assert [phase["trained"] for phase in phases] == [HEAD | set(CONVS[:n]) for n in range(3)]
    after = result.backbone.get_layer("block1_conv").weights
    assert all((a == np.asarray(b)).all() for a, b in zip(before, after, strict=True))


def test_a_stage_may_be_frozen_in_part(pair, backbone, phases):
    GradualUnfreezing(backbone, freeze_to="block2_conv", freeze_statistics=False, **SHORT).fit(
        pair, shots=4
    )
    assert len(phases) == 3
    assert phases[2]["trained"] - phases[1]["trained"] == {"block2_bn/gamma", "block2_bn/beta"}


def test_the_history_runs_on(pair, backbone, phases):
    result = GradualUnfreezing(backbone, n_evals=6, **SHORT).fit(pair, eval_test=True)
    assert result.history["step"] == list(range(1, 9))  # 6 watches become 2 in each of 4 phases
    assert {len(column) for column in result.history.values()} == {8}
    seconds = np.cumsum([phase["history"]["seconds"][-1] for phase in phases])
    assert result.history["seconds"][1::2] == pytest.approx(seconds)
    assert result.history["loss"] == [x for phase in phases for x in phase["history"]["loss"]]
    assert result.history["accuracy"][-1] == pytest.approx(result.target_accuracy)
    assert len({phase["seed"] for phase in phases}) == 4


def test_the_best_of_all_phases_is_kept(pair, backbone, monkeypatch):
    accuracies = iter([0.2, 0.8, 0.8, 0.5])
    kept = []

    def pretend(model, x, labels, training, **settings):
        for variable in model.trainable_variables:
            variable.assign(variable + 1.0)
        kept.append([np.array(np.asarray(w)) for w in model.trainable_variables])
        return {
            "step": [training.steps],
            "seconds": [0.1],
            "loss": [1.0],
            "accuracy": [next(accuracies)],
        }

    monkeypatch.setattr(strategy, "train", pretend)
    result = GradualUnfreezing(backbone, validation=0.25, **SHORT).fit(pair, shots=4)
    np.testing.assert_array_equal(np.asarray(result.head.weights[0]), kept[1][-2])
    assert result.selected == "best of 4 on 25% of the labels"
    plain = result.backbone.get_layer("block2_conv").weights[0]
    np.testing.assert_array_equal(plain, backbone.get_layer("block2_conv").weights[0])


def test_it_counts_what_moved_in_the_end(pair, backbone):
    gradual = GradualUnfreezing(backbone, **SHORT).fit(pair, shots=4)
    tuned = FineTune(backbone, **SHORT).fit(pair, shots=4)
    assert (gradual.n_trained, gradual.n_stored) == (tuned.n_trained, tuned.n_stored)
    assert gradual.strategy == "GradualUnfreezing"


def test_rates_by_stage_go_with_it(pair, backbone, phases):
    GradualUnfreezing(backbone, layer_decay=0.5, **SHORT).fit(pair, shots=4)
    assert [sorted(phase["lr_multipliers"]) for phase in phases] == [
        [1.0, 1.0],
        [0.5, 1.0, 1.0],
        [0.25, 0.5, 1.0, 1.0],
        [0.125, 0.25, 0.5, 1.0, 1.0],
    ]


def test_nothing_thaws_after_a_loss_that_was_not_finite(pair, backbone, phases):
    head = keras.Sequential([keras.Input((64,)), keras.layers.Dense(3)])
    head.set_weights([np.full((64, 3), np.nan, "float32"), np.zeros(3, "float32")])
    with pytest.warns(Diverged):
        GradualUnfreezing(backbone, head=head, **SHORT).fit(pair, shots=4)
    assert len(phases) == 1


def test_an_unknown_layer_is_said_at_once(backbone):
    with pytest.raises(ValueError, match=r"begins with 'blokc2'. Did you mean 'block2"):
        GradualUnfreezing(backbone, freeze_to="blokc2")
