"""LP-FT: a probe of its own, and a fine-tuning that begins where that ends."""

import numpy as np
import pytest

from tlcourse.strategies import FineTune, LinearProbe, ProbeThenTune

SHORT = {"steps": 8, "batch_size": 8}


def weights(model):
    return [np.asarray(w) for w in model.weights]


def test_it_is_a_probe_and_then_fine_tuning_from_its_head(pair, backbone):
    both = ProbeThenTune(backbone, learning_rate=1e-3, n_evals=4, **SHORT).fit(
        pair, shots=4, seed=2
    )
    probe = LinearProbe(backbone, steps=4, batch_size=8).fit(pair, shots=4, seed=2)
    settings = {"learning_rate": 1e-3, "steps": 4, "batch_size": 8}
    tuned = FineTune(backbone, head=probe.head, **settings)
    assert both.history["step"] == [2, 4, 6, 8]
    assert both.history["seconds"] == sorted(both.history["seconds"])
    assert both.n_trained == tuned.fit(pair, shots=4, seed=3).n_trained


def test_hardly_any_tuning_leaves_the_probe(pair, backbone):
    settings = {"probe_share": 0.9, "learning_rate": 1e-12, "steps": 10, "batch_size": 8}
    both = ProbeThenTune(backbone, **settings).fit(pair, shots=4, seed=2)
    probe = LinearProbe(backbone, steps=9, batch_size=8).fit(pair, shots=4, seed=2)
    for a, b in zip(weights(both.model), weights(probe.model), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


def test_hardly_any_probing_is_fine_tuning_from_zero(pair, backbone):
    both = ProbeThenTune(backbone, probe_share=0.1, probe_rate=1e-12, **SHORT).fit(pair, shots=4)
    moved = [
        np.abs(a - b).max() for a, b in zip(weights(both.backbone), weights(backbone), strict=True)
    ]
    assert max(moved) > 1e-4


def test_the_best_on_validation_is_kept_be_it_the_probe(pair, backbone):
    # At this rate the tuning ruins what the probe found.
    ruin = ProbeThenTune(
        backbone, learning_rate=10.0, steps=60, batch_size=8, validation=0.3, n_evals=6
    ).fit(pair, seed=1)
    probe, tuned = ruin.history["accuracy"][:3], ruin.history["accuracy"][3:]
    assert max(probe) > max(tuned)
    for a, b in zip(weights(ruin.backbone), weights(backbone), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"head": None}, "`head` is not for ProbeThenTune"),
        ({"dropout": 0.1}, "`dropout` is not for ProbeThenTune"),
        ({"only": "block1"}, "`only`"),
        ({"probe_share": 1.0}, "`probe_share` must be"),
        ({"probe_rate": 0}, "`probe_rate` must be"),
    ],
)
def test_settings_that_cannot_be(backbone, settings, said):
    with pytest.raises(ValueError, match=said):
        ProbeThenTune(backbone, **settings)


def test_one_step_is_too_few(pair, backbone):
    with pytest.raises(ValueError, match="`steps` must be at least 2"):
        ProbeThenTune(backbone, steps=1).fit(pair, shots=4)
