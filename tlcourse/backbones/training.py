"""`Model.fit` and `Model.predict`, with the compiled step of small models kept and used again.

Tracing a training step takes longer than a short training on a CPU, and a lesson trains the same
network dozens of times (shots × seeds × strategies). So models of one architecture and one setting
share a *bench*: a compiled twin that takes over the model's variables, works, and hands them back.
"""

import time
from collections import OrderedDict
from contextlib import contextmanager

import keras
import numpy as np

from tlcourse.backbones.batches import OrderedBatches, ShuffledBatches

_BENCHES = OrderedDict()
_MAX_BENCHES = 8
_MAX_SHARED_PARAMETERS = 2_000_000  # beyond this a second copy in memory costs more than tracing


def train(
    model,
    x,
    labels,
    *,
    steps=None,
    epochs=None,
    batch_size=32,
    learning_rate=1e-3,
    seed=0,
    watch=None,
    n_watches=1,
    keep_best=False,
):
    """Trains a classifier that gives logits: cross-entropy, Adam (Kingma & Ba, 2015), `Model.fit`.

    Args:
        model: `keras.Model` from x to logits (n, n_classes); trained in place.
        x: float array (n, ...).
        labels: int array (n,).
        steps: optimiser steps in all; the data are passed over as often as that takes.
        epochs: passes over the data; give either this or `steps`.
        batch_size: examples a step, at most n.
        learning_rate: of Adam.
        seed: int, of the order of the examples and of dropout.
        watch: `(x, labels)` whose accuracy is written down along the way, or None.
        n_watches: how often, evenly spread over the training.
        keep_best: keep the weights with the highest accuracy on `watch`, not the last ones.
            `watch` is then validation data; it must never be test data.

    Returns:
        Dict of lists, one value per watch: "step", "seconds" (of training so far; compiling and
        watching left out), "loss", and with `watch` also "accuracy", the accuracy on it.

    Raises:
        ValueError: if neither or both of `steps` and `epochs` are given, or are below 1.
    """
    if (steps is None) == (epochs is None) or min(steps or epochs, n_watches) < 1:
        raise ValueError(
            f"Give one of `steps` and `epochs`, at least 1, and `n_watches` of at least 1; "
            f"got {steps!r}, {epochs!r} and {n_watches!r}."
        )
    batch_size = min(batch_size, len(x))
    steps = steps or max(1, round(epochs * len(x) / batch_size))
    n_watches = min(n_watches, steps)
    order = {"batch_size": batch_size, "seed": seed}
    batches = ShuffledBatches(x, labels, steps=-(-steps // n_watches), **order)
    watched = None if watch is None else OrderedBatches(*watch, batch_size=512)
    stopwatch = _Stopwatch()
    callbacks = [stopwatch]
    if keep_best:
        callbacks.append(
            keras.callbacks.EarlyStopping(
                "val_accuracy", patience=n_watches, restore_best_weights=True, mode="max"
            )
        )
    bench = _bench(model, learning_rate)
    if bench is not model and bench.train_function is None:
        one_step = ShuffledBatches(x, labels, steps=1, **order)
        bench.fit(one_step, validation_data=watched, shuffle=False, verbose=0)
    with _lent(model, to=bench):
        keras.utils.set_random_seed(seed)
        fitted = bench.fit(
            batches,
            epochs=n_watches,
            validation_data=watched,
            callbacks=callbacks,
            shuffle=False,  # Keras would mix the batches of several passes
            verbose=0,
        )
    history = {
        "step": [(done + 1) * len(batches) for done in fitted.epoch],
        "seconds": list(stopwatch.seconds),
        "loss": [float(loss) for loss in fitted.history["loss"]],
    }
    if watch is not None:
        history["accuracy"] = [float(value) for value in fitted.history["val_accuracy"]]
    return history


def predict(model, x, *, batch_size=512):
    """Returns what a model gives for x in inference mode.

    Args:
        model: `keras.Model`.
        x: float array (n, ...).
        batch_size: examples at a time.

    Returns:
        Array (n, ...), float32.
    """
    bench = _bench(model, None)
    with _lent(model, to=bench):
        return bench.predict(OrderedBatches(x, batch_size=batch_size), verbose=0)


class _Stopwatch(keras.callbacks.Callback):
    """Notes the seconds from an epoch's begin to its last batch, so without what is watched."""

    def on_train_begin(self, logs=None):
        self.seconds = []

    def on_epoch_begin(self, epoch, logs=None):
        self._begun = time.perf_counter()

    def on_train_batch_end(self, batch, logs=None):
        self._ended = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        so_far = self.seconds[-1] if self.seconds else 0.0
        self.seconds.append(so_far + self._ended - self._begun)


def _bench(model, learning_rate):
    """Returns the compiled twin of a model; a large model is compiled itself.

    A learning rate of None asks for a twin that only predicts.
    """
    shared = model.count_params() <= _MAX_SHARED_PARAMETERS
    key = (model.to_json(), learning_rate)
    if shared and key in _BENCHES:
        _BENCHES.move_to_end(key)
        return _BENCHES[key]
    bench = keras.models.clone_model(model) if shared else model
    training = {}
    if learning_rate is not None:
        training = {
            "optimizer": keras.optimizers.Adam(learning_rate),
            "loss": keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            "metrics": ["accuracy"],
        }
    bench.compile(**training, jit_compile=_jit_compile())
    if training:
        bench.optimizer.build(bench.trainable_variables)
    if shared:
        _BENCHES[key] = bench
        while len(_BENCHES) > _MAX_BENCHES:
            _BENCHES.popitem(last=False)
    return bench


def _jit_compile():
    """Returns what to ask of Keras: XLA takes seconds to compile what a CPU then runs no faster."""
    on_cpu = all(device.startswith("cpu") for device in keras.distribution.list_devices())
    return False if on_cpu and keras.backend.backend() == "tensorflow" else "auto"


@contextmanager
def _lent(model, *, to):
    """Lends a model's variables to its bench, the optimiser reset, and takes them back."""
    if to is model:
        yield
        return
    _assign(to.variables, model.variables)
    if getattr(to, "optimizer", None) is not None:
        for variable in to.optimizer.variables:
            if variable is not to.optimizer.learning_rate:
                variable.assign(np.zeros(variable.shape, variable.dtype))
    try:
        yield
    finally:
        _assign(model.variables, to.variables)


def _assign(variables, values):
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
