"""CDAN: adversarial alignment conditioned on predictions."""

import keras
from keras import ops

from tlcourse.losses import entropy_weights
from tlcourse.strategies.adaptation.adaptation import Adaptation
from tlcourse.strategies.adaptation.dann import DomainTerm


@keras.saving.register_keras_serializable(package="tlcourse")
class ConditionalDense(keras.layers.Layer):
    """Rectified units of the conditional map, which is never made.

    relu(map(f, p) · W + b) = relu(Σ_j p_j · f · W_j + b), W_j the rows of W that class j meets:
    with d features and k classes, n · k · units numbers are kept and not n · d · k.

    Args:
        units: int.
        **kwargs: those of `keras.layers.Layer`.
    """

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, shapes):
        """Make the weights, (d · k, units) as a dense layer of the map has them."""
        (*_, n_features), (*_, n_classes) = shapes
        self.kernel = self.add_weight(name="kernel", shape=(n_features * n_classes, self.units))
        self.bias = self.add_weight(name="bias", shape=(self.units,), initializer="zeros")

    def call(self, inputs):
        """Return the units (n, units) of features (n, d) and class probabilities (n, k)."""
        features, probs = inputs
        n_classes = probs.shape[-1]
        kernel = ops.reshape(self.kernel, (-1, n_classes * self.units))
        of_class = ops.reshape(ops.matmul(features, kernel), (-1, n_classes, self.units))
        return ops.relu(ops.sum(probs[:, :, None] * of_class, axis=1) + self.bias)

    def get_config(self):
        """Return the settings (dict)."""
        return {**super().get_config(), "units": self.units}


@keras.saving.register_keras_serializable(package="tlcourse")
class ConditionalDomainTerm(DomainTerm):
    """A domain classifier of the outer product of features and class probabilities.

    The probabilities take no gradient from it, as in the authors' own code. With (d · n_classes)
    numbers the map is exact; the paper's random projection for wide features is left out.

    Args:
        strength: float >= 0, of the reversed gradient.
        width: int, of the classifier's hidden layer.
        weighted: let examples count less the less sure the prediction is (CDAN+E).
        ramp: let the reversed gradient grow.
        name: str, its column in the history; "conditional_domain" unless given.
        **kwargs: those of `keras.layers.Layer`.
    """

    def __init__(
        self,
        *,
        strength=1.0,
        width=100,
        weighted=True,
        ramp=True,
        name="conditional_domain",
        **kwargs,
    ):
        super().__init__(strength=strength, width=width, ramp=ramp, name=name, **kwargs)
        self.weighted = weighted

    def _hidden_layer(self):
        return ConditionalDense(self.width, name="hidden")

    def _seen(self, features, logits):
        return features, ops.stop_gradient(ops.softmax(logits))

    def _seen_shape(self, features_shape, logits_shape):
        return features_shape, logits_shape

    def _weights(self, source_logits, target_logits):
        if not self.weighted:
            return {}
        source, target = (
            ops.stop_gradient(entropy_weights(ops.softmax(logits)))
            for logits in (source_logits, target_logits)
        )
        return {"source_weights": source, "target_weights": target}

    def get_config(self):
        """Return the settings (dict)."""
        return {**super().get_config(), "weighted": self.weighted}


class CDAN(Adaptation):
    """DANN with a classifier conditioned on predictions, so that classes are aligned one by one.

    Args:
        backbone: as in `Adaptation`.
        strength: float >= 0, of the reversed gradient at the end of training. The paper has 1,
            which costs accuracy in short trainings; 0.3 was chosen without a label of any target,
            by `tests/benchmarks/adversarial_strength.py`.
        width: int, of the domain classifier's hidden layer.
        weighted: let examples count less the less sure the prediction is (CDAN+E).
        **settings: those of `Adaptation`.

    Reference:
        Long, Cao, Wang & Jordan, "Conditional Adversarial Domain Adaptation", NeurIPS 2018.
    """

    def __init__(self, backbone="small_cnn", *, strength=0.3, width=100, weighted=True, **settings):
        term = ConditionalDomainTerm(strength=strength, width=width, weighted=weighted)
        super().__init__(backbone, terms=[term], **settings)
