"""Adapt without labels, then fine-tune on a few."""

import time
from dataclasses import replace

from tlcourse.errors import BadArgument
from tlcourse.strategies.adaptation.adaptation import Adaptation
from tlcourse.strategies.fine_tuning import FineTune
from tlcourse.strategies.strategy import Strategy


class AdaptThenTune(Strategy):
    """Adapt to unlabelled target images, then fine-tune on the labelled ones.

    Two trainings, one after the other: unlabelled images bring the domains together, and then a
    few labels settle what adaptation alone gets wrong (semi-supervised domain adaptation in its
    plainest form).

    Args:
        adaptation: `Adaptation`, such as `MCC()`, fitted first, without any label of the target.
        augment: as in `FineTune`, for the second training.
        **settings: those of `Strategy`, for the second training.
    """

    def __init__(self, adaptation, *, augment=None, **settings):
        super().__init__(**settings)
        if not isinstance(adaptation, Adaptation):
            raise BadArgument(f"`adaptation` must be a strategy such as MCC(); got {adaptation!r}.")
        self.adaptation = adaptation
        self.augment = augment
        self._settings = settings

    def fit(self, data, *, shots=None, seed=0, eval_test=False):
        """Adapts, then fine-tunes, and measures on both test sets.

        Args:
            data: a `DomainPair` whose domains have the same classes.
            shots: labelled target examples per class, for the second training; None takes all.
            seed: int, of both trainings.
            eval_test: as in `Strategy.fit`, along the second training.

        Returns:
            `TransferResult` of the second training; its seconds are those of both.

        Raises:
            ValueError: as `Adaptation.fit` and `FineTune.fit` do.
        """
        begin = time.perf_counter()
        adapted = self.adaptation.fit(data, seed=seed)
        tune = FineTune(adapted.backbone, head=adapted.head, augment=self.augment, **self._settings)
        tuned = tune.fit(data, shots=shots, seed=seed, eval_test=eval_test)
        return replace(tuned, strategy=type(self).__name__, seconds=time.perf_counter() - begin)
