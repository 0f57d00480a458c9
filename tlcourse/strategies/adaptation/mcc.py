"""Minimise class confusion on target predictions."""

import keras

from tlcourse.losses import mcc_loss
from tlcourse.strategies.adaptation.adaptation import Adaptation
from tlcourse.strategies.adaptation.alignment_loss import AlignmentLoss
from tlcourse.strategies.adaptation.dan import MmdTerm


@keras.saving.register_keras_serializable(package="tlcourse")
class ConfusionTerm(AlignmentLoss):
    """Confusion between classes in the target's predictions, see `mcc_loss`.

    Args:
        temperature: float > 0, that softens the predictions.
        **settings: those of `AlignmentLoss`; the usual name is "mcc".
    """

    usual_name = "mcc"

    def __init__(self, *, temperature=2.5, **settings):
        super().__init__(**settings)
        self.temperature = temperature

    def distance(self, source_features, target_features, source_logits, target_logits):
        """Return `mcc_loss` of the target's logits (scalar)."""
        return mcc_loss(target_logits, temperature=self.temperature)

    def get_config(self):
        """Return the settings (dict)."""
        return {**super().get_config(), "temperature": self.temperature}


class MCC(Adaptation):
    """Train on the source while minimising class confusion on the target.

    Args:
        backbone: as in `Adaptation`.
        strength: float >= 0, of the term.
        temperature: float > 0, that softens the target's predictions.
        **settings: those of `Adaptation`.

    Reference:
        Jin, Wang, Long & Wang, "Minimum Class Confusion for Versatile Domain Adaptation", ECCV
        2020.
    """

    def __init__(self, backbone="small_cnn", *, strength=1.0, temperature=2.5, **settings):
        terms = [ConfusionTerm(strength=strength, temperature=temperature)]
        super().__init__(backbone, terms=terms, **settings)


def mmd_with_mcc(**settings):
    """Configure the adaptation that did best on the course's pairs: both terms, and longer.

    Args:
        **settings: those of `Adaptation`; by default 20 epochs under a cosine from 0.002. It gains
            most with an `augment`.

    Returns:
        `Adaptation`.
    """
    defaults = {"epochs": 20, "learning_rate": 2e-3, "schedule": "cosine"}
    return Adaptation(terms=[MmdTerm(), ConfusionTerm()], **{**defaults, **settings})
