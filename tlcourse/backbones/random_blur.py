"""Images blurred at random, each by its own amount, inside the network."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="tlcourse")
class RandomBlur(keras.layers.Layer):
    """Mixes every image with a coarser copy of itself, in training only.

    y = x + u · (coarse(x) − x), u uniform in [0, 1] for each image; coarse(x) is x made smaller
    by `factor` and large again, as a camera or scanner of low resolution would see it.

    Args:
        factor: float > 1, how much coarser.
        seed: int; None takes one of Keras, which follows from what `seed_keras` set.
        **kwargs: those of `keras.layers.Layer`.

    Raises:
        ValueError: if `factor` is not above 1.
    """

    def __init__(self, *, factor=3.0, seed=None, **kwargs):
        super().__init__(**kwargs)
        if not isinstance(factor, (int, float)) or not factor > 1:
            raise ValueError(f"`factor` must be a number above 1; got {factor!r}.")
        self.factor, self.seed = factor, seed
        self._random = keras.random.SeedGenerator(seed)

    def call(self, images, training=None):
        """Returns the images (n, h, w, c), blurred when training."""
        if not training:
            return images
        size = tuple(images.shape[1:3])
        small = tuple(max(2, round(side / self.factor)) for side in size)
        coarse = ops.image.resize(images, small, interpolation="bilinear", antialias=True)
        coarse = ops.image.resize(coarse, size, interpolation="bilinear")
        shape = (ops.shape(images)[0], 1, 1, 1)
        share = keras.random.uniform(shape, dtype=images.dtype, seed=self._random)
        return images + share * (ops.cast(coarse, images.dtype) - images)

    def compute_output_shape(self, input_shape):
        """Returns the shape that came."""
        return input_shape

    def get_config(self):
        """Returns the settings (dict)."""
        return {**super().get_config(), "factor": self.factor, "seed": self.seed}
