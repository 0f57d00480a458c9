"""Levels by tasks: each cell is a probe by hand, and the table says what it measures."""

import numpy as np
import pytest

from tlcourse.backbones import load_backbone
from tlcourse.domains import glyph_tasks
from tlcourse.models import multi_level
from tlcourse.strategies import probe_matrix, ridge_probe


@pytest.fixture(scope="module")
def data():
    return glyph_tasks(200, seed=2)


@pytest.fixture(scope="module")
def network():
    return load_backbone("small_cnn", seed=3)


def test_each_cell_is_a_probe(data, network):
    levels = ["pixels", "block1_relu", "features"]
    found = probe_matrix(network, levels, data, places=2)
    assert found.tasks == ("digit", "family", "angle")
    assert found.measures == ("accuracy", "accuracy", "R²")
    part = multi_level(network, ["block1_relu"], places=2)
    train, test = (np.asarray(part(x, training=False)) for x in (data.x_train, data.x_test))
    for task in ("digit", "angle"):
        probe = ridge_probe(train, data.labels_train[task])
        cell = found.scores[1, found.tasks.index(task)]
        assert cell == pytest.approx(probe.score(test, data.labels_test[task]), abs=1e-6)
    rows = data.x_train.reshape(len(data.x_train), -1)
    probe = ridge_probe(rows, data.labels_train["digit"])
    expected = probe.score(data.x_test.reshape(len(data.x_test), -1), data.labels_test["digit"])
    assert found.scores[0, 0] == pytest.approx(expected, abs=1e-6)


def test_it_prints_a_table(data, network):
    lines = str(probe_matrix(network, ["features"], data, tasks=["angle"])).splitlines()
    assert lines[0].strip() == "angle (R²)"
    assert lines[1].startswith("features")


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda n, d: probe_matrix(n, ["block9"], d), "no layer 'block9'"),
        (lambda n, d: probe_matrix(n, ["features"], d, tasks=["colour"]), "no task 'colour'"),
        (lambda n, d: probe_matrix(n, [], d), "`levels`"),
        (lambda n, d: probe_matrix(n, ["features"], d.x_train), "must be a ManyLabels"),
        (lambda n, d: probe_matrix("small_cnn", ["features"], d), "`backbone` must be"),
    ],
)
def test_what_cannot_be_probed(data, network, call, said):
    with pytest.raises(ValueError, match=said):
        call(network, data)


def test_the_logits_of_a_classifier_are_a_level_too(data, network):
    from tlcourse.models import join, new_head

    classifier = join(network, new_head(network, 10))
    found = probe_matrix(classifier, ["block1_relu", "logits"], data, tasks=["digit"])
    of_backbone = probe_matrix(network, ["block1_relu"], data, tasks=["digit"])
    assert found.scores[0, 0] == pytest.approx(of_backbone.scores[0, 0], abs=1e-6)
    assert found.scores.shape == (2, 1)
