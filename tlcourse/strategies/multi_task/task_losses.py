"""The losses of several tasks in one sum, by weights that are given or learned."""

import keras
from keras import ops

from tlcourse.losses import uncertainty_weighted
from tlcourse.strategies.multi_task.task import KINDS


@keras.saving.register_keras_serializable(package="tlcourse")
class TaskLosses(keras.layers.Layer):
    """Add the weighted sum of the tasks' losses to the model's and hand the outputs on.

    loss = Σ_t w_t · L_t with the weights given, or `uncertainty_weighted` with one log variance
    for each task that is learned, 0 to begin with. L_t is the mean cross-entropy of a
    classification, the mean squared error of a regression.

    Args:
        kinds: list of "classification" and "regression", one for each task.
        fixed: list of floats, w_t; None learns them.
        **kwargs: those of `keras.layers.Layer`.

    Reference:
        Kendall, Gal & Cipolla, "Multi-Task Learning Using Uncertainty to Weigh Losses", CVPR 2018.
    """

    def __init__(self, *, kinds, fixed=None, **kwargs):
        super().__init__(**kwargs)
        self.kinds = list(kinds)
        self.fixed = None if fixed is None else list(fixed)

    def build(self, outputs_shape, labels_shape):
        """Make the log variances, where they are learned."""
        if self.fixed is None:
            self.log_variances = self.add_weight(
                shape=(len(self.kinds),), initializer="zeros", name="log_variances"
            )

    def call(self, outputs, labels):
        """Add the loss of outputs (n, k_t), a list, and return them."""
        triples = zip(self.kinds, outputs, labels, strict=True)
        losses = [loss_of(kind)(y, output) for kind, output, y in triples]
        if self.fixed is None:
            self.add_loss(uncertainty_weighted(losses, self.log_variances, self.kinds))
        else:
            self.add_loss(sum(w * loss for w, loss in zip(self.fixed, losses, strict=True)))
        return outputs

    def task_weights(self):
        """Return the number that each loss is multiplied by (list of float)."""
        if self.fixed is not None:
            return list(self.fixed)
        by = {"classification": 1.0, "regression": 0.5}  # c of `uncertainty_weighted`
        precisions = ops.convert_to_numpy(ops.exp(-self.log_variances)).tolist()
        return [by[kind] * each for kind, each in zip(self.kinds, precisions, strict=True)]

    def get_config(self):
        """Return the settings (dict)."""
        return {**super().get_config(), "kinds": self.kinds, "fixed": self.fixed}


def loss_of(kind):
    """Return the `keras.losses.Loss` of a kind of task."""
    if kind == KINDS[0]:
        return keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return keras.losses.MeanSquaredError()


def metric_of(kind, name):
    """Return the `keras.metrics.Metric` that follows the same loss."""
    if kind == KINDS[0]:
        return keras.metrics.SparseCategoricalCrossentropy(name=name, from_logits=True)
    return keras.metrics.MeanSquaredError(name=name)
