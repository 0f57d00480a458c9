"""DANN: features from which a domain classifier cannot tell where an example came from."""

import keras

from tlcourse.losses import adversarial_strength, domain_loss, reverse_gradient
from tlcourse.strategies.adaptation import Adaptation
from tlcourse.strategies.term import Term


@keras.saving.register_keras_serializable(package="tlcourse")
class DomainTerm(Term):
    """A domain classifier that learns, and a reversed gradient that makes it fail.

    The classifier always learns at full speed; what reaches the backbone is −strength times its
    gradient, grown from 0 along the training.

    Args:
        strength: float >= 0, of the reversed gradient.
        width: int, of the classifier's hidden layer.
        ramp: let the reversed gradient grow, as the paper does.
        steps: int, of the whole training; the strategy sets it.
        name: str, its column in the history; "domain" unless given.
        **kwargs: those of `keras.layers.Layer`.
    """

    def __init__(self, *, strength=1.0, width=100, ramp=True, steps=None, name="domain", **kwargs):
        super().__init__(strength=strength, ramp=ramp, steps=steps, name=name, **kwargs)
        self.width = width
        self._classifier = keras.Sequential(
            [
                keras.layers.Dense(width, activation="relu", name="hidden"),
                keras.layers.Dense(1, name="logit"),
            ],
            name="domain_classifier",
        )

    def build(
        self,
        source_features_shape,
        target_features_shape,
        source_logits_shape,
        target_logits_shape,
    ):
        """Makes the domain classifier."""
        super().build(
            source_features_shape, target_features_shape, source_logits_shape, target_logits_shape
        )
        width = self._width_of(source_features_shape[-1], source_logits_shape[-1])
        self._classifier.build((None, width))

    def call(self, source_features, target_features, source_logits, target_logits, training=None):
        """Adds the classifier's loss and hands the source's logits on."""
        if not training:
            return source_logits
        weight = self.strength * (adversarial_strength(self.progress()) if self.ramp else 1.0)
        of_source, of_target = (
            self._classifier(reverse_gradient(seen, weight))
            for seen in (
                self._seen(source_features, source_logits),
                self._seen(target_features, target_logits),
            )
        )
        loss = domain_loss(of_source, of_target, **self._weights(source_logits, target_logits))
        self.add_loss(loss)
        self._note(loss)
        return source_logits

    def _width_of(self, n_features, n_classes):
        """Returns how many numbers the classifier sees."""
        return n_features

    def _seen(self, features, logits):
        """Returns what the classifier sees."""
        return features

    def _weights(self, source_logits, target_logits):
        """Returns the keywords of `domain_loss` that weigh examples (dict)."""
        return {}

    def get_config(self):
        """Returns the settings (dict)."""
        return {**super().get_config(), "width": self.width}


class DANN(Adaptation):
    """Trains on the source while the features are made alike to a domain classifier.

    Args:
        backbone: as in `Adaptation`.
        strength: float >= 0, of the reversed gradient at the end of training.
        width: int, of the domain classifier's hidden layer.
        **settings: those of `Adaptation`.

    Reference:
        Ganin and others, "Domain-Adversarial Training of Neural Networks", JMLR 2016; its
        schedule of the strength is equation and constant (10) of section 5.2.2.
    """

    def __init__(self, backbone="small_cnn", *, strength=1.0, width=100, **settings):
        super().__init__(backbone, terms=[DomainTerm(strength=strength, width=width)], **settings)
