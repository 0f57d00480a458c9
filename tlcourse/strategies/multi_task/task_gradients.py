"""Where each task would move the backbone that they share."""

from functools import partial

import keras
import numpy as np

from tlcourse.arguments import verb
from tlcourse.domains import check_examples
from tlcourse.models import check_fits, copy_of, values_of
from tlcourse.strategies.multi_task.task import checked_labels, head_of
from tlcourse.strategies.multi_task.task_losses import mean_loss


@verb
def gradients_of_tasks(result, x, labels):
    """The gradient of every task's loss by the weights of the shared backbone.

    g_t = ∂L_t / ∂θ, L_t without its weight, θ all trainable variables of the backbone in one row.
    Give them to `gradient_conflict`: tasks whose gradients point apart stand in each other's way.

    It takes one step of gradient descent on a copy, with momentum: after a first step of size 1 the
    momentum is −g_t, exactly, and that on every backend. The copy runs in inference mode: no
    dropout, and stored statistics in batch normalisation.

    Args:
        result: `MultiTaskResult`; it is not changed.
        x: float array (n, height, width, channels), one batch.
        labels: dict, task name to array, as in `MultiTask.fit`.

    Returns:
        Dict, task name to float32 array (n_weights,).

    Raises:
        ValueError: if labels are missing or do not fit their task, or the images do not fit.

    Reference:
        Yu et al., "Gradient Surgery for Multi-Task Learning" (PCGrad), NeurIPS 2020.
    """
    x = np.asarray(x, dtype="float32")
    check_examples(x, "x")
    check_fits(result.backbone, x.shape[1:], "x")
    labels = checked_labels(result.tasks, labels, len(x), "labels", may_miss=True)
    heads = {task.name: result.model.get_layer(head_of(task)) for task in result.tasks}
    return gradients_through(result.backbone, heads, result.tasks, x, labels)


def gradients_through(backbone, heads, tasks, x, labels):
    """Return the gradient of each task through a backbone, see `gradients_of_tasks`.

    Args:
        backbone: `keras.Model`, images to features.
        heads: dict, task name to `keras.Model`.
        tasks: iterable of `Task`.
        x: float32 array (n, height, width, channels).
        labels: dict, task name to checked labels.

    Returns:
        Dict, task name to float32 array (n_weights,).
    """
    return {
        task.name: _gradient(backbone, heads[task.name], task, x, labels[task.name])
        for task in tasks
    }


def _gradient(backbone, head, task, x, labels):
    backbone, head = copy_of(backbone), copy_of(head)
    images = keras.Input(x.shape[1:], name="images")
    model = keras.Model(images, _InInference(head)(_InInference(backbone)(images)))
    descent = keras.optimizers.SGD(learning_rate=1.0, momentum=0.9)
    # Eager: one step is not worth tracing.
    model.compile(descent, partial(mean_loss, task.kind), run_eagerly=True)
    model.train_on_batch(x, labels)
    momenta = zip(model.trainable_variables, descent.momentums, strict=True)
    shared = {id(variable) for variable in backbone.trainable_variables}
    kept = [momentum for variable, momentum in momenta if id(variable) in shared]
    return -np.concatenate([value.ravel() for value in values_of(kept)])


class _InInference(keras.layers.Layer):
    """A model as a layer that is never in training mode, though its weights are trained."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def call(self, x):
        return self.model(x, training=False)
