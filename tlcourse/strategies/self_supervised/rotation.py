"""Rotation prediction: to say how far an image was turned, one must see what it shows."""

import keras
import numpy as np
from keras import layers, ops

from tlcourse.errors import BadArgument
from tlcourse.strategies.self_supervised.self_supervised import SelfSupervised

_QUARTERS = 4


class RotationPrediction(SelfSupervised):
    """Pretrain by predicting rotations of 0, 90, 180 and 270°; the head is discarded.

    min over θ, h of the mean cross-entropy of h(f_θ(turn_k(x))) and k, k = 0 ... 3 quarters of a
    turn, all four of each image in one step.
    It needs images with an up and a down: a 0 or an 8 looks the same either way, and a 6 is a 9.

    Args:
        **settings: those of `SelfSupervised`; the images must be square.

    Reference:
        Gidaris, Singh & Komodakis, "Unsupervised Representation Learning by Predicting Image
        Rotations", ICLR 2018.
    """

    def _check(self, x):
        if x.shape[1] != x.shape[2]:
            raise BadArgument(f"`data` must hold square images to be turned; got {x.shape[1:]}.")

    def _pretext(self, backbone):
        images = keras.Input(backbone.input_shape[1:], name="images")
        head = layers.Dense(_QUARTERS, name="quarters")
        logits = head(backbone(QuarterTurns(name="turns")(images)))
        return keras.Model(
            images, ops.reshape(logits, (-1, _QUARTERS, _QUARTERS)), name="rotation_prediction"
        )

    def _targets(self, x):
        return np.tile(np.arange(_QUARTERS), (len(x), 1))

    def _loss(self):
        return keras.losses.SparseCategoricalCrossentropy(from_logits=True)


@keras.saving.register_keras_serializable(package="tlcourse")
class QuarterTurns(layers.Layer):
    """Give every square image four times, turned by 0 to 3 quarters against the clock.

    (n, h, h, c) to (4 n, h, h, c), the four of one image one after the other.
    """

    def call(self, images):
        """Return the turned images."""
        mirrored = ops.swapaxes(images, 1, 2)
        turned = [images, ops.flip(mirrored, 1), ops.flip(images, (1, 2)), ops.flip(mirrored, 2)]
        return ops.reshape(ops.stack(turned, axis=1), (-1, *images.shape[1:]))
