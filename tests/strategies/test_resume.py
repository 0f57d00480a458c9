"""A `fit` that was interrupted and is called again gives what an undisturbed one gives."""

import numpy as np
import pytest

from tlcourse.backbones import RandomAffine
from tlcourse.strategies import DAN, FineTune, FromScratch, GradualUnfreezing, LinearProbe
from tlcourse.training import HistoryRecorder

STEPS = {"steps": 20, "batch_size": 8}


def strategies(backbone, folder):
    return {
        "from scratch": FromScratch(**STEPS, backup=folder),
        "probe": LinearProbe(backbone, **STEPS, backup=folder),
        "fine-tuning": FineTune(backbone, augment=RandomAffine(), **STEPS, backup=folder),
        "gradual": GradualUnfreezing(backbone, **STEPS, backup=folder),
        "adaptation": DAN(backbone, augment=RandomAffine(), **STEPS, backup=folder),
    }


def values(result):
    return [np.array(np.asarray(w)) for w in result.model.weights]


@pytest.mark.parametrize("name", ["from scratch", "probe", "fine-tuning", "gradual", "adaptation"])
def test_it_goes_on_where_it_was(name, pair, backbone, tmp_path, monkeypatch):
    whole = strategies(backbone, None)[name].fit(pair, shots=5, seed=2)
    cut = strategies(backbone, tmp_path)[name]
    end, seen = HistoryRecorder.on_train_batch_end, []

    def pull_the_plug(self, batch, logs=None):
        end(self, batch, logs)
        seen.append(batch)
        if len(seen) == 14:
            raise KeyboardInterrupt

    monkeypatch.setattr(HistoryRecorder, "on_train_batch_end", pull_the_plug)
    with pytest.raises(KeyboardInterrupt):
        cut.fit(pair, shots=5, seed=2)
    resumed = cut.fit(pair, shots=5, seed=2)
    for a, b in zip(values(whole), values(resumed), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)
    assert len(seen) < 14 + 20
    assert list(tmp_path.iterdir()) == []
