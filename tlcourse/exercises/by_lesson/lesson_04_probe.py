"""Exercise 04.2: a linear probe, judged by which variables move when it is trained.

The answer's model is taken as plain data (its config and weights), built again from that, trained
for a few steps here, and its variables are counted. So any head that works is right, and nothing
that was computed next to the answer has to be believed.
"""

import numpy as np

from tlcourse.exercises.described_model import rebuild
from tlcourse.exercises.exercise import Diagnosis, Exercise
from tlcourse.exercises.observers import IMAGE_SHAPE, small_backbone
from tlcourse.exercises.plain import NotPlain

__all__ = ["PROBE"]

_N_IMAGES = 24


def _cases(rng):
    """A case is (seed of the backbone, n_classes)."""
    return [(int(rng.integers(2**31)), n_classes) for n_classes in (3, 5)]


# In the answer's process: call it, and describe the model that it returns.


def _observe(answer, case):
    seed, n_classes = case
    backbone = small_backbone(seed)
    before = {
        "backbone": backbone.get_weights(),
        "names": [variable.path.split("/")[-1] for variable in backbone.weights],
        "n_classes": n_classes,
    }
    return {**before, **_as_data(answer(backbone, n_classes))}


def _as_data(model):
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


# In the judge's process: build the model again, train it, see what moved.


def _compare(expected, got):
    """Judge the model of `got` by the backbone and n_classes of `expected`."""
    images = np.random.default_rng(0).random((_N_IMAGES, *IMAGE_SHAPE), dtype=np.float32)
    try:
        model = rebuild(got)
        logits = _logits(model, images)
        extreme = _logits(model, 1e4 * (images - 0.5))
    except Exception as error:  # whatever is wrong with a described model, its writer should know
        return Diagnosis(
            f"Keras could not build your model again: {str(error).strip().splitlines()[0]}",
            "The check writes your model down, builds it again and trains it.",
            "Build it from Keras's own layers, for images "
            f"{(None, *IMAGE_SHAPE)}, without `Lambda` or classes of your own.",
        )
    diagnosis = _judge_logits(logits, extreme, expected["n_classes"])
    if diagnosis is not None:
        return diagnosis
    places = _find(expected["backbone"], model.get_weights())
    return _judge_presence(places, model) or _judge_training(
        places, expected["names"], _moved(model, images, expected["n_classes"])
    )


def _logits(model, images):
    import keras

    return keras.ops.convert_to_numpy(model(images, training=False))


def _find(wanted, weights):
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


def _judge_logits(logits, extreme, n_classes):
    if logits.shape != (_N_IMAGES, n_classes):
        return Diagnosis(
            f"For {_N_IMAGES} images and n_classes = {n_classes} your model gives the shape "
            f"{logits.shape}; {(_N_IMAGES, n_classes)} is right.",
            "Each image needs one logit for each class.",
            "End with `layers.Dense(n_classes)` on the backbone's features.",
        )
    if np.allclose(logits.sum(axis=1), 1.0, atol=1e-3) and logits.min() >= 0:
        return Diagnosis(
            "Every row of the output sums to 1.",
            "These are probabilities, and logits were asked for.",
            "Leave out the softmax: `layers.Dense(n_classes)` has no activation.",
        )
    both = np.concatenate([logits, extreme])
    if both.min() >= 0 and both.max() <= 1:
        return Diagnosis(
            "Every output lies between 0 and 1, even for extreme images.",
            "These are squeezed by an activation, and logits were asked for.",
            "Leave out the sigmoid: `layers.Dense(n_classes)` has no activation.",
        )
    return None


def _judge_presence(places, model):
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
    if not model.trainable_weights:
        return Diagnosis(
            "Nothing trained during `fit`.",
            "The head is frozen too.",
            "Freeze the backbone only: `backbone.trainable = False`, not `model.trainable`.",
        )
    return None


def _judge_training(places, names, moved):
    """Judge by which of the backbone's variables moved (`names` are theirs) and which others."""
    movers = [name for name, place in zip(names, places, strict=True) if moved[place]]
    if not movers:
        return None if any(moved) else _HEAD_STOOD_STILL
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


_HEAD_STOOD_STILL = Diagnosis(
    "No variable moved during `fit`.",
    "The head does not learn from the loss.",
    "Is the path from the backbone's features through the head to the output unbroken?",
)

PROBE = Exercise(
    id="04.2",
    title="Build a linear probe",
    points=3,
    inputs=("", "n_classes"),
    cases=_cases,
    observe=_observe,
    compare=_compare,
    hints=(
        "Two parts: a backbone in which nothing may move, and a new head that trains.",
        "`backbone.trainable = False` freezes every layer inside, BatchNorm too.",
        "`images = keras.Input(backbone.input_shape[1:])`, then `backbone(images)`, then "
        "`layers.Dense(n_classes)`, then `keras.Model(images, logits)`.",
    ),
)
