"""`Model.fit` and `Model.predict` on a bench."""

import keras
import numpy as np

from tlcourse.backbones.backup import Backup
from tlcourse.backbones.batches import ShuffledBatches
from tlcourse.backbones.bench import bench_for, jit_compile
from tlcourse.backbones.distribution import check_lies_on_all, evenly
from tlcourse.backbones.notes import Notes
from tlcourse.backbones.optimiser import Optimiser
from tlcourse.backbones.outputs import batch_that_fits, is_short, outputs_of
from tlcourse.backbones.seeding import seed_keras
from tlcourse.domains.checks import check_labels

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
    schedule="constant",
    warm_up=0.0,
    factors=None,
    loss=None,
    weights=None,
    seed=0,
    watch=None,
    n_watches=1,
    keep_best=False,
    backup=None,
):
    """Trains a model that gives logits: cross-entropy, Adam (Kingma & Ba, 2015), `Model.fit`.

    When the loss is no longer finite, training stops with a `Diverged` warning, and the weights
    are those from before.

    Args:
        model: `keras.Model` from x to logits (n, n_classes); trained in place.
        x: float array (n, ...).
        labels: int array (n,); with a `loss` of one's own, array (n, ...) of what it takes.
        steps: optimiser steps in all; the data are passed over as often as that takes.
        epochs: passes over the data; give either this or `steps`.
        batch_size: examples a step, at most n; where devices share a step, the next lower number
            that they can share evenly.
        learning_rate: of Adam, the highest.
        schedule: "constant" or "cosine", see `Optimiser`.
        warm_up: share of the steps over which the learning rate rises.
        factors: one for each trainable variable, by which the learning rate is multiplied.
        loss: `keras.losses.Loss` instead of cross-entropy.
        weights: float array (n,), of each example in the loss; None weighs all alike.
        seed: int, of the order of the examples and of dropout.
        watch: `(x, labels)` whose accuracy is written down along the way, or None.
        n_watches: how often, as evenly spread over the steps as whole steps allow.
        keep_best: keep the weights with the highest accuracy on `watch`, not the last ones.
            `watch` is then validation data; it must never be test data.
        backup: folder where the state is kept along the training, on one machine; called again
            with the same arguments after an interruption, the training goes on from there and
            ends as if there had been none. None keeps nothing.

    Returns:
        Dict of lists, one value per watch: "step", "seconds" (of training so far; compiling and
        watching left out), "loss", and with `watch` also "accuracy", the accuracy on it.

    Raises:
        ValueError: if neither or both of `steps` and `epochs` are given, a setting is out of
            range, or the labels are not one class number for each example.
    """
    check_settings(steps, epochs, batch_size, n_watches)
    optimiser = Optimiser(
        learning_rate=learning_rate, schedule=schedule, warm_up=warm_up, factors=factors
    )
    if keep_best and watch is None:
        raise ValueError("`keep_best` needs validation data: give `watch=(x, labels)`.")
    x, labels = _examples(model, x, labels, "x", "labels", free=loss is not None)
    arrays = (x, labels) if weights is None else (x, labels, _weights(weights, len(x)))
    if watch is not None:
        watch = _examples(model, *watch, "watch[0]", "watch[1]")
    batch_size = evenly(min(batch_size, len(x)))
    steps = steps or max(1, round(epochs * len(x) / batch_size))
    order = {"batch_size": batch_size, "seed": seed}
    n_watches = min(n_watches, steps)
    notes = Notes(
        steps,
        n_watches,
        look=watch and accuracy_on(*watch, times=n_watches),
        keep_best="accuracy" if keep_best else None,
    )
    bench = bench_for(model, optimiser, steps=steps, loss=loss)
    bench.warm_up(ShuffledBatches(*arrays, steps=_WARM_UP_STEPS, **order))
    with bench.holding(model) as compiled:
        _fit(compiled, ShuffledBatches(*arrays, steps=steps, **order), notes, seed, backup)
    return notes.history


def _fit(compiled, batches, notes, seed, backup):
    seed_keras(seed)
    if backup is not None:
        batches.skip(notes.go_on(compiled, Backup(backup, compiled, batches, seed)))
    # One pass to Keras, whatever it is to the data: it sets itself up again for each. It must not
    # shuffle, which would mix the batches of several passes.
    if len(batches):
        compiled.fit(batches, callbacks=[notes], shuffle=False, verbose=0)


def fit_batches(model, batches, optimizer, *, notes, seed, loss=None, backup=None):
    """Trains a model of several inputs on batches that are already made: one pass, `Model.fit`.

    Args:
        model: `keras.Model`; it is compiled anew.
        batches: `keras.utils.PyDataset` of all steps.
        optimizer: `keras.optimizers.Optimizer`, see `Optimiser.build`.
        notes: `Notes`, which afterwards holds the history.
        seed: int, of dropout and augmentation.
        loss: `keras.losses.Loss`; None takes cross-entropy of logits and class numbers.
        backup: as in `train`; the batches then have a method `skip`.
    """
    check_lies_on_all(model)
    model.compile(
        optimizer,
        loss or keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=jit_compile(),
    )
    model.optimizer.build(model.trainable_variables)
    _fit(model, batches, notes, seed, backup)


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
        batch_size = batch_that_fits(x)
    if is_short(x, batch_size):
        return outputs_of(model, x, batch_size)
    with bench_for(model).holding(model) as compiled:
        return outputs_of(compiled, x, batch_size)


def accuracy_on(x, labels, *, times=1):
    """Returns a look for `Notes`: how many examples a model names rightly.

    Args:
        x: array (n, ...).
        labels: int array (n,).
        times: how often it will look.

    Returns:
        Function of a model that gives `{"accuracy": float in [0, 1]}`.
    """

    def look(model):
        outputs = outputs_of(model, x, batch_that_fits(x), times=times)
        return {"accuracy": float(np.mean(outputs.argmax(axis=1) == labels))}

    return look


def check_settings(steps, epochs, batch_size, n_watches):
    """Checks settings before anything is computed with them.

    Args:
        steps: as in `train`, like all of these.
        epochs: one of this and `steps` is None.
        batch_size: whole number.
        n_watches: whole number.

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


def _examples(model, x, labels, x_name, labels_name, *, free=False):
    x, labels = _as_array(x), _as_array(labels)
    if len(x) == 0:
        raise ValueError(f"`{x_name}` must hold at least one example; got shape {x.shape}.")
    if free:
        if len(labels) != len(x):
            raise ValueError(
                f"`{labels_name}` must be one for each of the {len(x)} examples; got {len(labels)}."
            )
        return x, labels
    n_classes = getattr(model, "output_shape", (None,))[-1]  # a model that is all code has none
    check_labels(labels, len(x), n_classes, labels_name, x_name)
    return x, labels


def _weights(weights, n):
    weights = np.asarray(weights, dtype="float32")
    if weights.shape != (n,) or not np.isfinite(weights).all() or (weights < 0).any():
        raise ValueError(
            f"`weights` must be one finite number >= 0 for each of the {n} examples; got shape "
            f"{weights.shape}."
        )
    return weights


def _as_array(values):
    """Returns a numpy array; tensors of any backend are turned into one."""
    if isinstance(values, (np.ndarray, list, tuple)):
        return np.asarray(values)
    return keras.ops.convert_to_numpy(values)
