"""Judge a model that an answer built: rebuild it, train it, see what moves."""

import numpy as np

from tlcourse.exercises.exercise import Diagnosis
from tlcourse.exercises.judging.rebuilding import not_built, rebuild
from tlcourse.exercises.small_networks import IMAGE_SHAPE, small_backbone

__all__ = [
    "find_weights",
    "frozen_backbone",
    "judge_input",
    "judge_linear",
    "judge_model",
    "judge_presence",
    "judge_range",
    "judge_shape",
    "logits_of",
]

_N_IMAGES = 24  # that a model is tried and trained on


def frozen_backbone(movers, names):
    """Judge that no variable of the backbone moves: a probe, not fine-tuning.

    Args:
        movers: list of str, names of the backbone's variables that moved.
        names: list of str, names of all.

    Returns:
        Diagnosis, or None when none moved.
    """
    if not movers:
        return None
    statistics = sum(name.startswith("moving_") for name in movers)
    if statistics == len(movers):
        return Diagnosis(
            f"The {statistics} moving statistics of the backbone's BatchNorm layers moved "
            "during `fit`.",
            "No weight of the backbone trained, but its features changed all the same.",
            "Freeze the BatchNorm layers themselves: `backbone.trainable = False` does it for "
            "every layer inside.",
        )
    if "kernel" not in movers:
        return Diagnosis(
            f"{len(movers)} variables of the backbone's BatchNorm layers moved during `fit`, "
            f"{statistics} of them moving statistics.",
            "The convolutions are frozen and BatchNorm is not, so the features change.",
            "Freeze every layer of the backbone: `backbone.trainable = False`.",
        )
    return Diagnosis(
        f"{len(movers)} of the backbone's {len(names)} variables moved during `fit`, "
        f"{statistics} of them moving statistics of BatchNorm.",
        "The backbone trains along with the head: this is fine-tuning, not a probe.",
        "Set `backbone.trainable = False`. Calling it with `training=False` freezes nothing.",
    )


def judge_model(expected, got, *, judge_movers=frozen_backbone):
    """Judge a model of logits on a small backbone by what it gives and by what training moves.

    The model is built again from its description and trained here, so that any model that does
    what was asked is right, and nothing that was computed beside the answer has to be believed.

    Args:
        expected: dict, what `model_on_backbone` gives of the right answer; the first of its
            "inputs" is the number of classes.
        got: dict, the same of the answer.
        judge_movers: function as `frozen_backbone`, for what may move.

    Returns:
        Diagnosis, or None when the model is right.
    """
    n_classes = expected["inputs"][0]
    images = np.random.default_rng(0).random((_N_IMAGES, *IMAGE_SHAPE), dtype=np.float32)
    try:
        model = rebuild(got)
    except Exception as error:  # whatever is wrong with a described model, its writer should know
        return not_built(error)
    diagnosis = judge_input(model)
    if diagnosis is not None:
        return diagnosis
    logits = logits_of(model, images)
    places = find_weights(expected["backbone"], model.get_weights())
    diagnosis = judge_shape(logits, len(images), n_classes) or judge_presence(places, model)
    if diagnosis is not None:
        return diagnosis
    moved = _moved(model, images, n_classes)
    # Only now: before it has learned, a head that starts at zero gives zeros.
    diagnosis = judge_range(model, images)
    if diagnosis is not None:
        return diagnosis
    if not any(moved):
        return _HEAD_STOOD_STILL
    names = expected["names"]
    movers = [name for name, at in zip(names, places, strict=True) if moved[at]]
    return judge_movers(movers, names) or judge_linear(model, expected["backbone"])


def judge_input(model):
    """Judge that a model takes the images that it will be tried on."""
    takes = tuple(model.input_shape[1:]) if len(model.inputs) == 1 else ()
    pairs = zip(takes, IMAGE_SHAPE, strict=False)
    if len(takes) == len(IMAGE_SHAPE) and all(size in (None, given) for size, given in pairs):
        return None
    return Diagnosis(
        f"Your model takes {takes or f'{len(model.inputs)} inputs'}, and images of shape "
        f"{IMAGE_SHAPE} were asked for.",
        "A head alone reads features; it does not see an image.",
        "Put the backbone before the head: the model begins with `keras.Input(images.shape[1:])`.",
    )


def logits_of(model, images):
    """Return what a model gives for images in inference mode (float array)."""
    import keras

    return keras.ops.convert_to_numpy(model(images, training=False))


def find_weights(wanted, weights):
    """Return where each of the backbone's variables stands among `weights`, by its values."""
    places = []
    for array in wanted:
        same = (i for i, weight in enumerate(weights) if np.array_equal(array, weight))
        places.append(next(same, None))
    return places


def _moved(model, images, n_classes):
    """Train for a few steps; return one bool for each of the model's variables.

    Eagerly: for three batches of a tiny model, tracing a graph would cost more than it saves.
    """
    import keras

    before = model.get_weights()
    model.compile(
        optimizer=keras.optimizers.SGD(0.1),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        run_eagerly=True,
    )
    labels = np.arange(len(images)) % n_classes
    model.fit(images, labels, batch_size=8, shuffle=False, verbose=0)
    after = model.get_weights()
    return [not np.array_equal(old, new) for old, new in zip(before, after, strict=True)]


