"""Base class of methods that adapt a source-trained model."""

import time
from dataclasses import replace

from tlcourse.arguments import check_seed
from tlcourse.domains import check_same_classes
from tlcourse.errors import BadArgument
from tlcourse.measures import accuracy
from tlcourse.models import join
from tlcourse.strategies.adaptation.source_only import SourceOnly
from tlcourse.strategies.result import TransferResult
from tlcourse.strategies.strategy import check_is_strategy
from tlcourse.strategies.trainable import Trainable
from tlcourse.training import seed_keras


class SourceTrained(Trainable):
    """Adapt a source-trained model with unlabelled target images.

    A method implements `_adapt`.

    Args:
        start: strategy that gives the model, such as `SourceOnly(epochs=8)`; or a
            `TransferResult` of it, which saves training it again.
        **settings: those of `Trainable`, for what the method itself trains, but
            `validation`: no label of the target may be used.
    """

    def __init__(self, start=None, **settings):
        super().__init__(**settings)
        if self.training.validation:
            raise BadArgument("`validation` is for labelled targets; here no label of it is used.")
        self.start = SourceOnly() if start is None else start
        if not isinstance(self.start, TransferResult):
            check_is_strategy(self.start, "start")

    def fit(self, data, *, shots=None, seed=0, eval_test=False):
        """Adapt to the target of a pair and measure on both test sets.

        Args:
            data: a `DomainPair` whose domains have the same classes.
            shots: changes nothing, since no label of the target is used; it is taken so that this
                strategy can stand in a table beside the others.
            seed: int, of the start's training and of what the method draws.
            eval_test: must be False: there is no training to follow.

        Returns:
            `TransferResult`, `n_labels` 0; `seconds` hold the start's training too.

        Raises:
            ValueError: if `data` is not a pair, or the classes differ.
        """
        check_same_classes(data)
        seed = check_seed(seed)
        if eval_test:
            raise BadArgument(f"`eval_test` is not for {type(self).__name__}: it has no curve.")
        start = self.start
        if not isinstance(start, TransferResult):
            start = start.fit(data, seed=seed)
        begin = time.perf_counter()
        seed_keras(seed)
        # The target's labels are left behind here: what a method gets are images alone.
        changed = self._adapt(start, data.source, data.target.x_train, seed)
        model = join(changed["backbone"], changed["head"])
        return replace(
            start,
            **changed,
            strategy=type(self).__name__,
            model=model,
            target_accuracy=accuracy(model, data.target.x_test, data.target.labels_test),
            seconds=start.seconds + time.perf_counter() - begin,
            selected="last step, nothing selected",
            n_labels=0,
            seed=seed,
            source=data.source,
        )

    def _adapt(self, start, source, x_target, seed):
        """Return the fields of `TransferResult` that change: backbone, head and others (dict)."""
        raise NotImplementedError(f"{type(self).__name__} must say what it changes.")
