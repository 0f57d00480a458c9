"""How long and how fast a model is trained: one record for everything that trains."""

from dataclasses import dataclass, replace
from os import PathLike

import keras

from tlcourse.arguments import check_choice, check_count, check_number, verb
from tlcourse.errors import BadArgument
from tlcourse.training.devices import evenly
from tlcourse.training.optimiser import SCHEDULES, OptimizerSettings, check_optimizer


@verb
@dataclass(frozen=True, kw_only=True)
class Training:
    """Length, pace and bookkeeping of a training.

    Attributes:
        optimizer: "adam", "sgd" or "rmsprop", or a `keras.optimizers.Optimizer`, of which a copy
            is used at each training.
        learning_rate: float > 0, the highest; None takes that of an optimiser given as an object,
            else 0.001.
        steps: int, optimiser steps; or
        epochs: int, passes over the data. Give exactly one of the two.
        batch_size: int, examples a step; fewer where there are fewer.
        schedule: of the learning rate: "constant", or "cosine" down to 0.
        warm_up: share of the steps, in [0, 1), over which the learning rate rises.
        validation: share of the labelled examples held back, in [0, 1). Above 0 the weights with
            the best accuracy on them are kept; at 0 the last ones, and nothing is selected.
        n_evals: int, how often a line is written into the history, as evenly spread as whole
            steps allow.
        backup: folder for the state of an unfinished training, on one machine. Rerun with the same
            arguments to resume; the result is identical. None keeps nothing.

    Raises:
        ValueError: that names the first setting out of range.
    """

    optimizer: str | keras.optimizers.Optimizer = "adam"
    learning_rate: float | None = None
    steps: int | None = None
    epochs: int | None = None
    batch_size: int = 32
    schedule: str = "constant"
    warm_up: float = 0.0
    validation: float = 0.0
    n_evals: int = 1
    backup: str | PathLike | None = None

    def __post_init__(self):
        rate = check_optimizer(self.optimizer)
        if self.learning_rate is None:
            object.__setattr__(self, "learning_rate", rate)
        check_number(self.learning_rate, "learning_rate", above=0)
        if (self.steps is None) == (self.epochs is None):
            raise BadArgument(
                f"Give exactly one of `steps` and `epochs`; got {self.steps!r} and {self.epochs!r}."
            )
        for name in ("steps", "epochs", "batch_size", "n_evals"):
            value = getattr(self, name)
            if value is not None:
                check_count(value, name)
        check_choice(self.schedule, "schedule", SCHEDULES)
        check_number(self.warm_up, "warm_up", at_least=0, below=1)
        check_number(self.validation, "validation", at_least=0, below=1)

    def for_examples(self, n, *, at_most=None):
        """Settle steps and batch size for a number of examples.

        Args:
            n: int, examples of an epoch.
            at_most: int, the largest batch there can be; None is n.

        Returns:
            `Training` with `steps` in place of `epochs`, a batch size that the devices can share
            evenly, and at most one evaluation a step.
        """
        batch_size = evenly(min(self.batch_size, n, at_most or n))
        steps = self.steps or max(1, round(self.epochs * n / batch_size))
        return replace(
            self,
            steps=steps,
            epochs=None,
            batch_size=batch_size,
            n_evals=min(self.n_evals, steps),
        )

    def optimizer_settings(self, lr_multipliers=None):
        """Return the optimiser's settings.

        Args:
            lr_multipliers: one float for each trainable variable, in their order; None is 1.

        Returns:
            `OptimizerSettings`.
        """
        return OptimizerSettings(
            optimizer=self.optimizer,
            learning_rate=self.learning_rate,
            schedule=self.schedule,
            warm_up=self.warm_up,
            lr_multipliers=lr_multipliers,
        )
