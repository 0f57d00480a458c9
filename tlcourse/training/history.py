"""What is written down while a model is trained, and the weights that are kept."""

import time
import warnings

import keras
import numpy as np

from tlcourse.models import values_of

_CHECKS = 5  # how often in a training it is asked whether the loss is finite


class Diverged(UserWarning):
    """The loss became infinite or NaN, and training stopped early."""


class HistoryRecorder(keras.callbacks.Callback):
    """Callback that records history and restores the best weights.

    Args:
        steps: int, of the whole training, which is one epoch to Keras.
        n_evals: how often a line is written.
        look: function of the model that gives a dict of floats, or None.
        restore_best_weights: name of the number whose highest value decides which weights are
            kept; None keeps the last.
        terms: layers that add to the loss: each has a `name`, and a `total()` of all steps so far,
            whose mean is written down under that name.
        of_original: True when `look` and `terms` know the model that was given to be trained, which
            must have the values of the twin in training before they look: who trains sets
            `hand_back`, a function without arguments, to see to it.
    """

    def __init__(
        self,
        steps,
        n_evals,
        *,
        look=None,
        restore_best_weights=None,
        terms=(),
        of_original=False,
    ):
        super().__init__()
        self._due = {-(-steps * (i + 1) // n_evals) for i in range(n_evals)}
        self._every = max(1, steps // _CHECKS)
        self._look, self._best_by, self._terms = look, restore_best_weights, terms
        self.history = {"step": [], "seconds": [], "loss": []}
        self._seconds, self._begun = 0.0, None
        self._sums, self._good, self._best = {}, None, None
        self._backup, self._before, self._before_sums = None, 0, {}
        self._of_original, self.hand_back = of_original, None

    def go_on(self, model, backup):
        """Go on from a backup, and write it along the training.

        Args:
            model: compiled `keras.Model`, whose variables are set.
            backup: `Backup`.

        Returns:
            Int, the steps that are already done.
        """
        self._backup = backup
        noted = backup.load(model)
        if noted is not None:
            self._before, self._before_sums = noted["step"], noted["all_sums"]
            self._seconds, self._sums = noted["seconds"], noted["sums"]
            self.history, self._best = noted["history"], noted["best"]
        return self._before

    def on_train_batch_begin(self, batch, logs=None):
        """Start the clock."""
        # Neither the setting up before the first step counts, nor the watching after a watched one.
        if self._begun is None:
            self._begun = time.perf_counter()
        if self._good is None:
            self._good = self._before, self._values()

    def on_train_batch_end(self, batch, logs=None):
        """Write a line when one is due; stop when the loss is not finite."""
        step = self._before + batch + 1
        if step not in self._due and step % self._every:
            return
        # Keras reports the mean of all steps of this `fit` so far.
        sums = {
            name: self._before_sums.get(name, 0.0) + (batch + 1) * float(value)
            for name, value in logs.items()
        }
        self._seconds += time.perf_counter() - self._begun
        self._begun = None
        values = self._values()
        if self._of_original:
            self.hand_back()
        sums |= {term.name: term.total() for term in self._terms}
        unfit = [name for name, value in sums.items() if not np.isfinite(value)]
        if unfit or not all(np.isfinite(value).all() for value in values):
            self._stop(step, unfit)
            return
        self._good = step, values
        if step in self._due:
            self._write(step, sums, values)
        if self._backup is not None:
            noted = {
                "step": step,
                "seconds": self._seconds,
                "all_sums": sums,
                "sums": self._sums,
                "history": self.history,
            }
            self._backup.save(self.model, values, noted, self._best)

    def on_train_end(self, logs=None):
        """Put the best weights back, where they were asked for."""
        if self._best is not None:
            self._set(self._best)
        if self._backup is not None:
            self._backup.done()

    def _write(self, step, sums, values):
        last = self.history["step"][-1] if self.history["step"] else 0
        self.history["step"].append(step)
        self.history["seconds"].append(self._seconds)
        seen = {} if self._look is None else self._look(self.model)
        before, best = self._sums, seen.get(self._best_by)
        means = {name: (sums[name] - before.get(name, 0.0)) / (step - last) for name in sums}
        if best is not None and best > max(self.history.get(self._best_by, ()), default=-np.inf):
            self._best = values
        for name, value in (means | seen).items():
            self.history.setdefault(name, []).append(value)
        self._sums = sums

    def _stop(self, step, unfit):
        good, values = self._good
        terms = ", ".join(name for name in unfit if name != "loss") or "the loss"
        warnings.warn(
            f"The training stopped at step {step}: {terms if unfit else 'a weight'} is no longer "
            f"finite. The weights are those of step {good}; try a lower learning rate.",
            Diverged,
            stacklevel=2,
        )
        self._set(values)
        self.model.stop_training = True

    def _values(self):
        self._sync()
        return values_of(self.model.variables)

    def _set(self, values):
        self._sync()
        for variable, value in zip(self.model.variables, values, strict=True):
            variable.assign(value)

    def _sync(self):
        if keras.backend.backend() == "jax":
            self.model.jax_state_sync()  # in the midst of a fit the variables lag behind
