"""Every public strategy keeps the contract; what breaks it is named."""

import functools
import inspect

import keras
import numpy as np
import pytest

from tlcourse import strategies as room
from tlcourse.strategies import (
    MCC,
    AdaptThenTune,
    ContractBroken,
    Distil,
    FineTune,
    FromScratch,
    LinearProbe,
    SelfTraining,
    SourceTrained,
    Strategy,
    check_strategy,
)
from tlcourse.strategies.contract import Trial

ABSTRACT = {Strategy, SourceTrained}
BUILT = {  # those that are not built from a backbone, a teacher or nothing
    SelfTraining: lambda ground: SelfTraining(
        LinearProbe(ground.backbone, steps=4, batch_size=8), rounds=2
    ),
    AdaptThenTune: lambda ground: AdaptThenTune(MCC(steps=4, batch_size=8), steps=4, batch_size=8),
}
PUBLIC = [
    thing
    for thing in (getattr(room, name) for name in room.__all__)
    if inspect.isclass(thing) and issubclass(thing, (Strategy, SourceTrained))
]
STRATEGIES = sorted({*PUBLIC} - ABSTRACT, key=lambda strategy: strategy.__name__)


@functools.cache
def trial_of(strategy):
    return Trial(BUILT.get(strategy, strategy))


def test_all_are_here():
    assert len(STRATEGIES) >= 25
    assert Distil in STRATEGIES


@pytest.mark.parametrize("strategy", STRATEGIES, ids=lambda strategy: strategy.__name__)
@pytest.mark.parametrize("promise", Trial.PROMISES)
def test_a_strategy_keeps_its_promises(strategy, promise):
    trial_of(strategy).check(promise)


class Peeks(FromScratch):
    """Chooses by the labels of the test set."""

    def fit(self, data, *, shots=None, seed=0, eval_test=False):
        result = super().fit(data, shots=shots, seed=seed)
        result.head.layers[-1].bias.assign_add(np.bincount(data.target.labels_test, minlength=3))
        return result


class Spoils(FineTune):
    """Trains the very backbone that it is given."""

    def _prepare(self, target):
        backbone, head = super()._prepare(target)
        for variable in self.backbone.trainable_variables:
            variable.assign(variable + 1.0)
        return backbone, head


class Thaws(FineTune):
    """Says that a layer is frozen, and moves it."""

    def _train(self, model, backbone, head, examples, seed):
        history = super()._train(model, backbone, head, examples, seed)
        layer = next(each for each in backbone.layers if each.weights)
        layer.kernel.assign(layer.kernel + 1.0)
        layer.trainable = False
        return history


class Draws(FromScratch):
    """Draws from a generator that no seed decides."""

    def _train(self, model, backbone, head, examples, seed):
        noise = np.random.default_rng().normal(size=head.layers[-1].bias.shape)
        head.layers[-1].bias.assign(noise)
        return {"loss": [], "step": [], "seconds": []}


class Hides(FromScratch):
    """Uses labels of the target, and says that it does not."""

    def _target_labels(self, labels):
        return 0


class TakesAnything(FromScratch):
    """Takes keywords that there are not."""

    def fit(self, data, *, shots=None, seed=0, eval_test=False, **whatever):
        return super().fit(data, shots=shots, seed=seed)


class Swaps(FromScratch):
    """Hands out another model than it measured."""

    def fit(self, data, *, shots=None, seed=0, eval_test=False):
        result = super().fit(data, shots=shots, seed=seed)
        result.head.layers[-1].kernel.assign(-result.head.layers[-1].kernel)
        return result


@pytest.mark.parametrize(
    ("broken", "promise", "said"),
    [
        (Peeks, "the same seed gives the same numbers", "the same seed gave other weights"),
        (Draws, "the same seed gives the same numbers", "the same seed gave other weights"),
        (Spoils, "inputs and given models stay", "the given model 'small_cnn' has other values"),
        (Thaws, "frozen stays frozen", "is frozen and has moved"),
        (Hides, "target labels change", "no label of the target is used, it says"),
        (TakesAnything, "wrong keywords", "no_such_argument in fit is taken"),
        (Swaps, "the result tells of its model", "and not "),
    ],
)
def test_what_breaks_the_contract_is_named(broken, promise, said):
    (whole,) = (each for each in Trial.PROMISES if each.startswith(promise))
    with pytest.raises(ContractBroken, match=f"{broken.__name__}: .*{said}"):
        Trial(broken).check(whole)


def test_one_call_checks_all():
    with pytest.raises(ContractBroken, match="Peeks: the same seed gave other weights"):
        check_strategy(Peeks)


def test_what_is_no_strategy():
    with pytest.raises(ContractBroken, match="`strategy` must be a strategy"):
        check_strategy(lambda ground: keras.Model)
