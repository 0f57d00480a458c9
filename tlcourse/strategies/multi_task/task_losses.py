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
    classification, the mean squared error of a regression, over the examples that have a label.

    Args:
        kinds: list of "classification" and "regression", one for each task.
        learned: bool, learn the weights; else they are 1 until `weigh` sets them.
        **kwargs: those of `keras.layers.Layer`.

    Reference:
        Kendall, Gal & Cipolla, "Multi-Task Learning Using Uncertainty to Weigh Losses", CVPR 2018.
    """

    def __init__(self, *, kinds, learned=False, **kwargs):
        super().__init__(**kwargs)
        self.kinds = list(kinds)
        self.learned = learned

    def build(self, outputs_shape, labels_shape):
        """Make the log variances, or the weights that are given."""
        shape = (len(self.kinds),)
        if self.learned:
            self.log_variances = self.add_weight(
                shape=shape, initializer="zeros", name="log_variances"
            )
        else:
            self.given = self.add_weight(
                shape=shape, initializer="ones", trainable=False, name="given"
            )

    def weigh(self, weights):
        """Set the weights (list of floats), where they are not learned.

        They are variables so that one compiled step serves all of them.
        """
        self.given.assign(weights)

    def call(self, outputs, labels):
        """Add the loss of outputs (n, k_t), a list, and return them."""
        triples = zip(self.kinds, outputs, labels, strict=True)
        losses = [mean_loss(kind, y, output) for kind, output, y in triples]
        if self.learned:
            self.add_loss(uncertainty_weighted(losses, self.log_variances, self.kinds))
        else:
            self.add_loss(ops.sum(self.given * ops.stack(losses)))
        return outputs

    def task_weights(self):
        """Return the number that each loss is multiplied by (list of float)."""
        if not self.learned:
            return ops.convert_to_numpy(self.given).tolist()
        by = {"classification": 1.0, "regression": 0.5}  # c of `uncertainty_weighted`
        precisions = ops.convert_to_numpy(ops.exp(-self.log_variances)).tolist()
        return [by[kind] * each for kind, each in zip(self.kinds, precisions, strict=True)]

    def get_config(self):
        """Return the settings (dict)."""
        return {**super().get_config(), "kinds": self.kinds, "learned": self.learned}


def mean_loss(kind, labels, outputs):
    """Return the mean loss of a task over the examples that have a label of it, 0 if none has.

    Args:
        kind: "classification", or "regression".
        labels: int (n,), -1 where there is none; or float (n, k), NaN where there is none.
        outputs: float tensor (n, k), logits or numbers.

    Returns:
        Scalar.
    """
    if kind == KINDS[0]:
        there = labels >= 0
        each = keras.losses.sparse_categorical_crossentropy(
            ops.maximum(labels, 0), outputs, from_logits=True
        )
    else:
        there = ops.all(ops.isfinite(labels), axis=-1)
        # Not a NaN times 0, which is one, and so would be its gradient.
        known = ops.where(there[:, None], labels, ops.zeros_like(labels))
        each = ops.mean(ops.square(outputs - known), axis=-1)
    there = ops.cast(there, each.dtype)
    return ops.sum(there * each) / ops.maximum(ops.sum(there), 1.0)


def metric_of(kind, name):
    """Return the `keras.metrics.Metric` that follows the same loss."""
    if kind == KINDS[0]:
        return keras.metrics.SparseCategoricalCrossentropy(name=name, from_logits=True)
    return keras.metrics.MeanSquaredError(name=name)
