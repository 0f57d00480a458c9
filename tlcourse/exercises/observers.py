"""Observe what an answer does, where a plain call does not show it.

Nothing here knows what is right: these functions run beside answers that nobody has to trust.
"""

import copy
from contextlib import contextmanager
from types import GeneratorType

import numpy as np

from tlcourse.exercises.plain import NotPlain, plain
from tlcourse.exercises.small_networks import IMAGE_SHAPE, small_backbone, small_head

__all__ = [
    "before_training",
    "draws_with_seeds",
    "features_of_backbone",
    "logits_of_probe",
    "model_on_backbone",
    "moved_by_training",
    "trained_on_backbone",
    "tuned_with_head",
]


def draws_with_seeds(answer, case):
    """Show what an answer draws with generators of several seeds.

    Args:
        answer: callable (*inputs, rng).
        case: (*inputs, seeds); a seed may come twice.

    Returns:
        Dict: "inputs", and "draws", plain data for each seed.
    """
    *inputs, seeds = case
    draws = [answer(*copy.deepcopy(inputs), np.random.default_rng(seed)) for seed in seeds]
    # The order does not matter, and a set has none.
    draws = [plain(sorted(draw) if isinstance(draw, set) else draw) for draw in draws]
    return {"inputs": inputs, "draws": draws}


def features_of_backbone(answer, case):
    """Show what an answer makes of a small backbone's features.

    Args:
        answer: callable (backbone, *inputs).
        case: (seed of the backbone, *inputs).

    Returns:
        Dict: "features", plain data, where rows are an array, whether they came as one or as a
        list; and "largest", how many images the backbone saw at once at most.
    """
    seed, *inputs = copy.deepcopy(case)
    backbone = small_backbone(seed)
    backbone.compile(run_eagerly=True)  # `predict` need not trace a graph for three small batches
    sizes, run = [0], backbone.call

    def noting(images, *args, **settings):
        sizes.append(len(images))
        return run(images, *args, **settings)

    backbone.call = noting
    features = plain(answer(backbone, *inputs))
    if isinstance(features, list) and features and all(_is_row(row) for row in features):
        features = np.stack(features)
    return {"features": features, "largest": max(sizes)}


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
    before = _before(backbone, inputs)
    _seed(seed)
    return {**before, **_described(answer(backbone, *inputs))}


def trained_on_backbone(answer, case):
    """Describe the model that an answer trains on a small backbone, and what became of that.

    Args:
        answer: callable (backbone, images, labels, n_classes) that returns a `keras.Model`.
        case: (seed of the backbone, images, labels, n_classes).

    Returns:
        Dict: what `before_training` says, what describes the model, and "after", the backbone's
        weights when the answer had returned.
    """
    seed, images, labels, n_classes = copy.deepcopy(case)
    backbone = small_backbone(seed)
    _seed(seed)
    described = _described(answer(backbone, images, labels, n_classes))
    return {**before_training(case), **described, "after": backbone.get_weights()}


def before_training(case):
    """Describe the network of a case before anything was trained.

    Args:
        case: (seed of backbone and head, ..., n_classes).

    Returns:
        Dict: "backbone" and "head", their weights (lists of arrays), "names", what the backbone's
        are called (list of str), and "inputs", the number of classes in a list.
    """
    seed, *_, n_classes = case
    backbone, head = small_backbone(seed), small_head(seed, n_classes)
    return {**_before(backbone, [n_classes]), "head": head.get_weights()}


def tuned_with_head(answer, case):
    """Describe the model into which an answer tunes a small backbone and its head.

    Args:
        answer: callable (backbone, head, images, labels) that returns a `keras.Model`.
        case: (seed of backbone and head, images, labels, n_classes).

    Returns:
        Dict: as `trained_on_backbone`, where "after" also holds the head's weights, and "start"
        describes the model that was fitted first, as it was then (None where none was).
    """
    seed, images, labels, n_classes = copy.deepcopy(case)
    backbone, head = small_backbone(seed), small_head(seed, n_classes)
    _seed(seed)
    with _first_fit() as started:
        described = _described(answer(backbone, head, images, labels))
    after = backbone.get_weights() + head.get_weights()
    start = started[0] if started else None
    return {**before_training(case), **described, "after": after, "start": start, "seed": seed}


