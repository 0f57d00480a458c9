"""`Model.fit` on a compiled twin that is kept."""

import keras
import numpy as np

from tlcourse.domains import check_labels
from tlcourse.training.backup import Backup
from tlcourse.training.batches import ShuffledBatches
from tlcourse.training.compiled_twin import compiled_twin_for
from tlcourse.training.devices import check_lies_on_all, evenly, jit_compile
from tlcourse.training.history import HistoryRecorder
from tlcourse.training.optimiser import AdamSettings
from tlcourse.training.predict import as_array, batch_that_fits, outputs_of
from tlcourse.training.seeding import seed_keras

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
    lr_multipliers=None,
    loss=None,
    sample_weight=None,
    seed=0,
    eval_data=None,
    n_evals=1,
    restore_best_weights=False,
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
        schedule: "constant" or "cosine", see `AdamSettings`.
        warm_up: share of the steps over which the learning rate rises.
        lr_multipliers: one for each trainable variable, by which the learning rate is multiplied.
        loss: `keras.losses.Loss` instead of cross-entropy.
        sample_weight: float array (n,), of each example in the loss; None weighs all alike.
        seed: int, of the order of the examples and of dropout.
        eval_data: `(x, labels)` whose accuracy is written down along the way, or None.
        n_evals: how often, as evenly spread over the steps as whole steps allow.
        restore_best_weights: keep the weights with the highest accuracy on `eval_data`, not the
            last ones. `eval_data` is then validation data; it must never be test data.
        backup: folder where the state is kept along the training, on one machine; called again
            with the same arguments after an interruption, the training goes on from there and
            ends as if there had been none. None keeps nothing.

    Returns:
        Dict of lists, one value per evaluation: "step", "seconds" (of training so far; compiling
        and evaluating left out), "loss", and with `eval_data` also "accuracy", the accuracy on it.

    Raises:
        ValueError: if neither or both of `steps` and `epochs` are given, a setting is out of
            range, or the labels are not one class number for each example.
    """
    check_settings(steps, epochs, batch_size, n_evals)
    optimiser = AdamSettings(
        learning_rate=learning_rate,
        schedule=schedule,
        warm_up=warm_up,
        lr_multipliers=lr_multipliers,
    )
    if restore_best_weights and eval_data is None:
        raise ValueError(
            "`restore_best_weights` needs validation data: give `eval_data=(x, labels)`."
        )
    x, labels = _examples(model, x, labels, "x", "labels", free=loss is not None)
    arrays = (x, labels) if sample_weight is None else (x, labels, _weights(sample_weight, len(x)))
    if eval_data is not None:
        eval_data = _examples(model, *eval_data, "eval_data[0]", "eval_data[1]")
    batch_size = evenly(min(batch_size, len(x)))
    steps = steps or max(1, round(epochs * len(x) / batch_size))
    order = {"batch_size": batch_size, "seed": seed}
    n_evals = min(n_evals, steps)
    recorder = HistoryRecorder(
        steps,
        n_evals,
        look=eval_data and accuracy_on(*eval_data, times=n_evals),
        restore_best_weights="accuracy" if restore_best_weights else None,
    )
    twin = compiled_twin_for(model, optimiser, steps=steps, loss=loss)
    twin.warm_up(ShuffledBatches(*arrays, steps=_WARM_UP_STEPS, **order))
    with twin.holding(model) as compiled:
        _fit(compiled, ShuffledBatches(*arrays, steps=steps, **order), recorder, seed, backup)
    return recorder.history


def _fit(compiled, batches, recorder, seed, backup):
    seed_keras(seed)
    if backup is not None:
        batches.skip(recorder.go_on(compiled, Backup(backup, compiled, batches, seed)))
    # One pass to Keras, whatever it is to the data: it sets itself up again for each. It must not
    # shuffle, which would mix the batches of several passes.
    if len(batches):
        compiled.fit(batches, callbacks=[recorder], shuffle=False, verbose=0)


def fit_batches(model, batches, optimizer, *, recorder, seed, loss=None, backup=None):
    """Trains a model of several inputs on batches that are already made: one pass, `Model.fit`.

    Args:
        model: `keras.Model`; it is compiled anew.
        batches: `keras.utils.PyDataset` of all steps.
        optimizer: `keras.optimizers.Optimizer`, see `AdamSettings.build`.
        recorder: `HistoryRecorder`, which afterwards holds the history.
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
    _fit(model, batches, recorder, seed, backup)


def accuracy_on(x, labels, *, times=1):
    """Returns a look for `HistoryRecorder`: how many examples a model names rightly.

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


def check_settings(steps, epochs, batch_size, n_evals):
    """Checks settings before anything is computed with them.

    Args:
        steps: as in `train`, like all of these.
        epochs: one of this and `steps` is None.
        batch_size: whole number.
        n_evals: whole number.

    Raises:
        ValueError: that names the first setting that cannot be.
    """
    if (steps is None) == (epochs is None):
        raise ValueError(f"Give one of `steps` and `epochs`; got {steps!r} and {epochs!r}.")
    counts = {"steps": steps, "epochs": epochs, "batch_size": batch_size, "n_evals": n_evals}
    for name, value in counts.items():
        whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
        if value is not None and not (whole and value >= 1):
            raise ValueError(f"`{name}` must be a whole number, at least 1; got {value!r}.")


def _examples(model, x, labels, x_name, labels_name, *, free=False):
    x, labels = as_array(x), as_array(labels)
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


def _weights(sample_weight, n):
    weights = np.asarray(sample_weight, dtype="float32")
    if weights.shape != (n,) or not np.isfinite(weights).all() or (weights < 0).any():
        raise ValueError(
            f"`sample_weight` must be one finite number >= 0 for each of the {n} examples; "
            f"got shape {weights.shape}."
        )
    return weights
