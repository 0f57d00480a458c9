"""From scratch: smoothed labels, and the mode of batch normalisation."""

import keras
import numpy as np
import pytest

from tlcourse.strategies import FromScratch, SourceOnly
from tlcourse.strategies.from_scratch import SmoothedLabels

SHORT = {"steps": 6, "batch_size": 8}


def test_smoothed_labels_are_what_keras_does_with_one_hot_ones(rng):
    logits, labels = rng.normal(size=(7, 4)).astype("float32"), rng.integers(4, size=7)
    keras_own = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.3)
    expected = float(keras_own(np.eye(4, dtype="float32")[labels], logits))
    assert float(SmoothedLabels(0.3)(labels, logits)) == pytest.approx(expected, rel=1e-5)
    again = SmoothedLabels.from_config(SmoothedLabels(0.3).get_config())
    assert again.label_smoothing == 0.3


def test_smoothing_makes_less_sure(pair):
    sure, smooth = (
        FromScratch(label_smoothing=share, steps=60, batch_size=8).fit(pair, seed=1).model
        for share in (0.0, 0.5)
    )
    x = pair.target.x_train
    assert np.ptp(smooth.predict(x, verbose=0)) < 0.7 * np.ptp(sure.predict(x, verbose=0))
    assert SourceOnly(label_smoothing=0.2, **SHORT).label_smoothing == 0.2


@pytest.mark.parametrize("still", [True, False])
def test_statistics_can_stand_still(pair, still):
    result = FromScratch(freeze_statistics=still, **SHORT).fit(pair)
    mean = result.backbone.get_layer("block1_bn").moving_mean
    assert (np.asarray(mean) == 0).all() == still


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"label_smoothing": 1.0}, "`label_smoothing` must be"),
        ({"freeze_statistics": "yes"}, "`freeze_statistics` must be"),
    ],
)
def test_settings_that_cannot_be(settings, said):
    with pytest.raises(ValueError, match=said):
        FromScratch(**settings)
