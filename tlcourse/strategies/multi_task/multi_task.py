"""Several tasks learned at once: one backbone for all, a head for each (hard sharing)."""

import math
import time
from dataclasses import dataclass, field
from itertools import combinations
from numbers import Real

import keras
import numpy as np

from tlcourse.arguments import check_choice, check_count, check_seed
from tlcourse.domains import ManyLabels, check_examples
from tlcourse.errors import BadArgument
from tlcourse.models import check_backbone
from tlcourse.strategies.counting import n_parameters
from tlcourse.strategies.multi_task.task import (
    Task,
    check_tasks,
    checked_labels,
    head_of,
)
from tlcourse.strategies.multi_task.task_batches import TaskBatches, input_of
from tlcourse.strategies.multi_task.task_gradients import gradients_through
from tlcourse.strategies.multi_task.task_losses import TaskLosses, metric_of
from tlcourse.strategies.starting_backbone import starting_backbone
from tlcourse.strategies.trainable import Trainable
from tlcourse.training import (
    HistoryRecorder,
    extract_features,
    fit_batches,
    predict,
    seed_keras,
)

_WEIGHTINGS = ("fixed", "uncertainty")


class MultiTask(Trainable):
    """Train one backbone on several tasks, each with its own linear head.

    min over θ, h_t of Σ_t w_t · L_t(h_t(f_θ(x)), y_t), the weights w_t given or learned.
    What one task teaches the backbone, the others have too; or it is in their way (see
    `gradients_of_tasks`). Regression labels stay in their own unit: degrees make a larger loss
    than radians, and more of the sum, unless the weights see to it.

    A learned weight is about one over the task's loss. It begins at 1 (½ for regression) and moves
    as fast as all weights do; where a loss goes to 0, it grows without bound.

    Args:
        backbone: name of an architecture, which begins with new weights, or a `keras.Model`,
            images to features, which is copied and begins with its own.
        tasks: list of `Task`, at least one.
        weighting: "fixed", or "uncertainty" to learn the weights with the model.
        weights: dict, task name to float >= 0, for "fixed"; None is 1 for all.
        dropout: share of the features dropped in training, for each head anew.
        watch_gradients: int, write down at each evaluation which way the tasks pull the backbone,
            on so many of the training images: "norm_TASK", and "cosine_TASK_OTHER" of each two.
            None does not.
        **settings: those of `Trainable` but `validation`.

    Reference:
        Caruana, "Multitask Learning", Machine Learning 1997; Kendall, Gal & Cipolla, "Multi-Task
        Learning Using Uncertainty to Weigh Losses", CVPR 2018.
    """

    def __init__(
        self,
        backbone="small_cnn",
        *,
        tasks,
        weighting="fixed",
        weights=None,
        dropout=0.3,
        watch_gradients=None,
        **settings,
    ):
        super().__init__(**settings)
        if self.training.validation:
            raise BadArgument("`validation` is not for several tasks: there is no one best step.")
        if not isinstance(backbone, str):
            check_backbone(backbone)
        self.tasks = check_tasks(tasks)
        check_choice(weighting, "weighting", _WEIGHTINGS)
        if weights is not None:
            _check_weights(weights, self.tasks, weighting)
        self.backbone = backbone
        self.weighting = weighting
        self.weights = weights
        if watch_gradients is not None:
            check_count(watch_gradients, "watch_gradients")
        self.dropout = dropout
        self.watch_gradients = watch_gradients

    def fit(self, x, labels=None, *, x_test=None, labels_test=None, seed=0):
        """Train on all tasks and measure each on the test set.

        Args:
            x: float array (n, height, width, channels), as a `Domain` holds images; or a
                `ManyLabels`, which holds all that follows.
            labels: dict, task name to array: class numbers (n,), or numbers (n,) or
                (n, n_outputs). Where an image has no label of a task, its class number is -1, its
                numbers are NaN, and it counts nothing in that task's loss; then half of each batch
                are images that have all labels. Labels of no task are left alone.
            x_test: float array (m, ...), to report only.
            labels_test: dict as `labels`.
            seed: int, of the new weights, the order of images and dropout.

        Returns:
            `MultiTaskResult`.

        Raises:
            ValueError: if labels are missing or do not fit their task, or shapes do not match.
        """
        seed = check_seed(seed)
        if isinstance(x, ManyLabels):
            return self.fit(
                x.x_train, x.labels_train, x_test=x.x_test, labels_test=x.labels_test, seed=seed
            )
        x, x_test = _images(x, "x"), _images(x_test, "x_test")
        if x.shape[1:] != x_test.shape[1:]:
            raise BadArgument(
                f"`x_test` must hold examples of shape {x.shape[1:]} like `x`; "
                f"got {x_test.shape[1:]}."
            )
        labels = checked_labels(self.tasks, labels, len(x), "labels", may_miss=True)
        labels_test = checked_labels(self.tasks, labels_test, len(x_test), "labels_test")
        begin = time.perf_counter()
        seed_keras(seed)
        backbone = starting_backbone(self.backbone, x.shape[1:])
        heads = {task.name: self._head(task, backbone.output_shape[-1]) for task in self.tasks}
        images = keras.Input(x.shape[1:], name="images")
        features = backbone(images)
        outputs = {name: head(features) for name, head in heads.items()}
        learned = self.weighting == "uncertainty"
        losses = TaskLosses(kinds=[task.kind for task in self.tasks], learned=learned)
        trainer = self._trainer(images, outputs, losses)
        if self.weights is not None:
            losses.weigh([self.weights[task.name] for task in self.tasks])
        watch = self.watch_gradients
        look = watch and _GradientsLook(self.tasks, backbone, heads, x[:watch], labels)
        history = self._train(trainer, x, labels, seed, look)
        features = extract_features(backbone, x_test)
        scores = {
            task.name: _score(task, predict(heads[task.name], features), labels_test[task.name])
            for task in self.tasks
        }
        return MultiTaskResult(
            tasks=self.tasks,
            backbone=backbone,
            model=keras.Model(images, outputs, name="multi_task"),
            scores=scores,
            history=history,
            task_weights=dict(zip(heads, losses.task_weights(), strict=True)),
            seconds=time.perf_counter() - begin,
            n_trained=n_parameters(trainer.trainable_variables),
            seed=seed,
        )

    def _head(self, task, width):
        features = keras.Input((width,), name="features")
        x = keras.layers.Dropout(self.dropout, name=f"{task.name}_dropout")(features)
        x = keras.layers.Dense(task.n_outputs, name=task.name)(x)
        return keras.Model(features, x, name=head_of(task))

    def _trainer(self, images, outputs, losses):
        """Return a model of images and labels: a layer can only see what goes into the model."""
        labels = [
            keras.Input((), name=input_of(task.name), dtype="int32")
            if task.kind == "classification"
            else keras.Input((task.n_outputs,), name=input_of(task.name))
            for task in self.tasks
        ]
        handed_on = losses(list(outputs.values()), labels)
        return keras.Model([images, *labels], dict(zip(outputs, handed_on, strict=True)))

    def _train(self, trainer, x, labels, seed, look):
        plan = self.training.for_examples(len(x))
        alone = len(self.tasks) == 1  # Keras puts an output's name first where there are several
        metrics = {
            task.name: [metric_of(task.kind, f"{task.name}_loss" if alone else "loss")]
            for task in self.tasks
        }
        recorder = HistoryRecorder(plan.steps, plan.n_evals, look=look, of_original=bool(look))
        order = {"steps": plan.steps, "batch_size": plan.batch_size, "seed": seed}
        batches = TaskBatches(self.tasks, x, labels, **order)
        fit_batches(trainer, batches, plan, recorder=recorder, seed=seed, metrics=metrics)
        return recorder.history


