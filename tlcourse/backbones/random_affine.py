"""Random affine augmentation as a layer."""

import math

import keras
from keras import ops

from tlcourse.arguments import Configured, check_number, check_seed


@keras.saving.register_keras_serializable(package="tlcourse")
class RandomAffine(keras.layers.Layer, metaclass=Configured):
    """Apply a random affine map to each image, in training only.

    Pixels from outside the image are black (0).

    Args:
        rotation: degrees, the most that an image is turned either way.
        scale: share, the most that it is made larger or smaller; each way has its own number.
        shear: share of the height by which the top is moved against the bottom, at most.
        shift: share of the width and height by which it is moved, at most.
        seed: int; None takes one of Keras, which follows from what `seed_keras` set.
        **kwargs: those of `keras.layers.Layer`.

    Raises:
        BadCall: (a TypeError) for a keyword that neither has, with the nearest.
        BadArgument: (a ValueError) for a number below 0, a `scale` from 1, or what is no seed.
    """

    def __init__(self, *, rotation=15.0, scale=0.15, shear=0.15, shift=0.08, seed=None, **kwargs):
        super().__init__(**kwargs)
        check_number(rotation, "rotation", at_least=0)
        check_number(scale, "scale", at_least=0, below=1)
        check_number(shear, "shear", at_least=0)
        check_number(shift, "shift", at_least=0)
        if seed is not None:
            seed = check_seed(seed)
        self.rotation, self.scale, self.shear, self.shift = rotation, scale, shear, shift
        self.seed = seed
        self._random = keras.random.SeedGenerator(seed)
        self.supports_jit = False  # TensorFlow's XLA has no projective transform

    def call(self, images, training=None):
        """Return the images (n, h, w, c), moved when training."""
        if not training:
            return images
        n, height, width = (ops.shape(images)[i] for i in range(3))
        draw = keras.random.uniform((n, 6), -1.0, 1.0, dtype="float32", seed=self._random)
        angle = math.radians(self.rotation) * draw[:, 0]
        scale_x, scale_y = 1 + self.scale * draw[:, 1], 1 + self.scale * draw[:, 2]
        shear = self.shear * draw[:, 3]
        cos, sin = ops.cos(angle), ops.sin(angle)
        # Map places in the new image to places in the old one, both relative to the centre.
        a, b = cos / scale_x, (shear * cos - sin) / scale_y
        c, d = sin / scale_x, (shear * sin + cos) / scale_y
        height, width = ops.cast(height, "float32"), ops.cast(width, "float32")
        middle_x, middle_y = (width - 1) / 2, (height - 1) / 2
        move_x = self.shift * width * draw[:, 4] + middle_x - a * middle_x - b * middle_y
        move_y = self.shift * height * draw[:, 5] + middle_y - c * middle_x - d * middle_y
        none = ops.zeros_like(a)
        maps = ops.stack([a, b, move_x, c, d, move_y, none, none], axis=1)
        return ops.image.affine_transform(
            images, ops.cast(maps, images.dtype), interpolation="bilinear", fill_mode="constant"
        )

    def compute_output_shape(self, input_shape):
        """Return the shape that came."""
        return input_shape

    def get_config(self):
        """Return the settings (dict)."""
        names = ("rotation", "scale", "shear", "shift", "seed")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}
