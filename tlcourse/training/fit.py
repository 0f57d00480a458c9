"""`Model.fit` on a compiled twin that is kept."""

from functools import partial

import keras
import numpy as np

from tlcourse.arguments import verb
from tlcourse.domains import check_labels
from tlcourse.errors import BadArgument
from tlcourse.training.backup import Backup
from tlcourse.training.batches import ShuffledBatches
from tlcourse.training.compiled_twin import compiled_twin_for
from tlcourse.training.history import HistoryRecorder
from tlcourse.training.predict import as_array, batch_that_fits, outputs_of
from tlcourse.training.seeding import seed_keras

_WARM_UP_STEPS = 3  # with fewer calls to each new trace TensorFlow warns of retracing


@verb
def train(
    model,
    x,
    labels,
    training,
    *,
    seed=0,
    eval_data=None,
    restore_best_weights=False,
    loss=None,
    sample_weight=None,
    lr_multipliers=None,
):
    """Train a model that gives logits: cross-entropy, an optimiser, `Model.fit`.

    When the loss is no longer finite, training stops with a `Diverged` warning, and the weights
    are those from before.

    Args:
        model: `keras.Model` from x to logits (n, n_classes); trained in place.
        x: float array (n, ...).
        labels: int array (n,); with a `loss` of its own, array (n, ...) of what that takes.
        training: `Training`; its `validation` is the caller's to act on.
        seed: int, of the order of the examples and of dropout.
        eval_data: `(x, labels)` whose accuracy is recorded along the way, or None.
        restore_best_weights: keep the weights with the highest accuracy on `eval_data`, not the
            last ones. `eval_data` is then validation data; it must never be test data.
        loss: `keras.losses.Loss` instead of cross-entropy.
        sample_weight: float array (n,), of each example in the loss; None weighs all alike.
        lr_multipliers: float for each trainable variable, times the learning rate; None is 1.

    Returns:
        Dict of lists, one value per evaluation: "step", "seconds" (of training so far; compiling
        and evaluating left out), "loss", and with `eval_data` also "accuracy", the accuracy on it.

    Raises:
        ValueError: if the labels are not one class number for each example, `sample_weight` does
            not fit, or `restore_best_weights` comes without `eval_data`.
    """
    if restore_best_weights and eval_data is None:
        raise BadArgument(
            "`restore_best_weights` needs validation data: give `eval_data=(x, labels)`."
        )
    x, labels = _examples(model, x, labels, "x", "labels", free=loss is not None)
    arrays = (x, labels) if sample_weight is None else (x, labels, _weights(sample_weight, len(x)))
    if eval_data is not None:
        eval_data = _examples(model, *eval_data, "eval_data[0]", "eval_data[1]")
    plan = training.for_examples(len(x))
    recorder = HistoryRecorder(
        plan.steps,
        plan.n_evals,
        look=eval_data and accuracy_on(*eval_data, times=plan.n_evals),
        restore_best_weights="accuracy" if restore_best_weights else None,
    )
    batches = ShuffledBatches(*arrays, steps=plan.steps, batch_size=plan.batch_size, seed=seed)
    settings = plan.optimizer_settings(lr_multipliers)
    _fit(model, batches, plan, settings, recorder, seed, loss=loss or _cross_entropy())
    return recorder.history


def fit_batches(model, batches, training, *, recorder, seed, loss=None, metrics=None):
    """Train a model of several inputs on batches that are already made: one pass, `Model.fit`.

    Args:
        model: `keras.Model`; trained in place.
        batches: `keras.utils.PyDataset` of all steps, with a method `first` that gives some of
            them, and `skip` where there is a backup.
        training: `Training`, settled for the examples.
        recorder: `HistoryRecorder`, which afterwards holds the history.
        seed: int, of dropout and augmentation.
        loss: `keras.losses.Loss` of logits and class numbers; None leaves what layers add alone.
        metrics: dict of lists of `keras.metrics.Metric`, as `Model.compile` takes them.
    """
    settings = training.optimizer_settings()
    _fit(model, batches, training, settings, recorder, seed, loss=loss, metrics=metrics)


def _fit(model, batches, plan, settings, recorder, seed, *, loss=None, metrics=None):
    twin = compiled_twin_for(model, settings, loss=loss, metrics=metrics)
    twin.warm_up(batches.first(_WARM_UP_STEPS), plan.batch_size)
    with twin.holding(model, settings, steps=plan.steps) as compiled:
        recorder.hand_back = partial(twin.hand_back, model)
        seed_keras(seed)
        if plan.backup is not None:
            backup = Backup(plan.backup, compiled, batches, seed)
            batches.skip(recorder.go_on(compiled, backup))
        # One pass to Keras, whatever it is to the data: it sets itself up again for each. It must
        # not shuffle, which would mix the batches of several passes.
        if len(batches):
            compiled.fit(batches, callbacks=[recorder], shuffle=False, verbose=0)


def _cross_entropy():
    return keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def accuracy_on(x, labels, *, times=1):
    """Return a look for `HistoryRecorder`: how many examples a model names rightly.

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


def _examples(model, x, labels, x_name, labels_name, *, free=False):
    x, labels = as_array(x), as_array(labels)
    if len(x) == 0:
        raise BadArgument(f"`{x_name}` must hold at least one example; got shape {x.shape}.")
    if free:
        if len(labels) != len(x):
            raise BadArgument(
                f"`{labels_name}` must be one for each of the {len(x)} examples; got {len(labels)}."
            )
        return x, labels
    n_classes = getattr(model, "output_shape", (None,))[-1]  # a model that is all code has none
    check_labels(labels, len(x), n_classes, labels_name, x_name)
    return x, labels


def _weights(sample_weight, n):
    weights = np.asarray(sample_weight, dtype="float32")
    if weights.shape != (n,) or not np.isfinite(weights).all() or (weights < 0).any():
        raise BadArgument(
            f"`sample_weight` must be one finite number >= 0 for each of the {n} examples; "
            f"got shape {weights.shape}."
        )
    return weights
