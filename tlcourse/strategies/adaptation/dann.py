"""DANN: domain-adversarial training by gradient reversal."""

import keras
from keras import ops

from tlcourse.losses import domain_loss, reverse_gradient
from tlcourse.strategies.adaptation.adaptation import Adaptation
from tlcourse.strategies.adaptation.alignment_loss import AlignmentLoss


@keras.saving.register_keras_serializable(package="tlcourse")
class DomainTerm(AlignmentLoss):
    """A domain classifier that learns, and a reversed gradient that makes it fail.

    The classifier always learns at full speed; what reaches the backbone is −strength times its
    gradient, grown from 0 along the training.

    Args:
        strength: float >= 0, of the reversed gradient.
        width: int, of the classifier's hidden layer.
        ramp: let the reversed gradient grow, as the paper does.
        name: str, its column in the history; "domain" unless given.
        **kwargs: those of `keras.layers.Layer`.
    """

    def __init__(self, *, strength=1.0, width=100, ramp=True, name="domain", **kwargs):
        super().__init__(strength=strength, ramp=ramp, name=name, **kwargs)
        self.width = width
        self._hidden = self._hidden_layer()
        self._logit = keras.layers.Dense(1, name="logit")

    def build(
        self,
        source_features_shape,
        target_features_shape,
        source_logits_shape,
        target_logits_shape,
    ):
        """Make the domain classifier."""
        super().build(
            source_features_shape, target_features_shape, source_logits_shape, target_logits_shape
        )
        self._hidden.build(self._seen_shape(source_features_shape, source_logits_shape))
        self._logit.build((None, self.width))

    def call(self, source_features, target_features, source_logits, target_logits, training=None):
        """Add the classifier's loss and hand the source's logits on."""
        if not training:
            return source_logits
        # One pass for both domains, as in the backbone: the weights are read once.
        features = ops.concatenate([source_features, target_features])
        logits = ops.concatenate([source_logits, target_logits])
        found = self._logit(
            self._hidden(self._seen(reverse_gradient(features, self.weight()), logits))
        )
        n_source = ops.shape(source_features)[0]
        weights = self._weights(source_logits, target_logits)
        loss = domain_loss(found[:n_source], found[n_source:], **weights)
        self.add_loss(loss)
        self._note(loss)
        return source_logits

    def _hidden_layer(self):
        """Return the classifier's first layer."""
        return keras.layers.Dense(self.width, activation="relu", name="hidden")

    def _seen(self, features, logits):
        """Return what that layer sees."""
        return features

    def _seen_shape(self, features_shape, logits_shape):
        return features_shape

    def _weights(self, source_logits, target_logits):
        """Return the keywords of `domain_loss` that weigh examples (dict)."""
        return {}

    def get_config(self):
        """Return the settings (dict)."""
        return {**super().get_config(), "width": self.width}


class DANN(Adaptation):
    """Train on the source while fooling a domain classifier.

    Args:
        backbone: as in `Adaptation`.
        strength: float >= 0, of the reversed gradient at the end of training. The paper has 1,
            which costs accuracy in short trainings; 0.3 was chosen without a label of any target,
            by `tests/benchmarks/adversarial_strength.py`.
        width: int, of the domain classifier's hidden layer.
        **settings: those of `Adaptation`.

    Reference:
        Ganin and others, "Domain-Adversarial Training of Neural Networks", JMLR 2016; its
        schedule of the strength is equation and constant (10) of section 5.2.2.
    """

    def __init__(self, backbone="small_cnn", *, strength=0.3, width=100, **settings):
        super().__init__(backbone, terms=[DomainTerm(strength=strength, width=width)], **settings)
