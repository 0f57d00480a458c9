"""`Model.fit` and `Model.predict` on a bench."""

import math
import time

import keras
import numpy as np

from tlcourse.backbones.batches import OrderedBatches, ShuffledBatches
from tlcourse.backbones.bench import bench_for, values_of
from tlcourse.backbones.seeding import seed_keras
from tlcourse.domains.checks import check_labels

_FEW_BATCHES = 10
_WARM_UP_STEPS = 3  # with fewer calls to each new trace TensorFlow warns of retracing


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
        n_watches: how often, as evenly spread over the steps as whole steps allow.
        keep_best: keep the weights with the highest accuracy on `watch`, not the last ones.
            `watch` is then validation data; it must never be test data.

    Returns:
        Dict of lists, one value per watch: "step", "seconds" (of training so far; compiling and
        watching left out), "loss", and with `watch` also "accuracy", the accuracy on it.

    Raises:
        ValueError: if neither or both of `steps` and `epochs` are given, a setting is out of
            range, or the labels are not one class number for each example.
    """
    check_settings(steps, epochs, batch_size, n_watches, learning_rate)
    if keep_best and watch is None:
        raise ValueError("`keep_best` needs validation data: give `watch=(x, labels)`.")
    x, labels = _examples(model, x, labels, "x", "labels")
    if watch is not None:
        watch = _examples(model, *watch, "watch[0]", "watch[1]")
    batch_size = min(batch_size, len(x))
    steps = steps or max(1, round(epochs * len(x) / batch_size))
    order = {"batch_size": batch_size, "seed": seed}
    notes = _Notes(steps, min(n_watches, steps), watch, keep_best)
    bench = bench_for(model, learning_rate)
    bench.warm_up(ShuffledBatches(x, labels, steps=_WARM_UP_STEPS, **order))
    with bench.holding(model) as compiled:
        seed_keras(seed)
        # One pass to Keras, whatever it is to the data: it sets itself up again for each.
        compiled.fit(
            ShuffledBatches(x, labels, steps=steps, **order),
            callbacks=[notes],
            shuffle=False,  # Keras would mix the batches of several passes
            verbose=0,
        )
    return notes.history


def predict(model, x, *, batch_size=None):
    """Returns what a model gives for x in inference mode.

    Args:
        model: `keras.Model`.
        x: float array (n, ...), n >= 1.
        batch_size: examples at a time; None takes up to 1,024, fewer when they are large images.

    Returns:
        Array (n, ...), float32.

    Raises:
        ValueError: if there is no example.
    """
    x = _as_array(x)
    if len(x) == 0:
        raise ValueError(f"`x` must hold at least one example; got shape {x.shape}.")
    if batch_size is None:
        batch_size = _batch_that_fits(x)
    if _is_short(x, batch_size):
        return _outputs(model, x, batch_size)
    with bench_for(model, None).holding(model) as compiled:
        return _outputs(compiled, x, batch_size)


def check_settings(steps, epochs, batch_size, n_watches, learning_rate):
    """Checks settings before anything is computed with them.

    Args:
        steps: as in `train`, like all of these.
        epochs: one of this and `steps` is None.
        batch_size: whole number.
        n_watches: whole number.
        learning_rate: positive number.

    Raises:
        ValueError: that names the first setting that cannot be.
    """
    if (steps is None) == (epochs is None):
        raise ValueError(f"Give one of `steps` and `epochs`; got {steps!r} and {epochs!r}.")
    counts = {"steps": steps, "epochs": epochs, "batch_size": batch_size, "n_watches": n_watches}
    for name, value in counts.items():
        whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
        if value is not None and not (whole and value >= 1):
            raise ValueError(f"`{name}` must be a whole number, at least 1; got {value!r}.")
    number = isinstance(learning_rate, (int, float, np.number))
    if not number or not 0 < learning_rate < math.inf:
        raise ValueError(f"`learning_rate` must be a positive number; got {learning_rate!r}.")


class _Notes(keras.callbacks.Callback):
    """Writes the history: time, loss, accuracy on watched data; and keeps the best weights."""

    def __init__(self, steps, n_watches, watch, keep_best):
        super().__init__()
        self._due = [-(-steps * (i + 1) // n_watches) for i in range(n_watches)]
        self._watch, self._keep_best = watch, keep_best
        columns = ("step", "seconds", "loss") + (() if watch is None else ("accuracy",))
        self.history = {column: [] for column in columns}
        self._seconds, self._begun, self._loss_sum = 0.0, None, 0.0

    def on_train_batch_begin(self, batch, logs=None):
        # Neither the setting up before the first step counts, nor the watching after a watched one.
        if self._begun is None:
            self._begun = time.perf_counter()

    def on_train_batch_end(self, batch, logs=None):
        step = batch + 1
        if step not in self._due:
            return
        loss_sum = step * float(logs["loss"])  # Keras reports the mean of all steps so far
        self._seconds += time.perf_counter() - self._begun
        self._begun = None
        last = self.history["step"][-1] if self.history["step"] else 0
        self.history["step"].append(step)
        self.history["seconds"].append(self._seconds)
        self.history["loss"].append((loss_sum - self._loss_sum) / (step - last))
        self._loss_sum = loss_sum
        if self._watch is not None:
            self._look()

    def on_train_end(self, logs=None):
        if self._keep_best:
            self.model.set_weights(self._best)

    def _look(self):
        if keras.backend.backend() == "jax":
            self.model.jax_state_sync()  # in the midst of a fit the variables lag behind
        x, labels = self._watch
        batch_size = _batch_that_fits(x)
        # Many looks at one array are worth tracing for, even where a single one is not.
        if len(self._due) * len(x) > _FEW_BATCHES * batch_size:
            batches = OrderedBatches(x, batch_size=batch_size)
            parts = [self.model.predict_on_batch(batches[i][0]) for i in range(len(batches))]
            outputs = np.concatenate(parts)
        else:
            outputs = _outputs(self.model, x, batch_size)
        right = outputs.argmax(axis=1) == labels
        accuracy = float(np.mean(right))
        if self._keep_best and accuracy > max(self.history["accuracy"], default=-1.0):
            self._best = values_of(self.model.weights)
        self.history["accuracy"].append(accuracy)


def _examples(model, x, labels, x_name, labels_name):
    x, labels = _as_array(x), _as_array(labels)
    if len(x) == 0:
        raise ValueError(f"`{x_name}` must hold at least one example; got shape {x.shape}.")
    n_classes = getattr(model, "output_shape", (None,))[-1]  # a model that is all code has none
    check_labels(labels, len(x), n_classes, labels_name, x_name)
    return x, labels


def _as_array(values):
    """Returns a numpy array; tensors of any backend are turned into one."""
    if isinstance(values, (np.ndarray, list, tuple)):
        return np.asarray(values)
    return keras.ops.convert_to_numpy(values)


def _batch_that_fits(x):
    """Returns a batch size: 1,024 images of 224 pixels would fill a laptop's memory in VGG16."""
    return min(1024, max(16, 2**20 // max(1, math.prod(x.shape[1:]))))


def _is_short(x, batch_size):
    """Whether tracing would cost more than it saves; TensorFlow also warns of such tracings."""
    return keras.backend.backend() == "tensorflow" and len(x) <= _FEW_BATCHES * batch_size


def _outputs(model, x, batch_size):
    batches = OrderedBatches(x, batch_size=batch_size)
    if _is_short(x, batch_size):
        parts = [model(batches[i][0], training=False) for i in range(len(batches))]
        outputs = np.concatenate([keras.ops.convert_to_numpy(part) for part in parts])
    else:
        outputs = model.predict(batches, verbose=0)
    return outputs.astype("float32", copy=False)