def _seed(number):
    """Let Keras draw the same numbers each time, so that one answer has one verdict."""
    import keras

    keras.utils.set_random_seed(number)


@contextmanager
def _first_fit():
    """Give a list that gets the description of the first model on which `fit` is called."""
    import keras

    started, fit = [], keras.Model.fit

    def noting(model, *args, **settings):
        if not started and model.built:
            started.append(_described(model))
        return fit(model, *args, **settings)

    keras.Model.fit = noting
    try:
        yield started
    finally:
        keras.Model.fit = fit


def logits_of_probe(answer, case):
    """Show what the probe that an answer trains on features gives for other features.

    Args:
        answer: callable (features, labels, n_classes) that returns a `keras.Model`.
        case: ((features (n, d), others to try it on (m, d)), labels (n,), number of classes).

    Returns:
        Plain data: float array (m, number of classes) where the answer is right.
    """
    (features, others), labels, n_classes = copy.deepcopy(case)
    _seed(len(labels))
    probe = _a_model(answer(features, labels, n_classes))
    # Called, not `predict`: to trace it would take longer, and TensorFlow warns of many traces.
    return plain(probe(others, training=False))


def moved_by_training(answer, case):
    """Show which of a model's weights an answer says that a training moved.

    Args:
        answer: callable (model, train) that returns paths of variables.
        case: ((seed of the model, which), (images, labels)): which part trains, "all", "slowly",
            which is all of it at a tiny learning rate, "head", or "head and statistics" of
            BatchNorm.

    Returns:
        Plain data: {"moved": positions in `model.weights` (list of int), "names": what all the
        weights are called}; or what the answer gave, where it is no collection of their paths.
    """
    import keras

    (seed, which), (images, labels) = copy.deepcopy(case)
    backbone = small_backbone(seed)
    # One feature never speaks: of the weights behind and before it only a part can move.
    *_, last = (layer for layer in backbone.layers if "batch_normalization" in layer.name)
    beta = np.array(last.beta)
    beta[0] = -100.0
    last.beta.assign(beta)
    backbone.trainable = which in ("all", "slowly")
    if which == "head and statistics":
        backbone.trainable = True
        for variable in backbone.trainable_variables:
            variable.trainable = False
    model = keras.Sequential([backbone, keras.layers.Dense(int(labels.max()) + 1)])
    model.build((None, *IMAGE_SHAPE))
    model.compile(
        keras.optimizers.SGD(1e-5 if which == "slowly" else 0.1),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        run_eagerly=True,
    )
    paths = [variable.path for variable in model.weights]
    of_random_layers = {variable.path for variable in model.variables} - set(paths)
    given = answer(model, lambda: model.fit(images, labels, batch_size=8, verbose=0))
    known = {*paths, *of_random_layers}
    if isinstance(given, (np.ndarray, GeneratorType)):
        given = list(given)
    if isinstance(given, (list, tuple, set, dict)) and all(
        isinstance(each, str) and each in known for each in given
    ):
        moved = sorted(paths.index(path) for path in set(given) - of_random_layers)
        return {"moved": moved, "names": [path.split("/")[-1] for path in paths]}
    return plain(sorted(given, key=str) if isinstance(given, set) else given)


def _before(backbone, inputs):
    return {
        "backbone": backbone.get_weights(),
        "names": [variable.path.split("/")[-1] for variable in backbone.weights],
        "inputs": inputs,
    }


def _a_model(returned):
    import keras

    if returned is None:
        raise NotPlain("returned None.")
    if not isinstance(returned, keras.Model):
        raise NotPlain(f"returned a `{type(returned).__name__}`; a `keras.Model` was asked for.")
    return returned


def _described(model):
    _a_model(model)
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
