"""Observe what an answer does, where a plain call does not show it.

Nothing here knows what is right: these functions run beside answers that nobody has to trust.
"""

import copy

import numpy as np

from tlcourse.exercises.plain import NotPlain, plain

__all__ = [
    "IMAGE_SHAPE",
    "draws_with_seeds",
    "features_of_backbone",
    "model_on_backbone",
    "small_backbone",
]

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


def draws_with_seeds(answer, case):
    """Show what an answer draws with generators of several seeds.

    Args:
        answer: callable (*inputs, rng).
        case: (*inputs, seeds); a seed may come twice.

    Returns:
        Dict: "inputs", and "draws", plain data for each seed.
    """
    *inputs, seeds = case
    draws = [plain(answer(*copy.deepcopy(inputs), np.random.default_rng(seed))) for seed in seeds]
    return {"inputs": inputs, "draws": draws}


def features_of_backbone(answer, case):
    """Show what an answer makes of a small backbone's features.

    Args:
        answer: callable (backbone, *inputs).
        case: (seed of the backbone, *inputs).

    Returns:
        Plain data: rows of features are an array, whether they came as one or as a list.
    """
    seed, *inputs = copy.deepcopy(case)
    backbone = small_backbone(seed)
    backbone.compile(run_eagerly=True)  # `predict` need not trace a graph for three small batches
    features = plain(answer(backbone, *inputs))
    if isinstance(features, list) and features and all(_is_row(row) for row in features):
        return np.stack(features)
    return features


def _is_row(row):
    return isinstance(row, np.ndarray) and row.ndim == 1


def model_on_backbone(answer, case):
    """Describe the model that an answer builds on a small backbone.

    Args:
        answer: callable (backbone, *inputs) that returns a `keras.Model`.
        case: (seed of the backbone, *inputs).

    Returns:
        Dict: "backbone", its weights as they were (list of arrays), "names", what these are called
        (list of str), "inputs", and what describes the model: "config", "weights" and "frozen".
    """
    seed, *inputs = copy.deepcopy(case)
    backbone = small_backbone(seed)
    before = {
        "backbone": backbone.get_weights(),
        "names": [variable.path.split("/")[-1] for variable in backbone.weights],
        "inputs": inputs,
    }
    return {**before, **_described(answer(backbone, *inputs))}


def _described(model):
    import keras

    if model is None:
        raise NotPlain("returned None.")
    if not isinstance(model, keras.Model):
        raise NotPlain(f"returned a `{type(model).__name__}`; a `keras.Model` was asked for.")
    if not model.built:
        model(np.zeros((1, *IMAGE_SHAPE), np.float32))
    try:
        config = model.to_json()
    except (NotImplementedError, TypeError, ValueError) as error:
        raise NotPlain(
            f"returned a `{type(model).__name__}` that Keras cannot write down; build it with "
            "`keras.Model(inputs, outputs)` or `keras.Sequential`."
        ) from error
    return {
        "config": config,
        "weights": model.get_weights(),
        "frozen": [not variable.trainable for variable in model.weights],
    }
