"""CDAN: the domain classifier sees features and predictions together."""

import keras

from tlcourse.losses import conditional_map, entropy_weights
from tlcourse.strategies.adaptation import Adaptation
from tlcourse.strategies.dann import DomainTerm


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
        steps: int, of the whole training; the strategy sets it.
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
        steps=None,
        name="conditional_domain",
        **kwargs,
    ):
        super().__init__(
            strength=strength, width=width, ramp=ramp, steps=steps, name=name, **kwargs
        )
        self.weighted = weighted

    def _width_of(self, n_features, n_classes):
        return n_features * n_classes

    def _seen(self, features, logits):
        probs = keras.ops.stop_gradient(keras.ops.softmax(logits))
        return conditional_map(features, probs)

    def _weights(self, source_logits, target_logits):
        if not self.weighted:
            return {}
        source, target = (
            keras.ops.stop_gradient(entropy_weights(keras.ops.softmax(logits)))
            for logits in (source_logits, target_logits)
        )
        return {"source_weights": source, "target_weights": target}

    def get_config(self):
        """Returns the settings (dict)."""
        return {**super().get_config(), "weighted": self.weighted}


class CDAN(Adaptation):
    """DANN whose classifier is told the prediction too, so that classes are aligned one by one.

    Args:
        backbone: as in `Adaptation`.
        strength: float >= 0, of the reversed gradient at the end of training.
        width: int, of the domain classifier's hidden layer.
        weighted: let examples count less the less sure the prediction is (CDAN+E).
        **settings: those of `Adaptation`.

    Reference:
        Long, Cao, Wang & Jordan, "Conditional Adversarial Domain Adaptation", NeurIPS 2018.
    """

    def __init__(self, backbone="small_cnn", *, strength=1.0, width=100, weighted=True, **settings):
        term = ConditionalDomainTerm(strength=strength, width=width, weighted=weighted)
        super().__init__(backbone, terms=[term], **settings)
