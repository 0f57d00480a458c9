"""BSS: penalise small singular values of the features."""

import keras

from tlcourse.arguments import check_count, check_number
from tlcourse.errors import BadArgument
from tlcourse.losses import bss_loss
from tlcourse.strategies.fine_tuning.fine_tune import FineTune


class BSS(FineTune):
    """Fine-tune with a penalty on the smallest singular values of each batch of features.

    loss = cross-entropy + strength · `bss_loss`.
    With few labels, directions with small singular values stay as they were pretrained and carry
    what does not transfer. The loss in the history holds the penalty too.

    Args:
        backbone: `keras.Model`, images to features; it is copied and never changed.
        strength: float >= 0, η in the paper; 0 is `FineTune`.
        k: int, how many singular values are shrunk, at most the width of the features.
        **settings: those of `FineTune`.

    Raises:
        ValueError: if there are fewer than `k` features, or a setting is out of range.

    Reference:
        Chen et al., "Catastrophic Forgetting Meets Negative Transfer: Batch Spectral Shrinkage for
        Safe Transfer Learning", NeurIPS 2019.
    """

    def __init__(self, backbone, *, strength=0.001, k=1, **settings):
        super().__init__(backbone, **settings)
        check_number(strength, "strength", at_least=0)
        check_count(k, "k")
        width = backbone.output_shape[-1]
        if k > width:
            raise BadArgument(f"`k` must be at most {width}, the width of the features; got {k}.")
        self.strength = strength
        self.k = k

    def _trained(self, model, backbone, head):
        images = keras.Input(backbone.input_shape[1:], name="images")
        shrink = ShrinkSpectrum(strength=self.strength, k=self.k, name="shrink_spectrum")
        return keras.Model(images, head(shrink(backbone(images))), name="classifier")


@keras.saving.register_keras_serializable(package="tlcourse")
class ShrinkSpectrum(keras.layers.Layer):
    """Add `strength` times `bss_loss` of features to the loss, and hand the features on.

    Args:
        strength: float >= 0.
        k: int, singular values.
        **kwargs: those of `keras.layers.Layer`.
    """

    def __init__(self, *, strength, k=1, **kwargs):
        super().__init__(**kwargs)
        self.strength = strength
        self.k = k

    def call(self, features, training=None):
        """Return the features; in training it adds the loss."""
        if training:
            self.add_loss(self.strength * bss_loss(features, k=self.k))
        return features

    def get_config(self):
        """Return the settings (dict)."""
        return {**super().get_config(), "strength": self.strength, "k": self.k}
