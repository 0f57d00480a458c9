"""Deep CORAL: align the covariances of the domains' features."""

import keras

from tlcourse.losses import coral_loss
from tlcourse.strategies.adaptation.adaptation import Adaptation
from tlcourse.strategies.adaptation.alignment_loss import AlignmentLoss


@keras.saving.register_keras_serializable(package="tlcourse")
class CoralTerm(AlignmentLoss):
    """Squared distance between the two covariances of features, see `coral_loss`.

    Args:
        strength: float >= 0.
        ramp: as in `AlignmentLoss`.
        name: str, its column in the history; "coral" unless given.
        **kwargs: those of `keras.layers.Layer`.
    """

    usual_name = "coral"

    def distance(self, source_features, target_features, source_logits, target_logits):
        """Return `coral_loss` of the features (scalar)."""
        return coral_loss(source_features, target_features)


class DeepCORAL(Adaptation):
    """Train on the source while aligning the covariances of the domains' features.

    Args:
        backbone: as in `Adaptation`.
        strength: float >= 0, of the alignment.
        **settings: those of `Adaptation`.

    Reference:
        Sun & Saenko, "Deep CORAL: Correlation Alignment for Deep Domain Adaptation", ECCV
        Workshops 2016.
    """

    def __init__(self, backbone="small_cnn", *, strength=1.0, **settings):
        super().__init__(backbone, terms=[CoralTerm(strength=strength)], **settings)
