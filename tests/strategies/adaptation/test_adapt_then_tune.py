"""Adaptation without labels comes first, fine-tuning with the shots after it."""

import numpy as np
import pytest
from model_weights import arrays as values

from tlcourse.domains import DomainPair
from tlcourse.strategies import MCC, AdaptThenTune, FineTune

FIRST = {"steps": 20, "batch_size": 8}
SECOND = {"steps": 15, "learning_rate": 1e-3, "batch_size": 8}


def test_it_is_one_after_the_other(pair):
    both = AdaptThenTune(MCC(**FIRST), **SECOND).fit(pair, shots=4, seed=3)
    first = MCC(**FIRST).fit(pair, seed=3)
    second = FineTune(first.backbone, head=first.head, **SECOND).fit(pair, shots=4, seed=3)
    for one, other in zip(values(both.model), values(second.model), strict=True):
        np.testing.assert_array_equal(one, other)
    assert both.strategy == "AdaptThenTune"
    assert (both.n_labels, both.target_accuracy) == (12, second.target_accuracy)
    assert both.seconds > both.history["seconds"][-1]
    assert both.history["step"][-1] == SECOND["steps"]


def test_what_is_no_adaptation(pair, other_classes):
    with pytest.raises(ValueError, match=r"`adaptation` must be a strategy such as MCC\(\); got"):
        AdaptThenTune("mcc")
    with pytest.raises(ValueError, match="classes"):
        AdaptThenTune(MCC(**FIRST)).fit(DomainPair(other_classes, pair.target), shots=1)
