"""DAN: minimise the MMD between the domains' features."""

import keras

from tlcourse.losses import mmd_loss
from tlcourse.strategies.adaptation.adaptation import Adaptation
from tlcourse.strategies.adaptation.alignment_loss import AlignmentLoss


@keras.saving.register_keras_serializable(package="tlcourse")
class MmdTerm(AlignmentLoss):
    """Squared maximum mean discrepancy of the features, see `mmd_loss`.

    Args:
        strength: float >= 0.
        ramp: as in `AlignmentLoss`.
        name: str, its column in the history; "mmd" unless given.
        **kwargs: those of `keras.layers.Layer`.
    """

    usual_name = "mmd"

    def distance(self, source_features, target_features, source_logits, target_logits):
        """Return `mmd_loss` of the features (scalar)."""
        return mmd_loss(source_features, target_features)


class DAN(Adaptation):
    """Train on the source while minimising the MMD between the domains' features.

    The paper aligns several layers with kernels whose weights are learned; this aligns the
    features, with kernels of equal weight.

    Args:
        backbone: as in `Adaptation`.
        strength: float >= 0, of the alignment.
        **settings: those of `Adaptation`.

    Reference:
        Long, Cao, Wang & Jordan, "Learning Transferable Features with Deep Adaptation Networks",
        ICML 2015.
    """

    def __init__(self, backbone="small_cnn", *, strength=1.0, **settings):
        super().__init__(backbone, terms=[MmdTerm(strength=strength)], **settings)