@dataclass(frozen=True, kw_only=True)
class MultiTaskResult:
    """A network of several heads, and how well each does.

    Attributes:
        tasks: tuple of `Task`.
        backbone: `keras.Model`, images to features, as trained.
        model: `keras.Model`, images to a dict, task name to logits or numbers.
        scores: dict, task name to the accuracy on the test set, in [0, 1] and high when good, or
            the root mean squared error in the unit of the labels, low when good.
        history: dict of lists: "step", "seconds", "loss" and, for each task, "NAME_loss" before it
            is weighted.
        task_weights: dict, task name to the number that its loss is multiplied by at the end.
        seconds: float, of the whole `fit`.
        n_trained: parameters that were trained, learned weights of tasks included.
        seed: int.
    """

    tasks: tuple[Task, ...]
    backbone: keras.Model = field(repr=False)
    model: keras.Model = field(repr=False)
    scores: dict[str, float]
    history: dict = field(repr=False)
    task_weights: dict[str, float]
    seconds: float
    n_trained: int
    seed: int


class _GradientsLook:
    """Which way each task pulls the backbone, in training: norms and cosines."""

    def __init__(self, tasks, backbone, heads, x, labels):
        self._tasks, self._backbone, self._heads, self._x = tasks, backbone, heads, x
        self._labels = {name: each[: len(x)] for name, each in labels.items()}

    def __call__(self, _):
        found = gradients_through(self._backbone, self._heads, self._tasks, self._x, self._labels)
        norms = {name: float(np.linalg.norm(each)) for name, each in found.items()}
        pairs = {
            f"cosine_{a}_{b}": float(found[a] @ found[b] / (norms[a] * norms[b] or 1.0))
            for a, b in combinations(found, 2)
        }
        return {f"norm_{name}": norm for name, norm in norms.items()} | pairs


def _images(x, name):
    x = np.asarray(x)
    if x.dtype.kind == "f":
        x = x.astype("float32", copy=False)
    check_examples(x, name)
    return x


def _score(task, outputs, labels):
    if task.kind == "classification":
        return float(np.mean(outputs.argmax(axis=1) == labels))
    return float(np.sqrt(np.mean(np.square(outputs.astype("float64") - labels))))


def _check_weights(weights, tasks, weighting):
    if weighting != "fixed":
        raise BadArgument(f"`weights` go with `weighting='fixed'` only; got {weighting!r}.")
    names = {task.name for task in tasks}
    if not isinstance(weights, dict) or set(weights) != names:
        raise BadArgument(
            f"`weights` must be a dict with a number for each of {sorted(names)}; got {weights!r}."
        )
    numbers = [w for w in weights.values() if isinstance(w, Real) and 0 <= w < math.inf]
    if len(numbers) != len(names) or not any(numbers):
        raise BadArgument(f"`weights` must be finite, >= 0 and not all 0; got {weights!r}.")
