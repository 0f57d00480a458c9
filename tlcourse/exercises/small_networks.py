"""Small networks that exercises are tried on: quick to run, and no two of their weights alike."""

import numpy as np

__all__ = ["IMAGE_SHAPE", "small_backbone", "small_head"]

IMAGE_SHAPE = (12, 12, 1)


def small_backbone(seed):
    """Build a backbone: its own scaling, two blocks of convolution and BatchNorm, dropout, pooling.

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
        # A momentum of 0.99, the default, takes longer to follow than an exercise trains.
        features = layers.BatchNormalization(momentum=0.9)(features)
        features = layers.ReLU()(features)
    # Seeded, so that an answer that runs in training mode by mistake can be told by its values.
    features = layers.Dropout(0.3, seed=1)(features)
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


def small_head(seed, n_classes):
    """Build a linear head on the features of `small_backbone`, with weights drawn at random.

    Args:
        seed: whole number.
        n_classes: whole number.

    Returns:
        keras.Model that takes features (n, 8) and gives logits (n, n_classes).
    """
    import keras

    features = keras.Input((8,))
    head = keras.Model(features, keras.layers.Dense(n_classes)(features), name="head")
    rng = np.random.default_rng(seed)
    head.set_weights([rng.normal(0.0, 0.3, size=weight.shape) for weight in head.weights])
    return head
