"""What all strategies share: settings, the labels they may use, and the order of things."""

import time

import keras

from tlcourse.domains import Domain, DomainPair, stratified_split
from tlcourse.measures import accuracy
from tlcourse.models import check_fits, join
from tlcourse.strategies.checks import whole_seed
from tlcourse.strategies.counting import n_parameters
from tlcourse.strategies.result import TransferResult
from tlcourse.training import AdamSettings, check_settings, seed_keras, train


class Strategy:
    """A recipe that trains: configured by keyword, then `fit`.

    A strategy implements `_prepare`, which returns the backbone and the head to start from, what
    is frozen already frozen; it may override `_train`.

    Args:
        learning_rate: of Adam.
        steps: optimiser steps; or
        epochs: passes over the labelled data, instead of `steps`.
        batch_size: examples a step.
        schedule: of the learning rate: "constant", or "cosine" down to 0.
        warm_up: share of the steps, in [0, 1), over which the learning rate rises.
        validation: share of the labelled examples held back, in [0, 1). Above 0, the weights with
            the best accuracy on them are kept; at 0 the last ones are, and nothing is selected.
        n_evals: how often accuracy is written into the history.
        backup: folder for the state of an unfinished training, see `tlcourse.training.train`: a
            `fit` that was interrupted and is called again goes on where it was.
    """

    def __init__(
        self,
        *,
        learning_rate=3e-3,
        steps=None,
        epochs=None,
        batch_size=32,
        schedule="constant",
        warm_up=0.0,
        validation=0.0,
        n_evals=1,
        backup=None,
    ):
        if not isinstance(validation, (int, float)) or not 0 <= validation < 1:
            raise ValueError(f"`validation` must lie in [0, 1); got {validation!r}.")
        if steps is None and epochs is None:
            steps = 100
        check_settings(steps, epochs, batch_size, n_evals)
        AdamSettings(learning_rate=learning_rate, schedule=schedule, warm_up=warm_up)
        self.learning_rate = learning_rate
        self.schedule = schedule
        self.warm_up = warm_up
        self.steps = steps
        self.epochs = epochs
        self.batch_size = batch_size
        self.validation = validation
        self.n_evals = n_evals
        self.backup = backup

    def fit(self, data, *, shots=None, seed=0, eval_test=False):
        """Trains on labelled examples and measures on test sets.

        Args:
            data: a `DomainPair`, or the target `Domain` alone.
            shots: labelled target examples per class; None takes all of them.
            seed: int, of the shots, the new weights, the order of examples and dropout.
            eval_test: write the target's test accuracy along the training into the history, to
                draw it. Nothing is chosen by it. Not together with `validation`.

        Returns:
            `TransferResult`.

        Raises:
            ValueError: if a class has fewer examples than `shots`, shapes do not fit, or an
                argument is of the wrong kind.
        """
        target, source = _target_and_source(data)
        seed = whole_seed(seed)
        if eval_test and self.validation:
            raise ValueError("`eval_test` goes with `validation=0` only: one curve at a time.")
        begin = time.perf_counter()
        x, labels = self._labelled(target, source, shots, seed)
        n_labels = self._target_labels(labels)
        eval_data = (target.x_test, target.labels_test) if eval_test else None
        if self.validation:
            kept, held = stratified_split(labels, self.validation, seed)
            eval_data = (x[held], labels[held])
            x, labels = x[kept], labels[kept]
        seed_keras(seed)
        backbone, head = self._prepare(target)
        check_fits(backbone, target.input_shape, "data")
        model = join(backbone, head)
        history = self._train(model, backbone, head, x, labels, eval_data, seed)
        same_task = source is not None and source.class_names == target.class_names
        return TransferResult(
            strategy=type(self).__name__,
            backbone=backbone,
            head=head,
            model=model,
            history=history,
            target_accuracy=accuracy(model, target.x_test, target.labels_test),
            seconds=time.perf_counter() - begin,
            n_labels=n_labels,
            n_trained=n_parameters(model.trainable_variables),
            n_stored=head.count_params() + self._n_stored(backbone),
            selected=self._selected(),
            seed=seed,
            source=source if same_task else None,
        )

    def _labelled(self, target, source, shots, seed):
        """Returns the labelled examples to train on: by default the target's."""
        if shots is None:
            return target.x_train, target.labels_train
        return target.shots(shots, seed)

    def _target_labels(self, labels):
        """Returns how many labels of the target are used, given the labels trained on."""
        return len(labels)

    def _prepare(self, target):
        """Returns `(backbone, head)`, copies of their own, frozen where the strategy freezes."""
        raise NotImplementedError(f"{type(self).__name__} must say what it starts from.")

    def _train(self, model, backbone, head, x, labels, eval_data, seed):
        """Trains the model in place and returns the history."""
        return train(model, x, labels, eval_data=eval_data, **self._training(seed))

    def _n_stored(self, backbone):
        """Returns how many parameters of the backbone to keep for this task (int)."""
        return backbone.count_params() - _count_frozen(backbone)

    def _selected(self):
        """Returns how the weights that are kept were chosen (str)."""
        if self.validation:
            return f"best of {self.n_evals} on {self.validation:.0%} of the labels"
        return "last step, nothing selected"

    def _training(self, seed):
        """Returns the settings of `train` (dict)."""
        return {
            "steps": self.steps,
            "epochs": self.epochs,
            "batch_size": self.batch_size,
            "learning_rate": self.learning_rate,
            "schedule": self.schedule,
            "warm_up": self.warm_up,
            "n_evals": self.n_evals,
            "restore_best_weights": self.validation > 0,
            "backup": self.backup,
            "seed": seed,
        }


def _target_and_source(data):
    if isinstance(data, DomainPair):
        return data.target, data.source
    if isinstance(data, Domain):
        return data, None
    raise ValueError(f"`data` must be a Domain or a DomainPair; got {type(data).__name__}.")


def _count_frozen(model):
    """Counts the parameters of layers that are frozen, statistics included."""
    frozen = 0
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            frozen += _count_frozen(layer)
        elif not layer.trainable:
            frozen += layer.count_params()
    return frozen