def judge_shape(logits, n_images, n_classes):
    """Judge that there is one number for each image and class."""
    right = (n_images, n_classes)
    if logits.shape != right:
        return Diagnosis(
            f"For {n_images} images and n_classes = {n_classes} your model gives the shape "
            f"{logits.shape}; {right} is right.",
            "Each image needs one logit for each class.",
            "End with `layers.Dense(n_classes)` on the backbone's features.",
        )
    return None


def judge_range(model, images):
    """Judge that a model gives logits, which may be any numbers.

    Args:
        model: `keras.Model`, images to logits, trained a little.
        images: float array (n, h, w, c).

    Returns:
        Diagnosis, or None.
    """
    logits, extreme = logits_of(model, images), logits_of(model, 1e4 * (images - 0.5))
    if np.allclose(logits.sum(axis=1), 1.0, atol=1e-3) and logits.min() >= 0:
        return Diagnosis(
            "Every row of the output sums to 1.",
            "These are probabilities, and logits were asked for.",
            "Leave out the softmax: `layers.Dense(n_classes)` has no activation.",
        )
    both = np.concatenate([logits, extreme])
    if np.abs(both).max() <= 1:
        return Diagnosis(
            f"Every output lies between {'-1' if both.min() < 0 else '0'} and 1, even for extreme "
            "images.",
            "These are squeezed by an activation, and logits were asked for.",
            "Leave out the sigmoid or tanh: `layers.Dense(n_classes)` has no activation.",
        )
    if both.min() >= 0 and (both <= 1e-6 * both.max()).any():
        return Diagnosis(
            "No output is ever below 0, and some are exactly 0.",
            "A ReLU stands at the end, and a logit may be any number.",
            "Leave it out: `layers.Dense(n_classes)` has no activation.",
        )
    return None


def judge_linear(model, backbone):
    """Judge that a model's logits are linear in the backbone's features, and of nothing else.

    Args:
        model: `keras.Model`, images to logits, trained a little.
        backbone: list of arrays, the weights of `small_backbone`.

    Returns:
        Diagnosis, or None.
    """
    reference = small_backbone(0)
    reference.set_weights(backbone)
    rng = np.random.default_rng(1)
    noise = rng.random((_N_IMAGES * 2, *IMAGE_SHAPE))
    # Of many contrasts, negative too, so that no feature is always silent and none always speaks.
    images = (noise * rng.uniform(-3, 3, size=(len(noise), 1, 1, 1))).astype(np.float32)
    logits = logits_of(model, images)
    if _is_linear(logits, logits_of(reference, images)):
        return None
    for factor, told in ((1 / 255, "divided by 255"), (255.0, "multiplied by 255")):
        if _is_linear(logits, logits_of(reference, factor * images)):
            return Diagnosis(
                f"The images are {told} before the backbone sees them.",
                "It takes images in [0, 1], as they come, and scales them itself.",
                "Leave out the scaling.",
            )
    return Diagnosis(
        "The logits are not a linear function of the backbone's features.",
        "Something stands between the images and the backbone, or beside it; or the head has an "
        "activation or a second layer, and a linear head was asked for.",
        "From the images to `backbone`, from its features to one `layers.Dense(n_classes)` without "
        "an activation.",
    )


def _is_linear(logits, features):
    columns = np.column_stack([features, np.ones(len(features))]).astype("float64")
    solution, *_ = np.linalg.lstsq(columns, logits.astype("float64"), rcond=None)
    rest = logits - columns @ solution
    return bool(np.abs(rest).max() <= 1e-3 * np.ptp(logits))


def judge_presence(places, model, *, trains=True):
    """Judge that a model holds the backbone, whose variables `places` tells, and a head.

    Where it `trains` from here on, something of it must be able to.
    """
    missing = places.count(None)
    if missing:
        return Diagnosis(
            f"{missing} of the backbone's {len(places)} variables are not in your model with "
            "their values.",
            "What the backbone learned before is lost, or the model does not use it.",
            "Call the `backbone` that comes as an argument; build no new one, and set no weights.",
        )
    if len(model.weights) == len(places):
        return Diagnosis(
            "Your model has no variables but the backbone's.",
            "There is no new head that could learn the classes.",
            "Put `layers.Dense(n_classes)` on the backbone's features.",
        )
    if trains and not model.trainable_weights:
        return Diagnosis(
            "Nothing trained during `fit`.",
            "The head is frozen too.",
            "Freeze the backbone only: `backbone.trainable = False`, not `model.trainable`.",
        )
    return None


_HEAD_STOOD_STILL = Diagnosis(
    "No variable moved during `fit`.",
    "The head does not learn from the loss.",
    "Is the path from the backbone's features through the head to the output unbroken?",
)
