"""The seed of new weights and of dropout."""

import random

import keras
import numpy as np

from tlcourse.arguments import verb


@verb
def seed_keras(seed):
    """Seed the generators behind Keras' new weights and random layers.

    On TensorFlow this does what `keras.utils.set_random_seed` does, but for TensorFlow's own
    global seed: Keras layers do not draw from it, and setting it throws all compiled kernels away,
    which costs as much as fifteen training steps of a small network.

    Args:
        seed: int, 0 to 2**32 - 1.
    """
    if keras.backend.backend() == "tensorflow":
        random.seed(seed)
        np.random.seed(seed)
    else:
        keras.utils.set_random_seed(seed)
