"""What everything that trains is configured with: the keywords of a `Training`, and defaults."""

from tlcourse.arguments import Configured
from tlcourse.training import Training


class Trainable(metaclass=Configured):
    """Base class of all that trains: its keywords make a `Training`.

    A class may have defaults of its own in `DEFAULTS`. Giving `steps` takes the place of a default
    of `epochs`, and the other way round.

    Args:
        optimizer: "adam", "sgd", "rmsprop", or a `keras.optimizers.Optimizer`, of which a copy is
            used at each training.
        learning_rate: float > 0; an optimiser given as an object brings its own unless this is
            given.
        steps: int, optimiser steps; or
        epochs: int, passes over the data, instead of `steps`.
        batch_size: int, examples a step.
        schedule: of the learning rate: "constant", or "cosine" down to 0.
        warm_up: share of the steps, in [0, 1), over which the learning rate rises.
        validation: share of the labelled examples held back, in [0, 1). Above 0, the weights with
            the best accuracy on them are kept; at 0 the last ones are, and nothing is selected.
        n_evals: int, how often a line is written into the history.
        backup: folder for the state of an unfinished training. Rerun with the same arguments to
            resume; the result is identical.

    Raises:
        ValueError: that names the first setting out of range.
    """

    DEFAULTS = {"learning_rate": 3e-3, "steps": 100, "batch_size": 32}  # noqa: RUF012

    def __init__(
        self,
        *,
        optimizer="adam",
        learning_rate=None,
        steps=None,
        epochs=None,
        batch_size=None,
        schedule="constant",
        warm_up=0.0,
        validation=0.0,
        n_evals=None,
        backup=None,
    ):
        defaults = self.DEFAULTS
        if steps is None and epochs is None:
            steps, epochs = defaults.get("steps"), defaults.get("epochs")
        if learning_rate is None and isinstance(optimizer, str):
            learning_rate = defaults["learning_rate"]
        self.training = Training(
            optimizer=optimizer,
            learning_rate=learning_rate,
            steps=steps,
            epochs=epochs,
            batch_size=defaults["batch_size"] if batch_size is None else batch_size,
            schedule=schedule,
            warm_up=warm_up,
            validation=validation,
            n_evals=defaults.get("n_evals", 1) if n_evals is None else n_evals,
            backup=backup,
        )
