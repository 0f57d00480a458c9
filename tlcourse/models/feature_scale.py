"""Standardise features by one shared mean and deviation."""

import keras
import numpy as np
from keras import ops

_ROUNDING = 1e-6  # float32 has seven digits: what varies by less than this share does not vary


@keras.saving.register_keras_serializable(package="tlcourse")
class FeatureScale(keras.layers.Layer):
    """Subtract one mean and divide by one standard deviation, both learned by `adapt`.

    y = (x − m) / s, with m and s over all entries of the features passed to `adapt`. One pair for
    all features, not one each: the backbone has learned how much each feature varies.

    m and s are variables. `keras.layers.Normalization` keeps constants beside its variables, which
    `set_weights` does not copy, and so neither does a copy of the model.
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
        deviation = np.std(features, dtype="float64")
        # Constant features have no standard deviation to divide by, and that of rounding is none.
        varies = deviation > _ROUNDING * np.abs(features).max()
        self.deviation.assign(deviation if varies else 1.0)

    def call(self, inputs):
        """Return the scaled features, shape as they came."""
        mean = ops.cast(self.mean, inputs.dtype)
        return (inputs - mean) / ops.cast(self.deviation, inputs.dtype)
