"""Standardise features by one shared mean and deviation."""

import keras
import numpy as np
from keras import ops


@keras.saving.register_keras_serializable(package="tlcourse")
class FeatureScale(keras.layers.Layer):
    """Subtract one mean and divide by one standard deviation, both learned by `adapt`.

    y = (x − m) / s, with m and s over all entries of the features that `adapt` saw. One pair for
    all features, not one each: how much a feature varies is itself something the backbone learned.

    m and s are variables. `keras.layers.Normalization` keeps constants beside its variables, which
    `set_weights`, and so a copy of the model, leaves behind.
    """

    def build(self, input_shape):
        """Make the variables, m = 0 and s = 1."""
        self.mean = self.add_weight(name="mean", initializer="zeros", trainable=False)
        self.deviation = self.add_weight(name="deviation", initializer="ones", trainable=False)

    def adapt(self, features):
        """Set the mean and the standard deviation to those of features.

        Args:
            features: float array (n, d).
        """
        self.mean.assign(np.mean(features, dtype="float64"))
        # Features that are all alike have nothing to be divided by.
        self.deviation.assign(np.std(features, dtype="float64") or 1.0)

    def call(self, inputs):
        """Return the scaled features, shape as they came."""
        mean = ops.cast(self.mean, inputs.dtype)
        return (inputs - mean) / ops.cast(self.deviation, inputs.dtype)
