"""Autoencoder: features from which the image can be drawn again."""

import math

import keras
from keras import layers

from tlcourse.arguments import check_count
from tlcourse.strategies.self_supervised.self_supervised import SelfSupervised

_REDUCED = 4  # the decoder doubles height and width twice


class Autoencoder(SelfSupervised):
    """Pretrain by reconstruction; the decoder is discarded.

    min over θ, φ of the mean of (g_φ(f_θ(x)) − x)², over all pixels.
    The features must hold what the picture looks like, which is not yet what it means. With fewer
    features than pixels they cannot hold all of it. On the glyphs a probe on them is hardly better
    than on random features, where `RotationPrediction` gains much.

    The decoder: a dense layer to maps of a quarter of the size, then two transposed convolutions.
    The paper trains its layers one after the other first; today's optimisers need not.

    Args:
        width: channels of the decoder's first maps.
        **settings: those of `SelfSupervised`.

    Reference:
        Hinton & Salakhutdinov, "Reducing the Dimensionality of Data with Neural Networks",
        Science 2006.
    """

    def __init__(self, *, width=32, **settings):
        super().__init__(**settings)
        check_count(width, "width")
        self.width = width

    def _pretext(self, backbone):
        shape = backbone.input_shape[1:]
        images = keras.Input(shape, name="images")
        decoder = _decoder(backbone.output_shape[-1], shape, self.width)
        return keras.Model(images, decoder(backbone(images)), name="autoencoder")

    def _targets(self, x):
        return x

    def _loss(self):
        return keras.losses.MeanSquaredError()


def _decoder(n_features, shape, width):
    """Return a model, features (n, d) to images (n, *shape) in [0, 1]."""
    height, width_of_image, channels = shape
    small = [math.ceil(size / _REDUCED) for size in (height, width_of_image)]
    over = [size * _REDUCED - wanted for size, wanted in zip(small, shape[:2], strict=True)]
    up = {"kernel_size": 3, "strides": 2, "padding": "same"}
    x = features = keras.Input((n_features,), name="features")
    x = layers.Dense(math.prod(small) * width, activation="relu", name="spread")(x)
    x = layers.Reshape((*small, width), name="maps")(x)
    x = layers.Conv2DTranspose(width // 2 or 1, activation="relu", name="twice", **up)(x)
    x = layers.Conv2DTranspose(channels, activation="sigmoid", name="image", **up)(x)
    # Sizes that cannot be halved twice come out a little too large.
    x = layers.Cropping2D([(each // 2, each - each // 2) for each in over], name="cut")(x)
    return keras.Model(features, x, name="decoder")
