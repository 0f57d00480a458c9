"""What an answer to exercise 04.1 does, as plain data. Nothing here knows what is right.

It stands apart from the judging, since it runs beside answers that nobody has reason to trust.
"""

import copy

import numpy as np

from tlcourse.exercises.plain import plain

__all__ = ["IMAGE_SHAPE", "observe_extract", "small_backbone"]

IMAGE_SHAPE = (12, 12, 1)


def small_backbone(seed):
    """Build a backbone: its own scaling, two blocks of convolution and BatchNorm, pooling.

    Every weight is drawn at random, the statistics of BatchNorm too, as if it had been trained on
    other data: so inference mode and training mode give clearly different features, and no two
    variables hold the same values.

    Args:
        seed: whole number.

    Returns:
        keras.Model that takes images (n, 12, 12, 1) in [0, 1] and gives features (n, 8).
    """
    import keras
    from keras import layers

    images = keras.Input(IMAGE_SHAPE)
    features = layers.Rescaling(2.0, offset=-1.0)(images)
    for filters in (6, 8):
        features = layers.Conv2D(filters, 3, strides=2, padding="same", use_bias=False)(features)
        features = layers.BatchNormalization()(features)
        features = layers.ReLU()(features)
    backbone = keras.Model(images, layers.GlobalAveragePooling2D()(features), name="backbone")
    rng = np.random.default_rng(seed)
    backbone.set_weights([_draw(rng, weight.path, weight.shape) for weight in backbone.weights])
    return backbone


def _draw(rng, path, shape):
    if path.endswith("kernel"):
        return rng.normal(0.0, 0.4, size=shape)
    if path.endswith(("gamma", "moving_variance")):
        return rng.uniform(0.5, 1.5, size=shape)
    return rng.normal(0.0, 0.3, size=shape)


def observe_extract(answer, case):
    """Show what an answer makes of a small backbone's features.

    Args:
        answer: callable (backbone, images, batch_size).
        case: (seed of the backbone, images, batch_size).

    Returns:
        Plain data: the features, rows in the answer's order.
    """
    seed, images, batch_size = copy.deepcopy(case)
    backbone = small_backbone(seed)
    backbone.compile(run_eagerly=True)  # `predict` need not trace a graph for three small batches
    return _joined(plain(answer(backbone, images, batch_size)))


def _joined(features):
    """Make rows of numbers an array, whether they came as an array or as a list of rows."""
    if isinstance(features, list) and features and all(_is_row(row) for row in features):
        return np.stack(features)
    return features


def _is_row(row):
    return isinstance(row, np.ndarray) and row.ndim == 1
