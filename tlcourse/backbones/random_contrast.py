"""Images of more or less contrast, at random, inside the network."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="tlcourse")
class RandomContrast(keras.layers.Layer):
    """Stretches or shrinks the distance of every image's pixels from their mean, in training only.

    y = m + c · (x − m), clipped to [0, 1]; m is the image's mean, c uniform in
    [1 − most, 1 + most] for each image.

    Args:
        most: float in [0, 1].
        seed: int; None takes one of Keras, which follows from what `seed_keras` set.
        **kwargs: those of `keras.layers.Layer`.

    Raises:
        ValueError: if `most` is out of range.
    """

    def __init__(self, *, most=0.5, seed=None, **kwargs):
        super().__init__(**kwargs)
        if not isinstance(most, (int, float)) or not 0 <= most <= 1:
            raise ValueError(f"`most` must lie in [0, 1]; got {most!r}.")
        self.most, self.seed = most, seed
        self._random = keras.random.SeedGenerator(seed)

    def call(self, images, training=None):
        """Returns the images (n, h, w, c), changed when training."""
        if not training:
            return images
        draw = keras.random.uniform(
            (ops.shape(images)[0], 1, 1, 1), 1 - self.most, 1 + self.most, seed=self._random
        )
        mean = ops.mean(images, axis=(1, 2, 3), keepdims=True)
        return ops.clip(mean + ops.cast(draw, images.dtype) * (images - mean), 0.0, 1.0)

    def compute_output_shape(self, input_shape):
        """Returns the shape that came."""
        return input_shape

    def get_config(self):
        """Returns the settings (dict)."""
        return {**super().get_config(), "most": self.most, "seed": self.seed}
