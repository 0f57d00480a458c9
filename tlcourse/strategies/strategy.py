"""What all strategies share: settings, the labels they may use, and the order of things."""

import time
from dataclasses import dataclass

import keras
import numpy as np

from tlcourse.arguments import check_seed
from tlcourse.domains import Domain, DomainPair, stratified_split
from tlcourse.errors import BadArgument
from tlcourse.measures import accuracy
from tlcourse.models import check_fits, join
from tlcourse.strategies.counting import n_parameters
from tlcourse.strategies.result import TransferResult
from tlcourse.strategies.trainable import Trainable
from tlcourse.training import seed_keras, train


@dataclass(frozen=True, kw_only=True)
class Examples:
    """The data that one training gets.

    Attributes:
        x: float array (n, ...), labelled.
        labels: int array (n,).
        eval_data: `(x, labels)` to record the accuracy on along the way, or None.
        unlabelled: float array (m, ...), the target's training images without their labels.
    """

    x: np.ndarray
    labels: np.ndarray
    eval_data: tuple | None = None
    unlabelled: np.ndarray | None = None


class Strategy(Trainable):
    """Base class of strategies: configure by keyword, then `fit`.

    A strategy implements `_prepare`, which returns the backbone and the head to start from, what
    is frozen already frozen; it may override `_train`.

    Args:
        **settings: those of `Trainable`.
    """

    def fit(self, data, *, shots=None, seed=0, eval_test=False):
        """Train on labelled examples and measure on test sets.

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
        seed = check_seed(seed)
        validation = self.training.validation
        if eval_test and validation:
            raise BadArgument("`eval_test` goes with `validation=0` only: one curve at a time.")
        begin = time.perf_counter()
        x, labels = self._labelled(target, source, shots, seed)
        n_labels = self._target_labels(labels)
        eval_data = (target.x_test, target.labels_test) if eval_test else None
        if validation:
            kept, held = stratified_split(labels, validation, seed)
            eval_data = (x[held], labels[held])
            x, labels = x[kept], labels[kept]
        examples = Examples(x=x, labels=labels, eval_data=eval_data, unlabelled=target.x_train)
        seed_keras(seed)
        backbone, head = self._prepare(target)
        check_fits(backbone, target.input_shape, "data")
        model = join(backbone, head)
        history = self._train(model, backbone, head, examples, seed)
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
        """Return the labelled examples to train on: by default the target's."""
        if shots is None:
            return target.x_train, target.labels_train
        return target.shots(shots, seed)

    def _target_labels(self, labels):
        """Return how many labels of the target are used, given the labels trained on."""
        return len(labels)

    def _prepare(self, target):
        """Return `(backbone, head)`, copy of their own, frozen where the strategy freezes."""
        raise NotImplementedError(f"{type(self).__name__} must say what it starts from.")

    def _train(self, model, backbone, head, examples, seed):
        """Train the model in place on `Examples`; return the history."""
        return self._train_on(model, examples, seed)

    def _train_on(self, model, examples, seed, *, training=None, **more):
        """Train any model on `Examples` with this strategy's `Training`, or another one."""
        training = training or self.training
        return train(
            model,
            examples.x,
            examples.labels,
            training,
            eval_data=examples.eval_data,
            restore_best_weights=training.validation > 0,
            seed=seed,
            **more,
        )

    def _n_stored(self, backbone):
        """Return how many parameters of the backbone to keep for this task (int)."""
        return backbone.count_params() - _count_frozen(backbone)

    def _selected(self):
        """Return how the weights that are kept were chosen (str)."""
        if self.training.validation:
            share = f"{self.training.validation:.0%}"
            return f"best of {self.training.n_evals} on {share} of the labels"
        return "last step, nothing selected"


def check_is_strategy(strategy, name):
    """Check that something can be fitted, and is no class still to be called.

    Args:
        strategy: object with a method `fit`.
        name: str, the argument to name in the message.

    Raises:
        BadArgument: (a ValueError) that says what it is instead.
    """
    if isinstance(strategy, type) and hasattr(strategy, "fit"):
        raise BadArgument(
            f"`{name}` must be a strategy; got the class {strategy.__name__}. Call it first: "
            f"`{strategy.__name__}(...)`."
        )
    if not hasattr(strategy, "fit"):
        raise BadArgument(
            f"`{name}` must be a strategy, such as FromScratch(); got {type(strategy).__name__}."
        )


def _target_and_source(data):
    if isinstance(data, DomainPair):
        return data.target, data.source
    if isinstance(data, Domain):
        return data, None
    raise BadArgument(f"`data` must be a Domain or a DomainPair; got {type(data).__name__}.")


def _count_frozen(model):
    """Count the parameters of layers that are frozen, statistics included."""
    frozen = 0
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            frozen += _count_frozen(layer)
        elif not layer.trainable:
            frozen += layer.count_params()
    return frozen
