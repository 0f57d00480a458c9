"""Exercises of lesson 04: extract features, build a probe; two on features in the file beside."""

import numpy as np

from tlcourse.exercises.by_lesson.lesson_04_on_features import STANDARDISE, TRAIN
from tlcourse.exercises.exercise import Diagnosis, Exercise, Mistake
from tlcourse.exercises.judging import compare_values, judge_model
from tlcourse.exercises.observers import (
    features_of_backbone,
    model_on_backbone,
)
from tlcourse.exercises.small_networks import IMAGE_SHAPE

# 04.1  extract(backbone, images, batch_size)

_PREDICT = "backbone.predict(images, batch_size=batch_size, verbose=0)"
_BATCH_BY_BATCH = (
    "keras.ops.concatenate([backbone(images[i : i + batch_size], training=True)"
    " for i in range(0, len(images), batch_size)])"
)
_BATCH_STATISTICS = (
    "The backbone ran in training mode: BatchNorm used the statistics of each batch, so an "
    "image's features depend on its neighbours.",
    "Use `backbone.predict(...)`, or call it with `training=False`.",
)


def _images(rng):
    """A case is (seed of the backbone, images, batch_size); the last batch is not full."""
    return [
        (int(rng.integers(2**31)), rng.random((n, *IMAGE_SHAPE), dtype=np.float32), batch_size)
        for n, batch_size in ((22, 8), (5, 8))
    ]


def _compare_features(expected, got):
    largest, allowed = got["largest"], expected["largest"]
    expected, got = expected["features"], got["features"]
    diagnosis = compare_values(expected, got, rtol=1e-3, atol=1e-4)
    if diagnosis is None and largest > allowed:
        return Diagnosis(
            f"The backbone saw {largest} images at once; `batch_size` was {allowed}.",
            "The features are right, but a large set of images would not fit into memory.",
            "`backbone.predict(images, batch_size=batch_size)`, or go through slices of that size.",
            credit=0.5,
        )
    if diagnosis is not None and _same_rows(expected, got):
        return Diagnosis(
            "Every row of your features is right, but the rows are in another order.",
            "The labels keep their order, so features and labels no longer belong together.",
            "Leave the images in their order: `shuffle` and `permutation` are for training.",
        )
    return diagnosis


def _same_rows(expected, got):
    """Tell whether each expected row is somewhere in `got`."""
    if not isinstance(got, np.ndarray) or got.shape != expected.shape:
        return False
    distance = np.abs(expected[:, None] - got[None]).max(axis=2)
    return bool((distance.min(axis=1) < 1e-4).all() and (distance.min(axis=0) < 1e-4).all())


EXTRACT = Exercise(
    "04.1",
    cases=_images,
    compare=_compare_features,
    observe=features_of_backbone,
    unshown=("backbone",),
    mistakes=(
        Mistake(*_BATCH_STATISTICS, {_PREDICT: _BATCH_BY_BATCH}),
        Mistake(*_BATCH_STATISTICS, {_PREDICT: "backbone(images, training=True)"}),
        Mistake(
            "The backbone is frozen, and ran in training mode all the same: dropout still drew.",
            "Frozen is not inference mode: `backbone.predict(...)`, or call it with "
            "`training=False`.",
            {
                _PREDICT: '(setattr(backbone, "trainable", False), '
                "backbone(images, training=True))[-1]"
            },
        ),
        Mistake(
            "The features were divided by a number of your own.",
            "Give the features as they come; what is done to them afterwards is another step.",
            {_PREDICT: f"(lambda f: f / f.std())({_PREDICT})"},
        ),
        Mistake(
            "The last batch, which is not full, was left out.",
            "Let the last slice be shorter: begin a batch at every i in "
            "`range(0, len(images), batch_size)`.",
            {"predict(images": "predict(images[: len(images) // batch_size * batch_size]"},
        ),
        Mistake(
            "The images were divided by 255, but they are in [0, 1] already: the backbone sees "
            "them nearly black.",
            "Give the images as they are. The backbone's own scaling is inside it.",
            {"predict(images": "predict(images / 255"},
        ),
        Mistake(
            "The images were multiplied by 255, but the backbone takes them in [0, 1].",
            "Give the images as they are. The backbone's own scaling is inside it.",
            {"predict(images": "predict(images * 255"},
        ),
        Mistake(
            "The images were scaled to [-1, 1], and the backbone did it a second time.",
            "Give the images as they are. The backbone's own scaling is inside it.",
            {"predict(images": "predict(2 * images - 1"},
        ),
    ),
    hints=(
        "A Keras model already knows how to go through many images in batches.",
        "`predict` always runs in inference mode, keeps the order and joins the batches.",
        "It takes `batch_size=` and `verbose=0`. The backbone scales its images itself.",
    ),
)

# 04.2  probe_model(backbone, n_classes): judged by which variables move when it is trained


def _backbones(rng):
    """A case is (seed of the backbone, n_classes)."""
    return [(int(rng.integers(2**31)), n_classes) for n_classes in (3, 5)]


PROBE = Exercise(
    "04.2",
    cases=_backbones,
    compare=judge_model,
    observe=model_on_backbone,
    unshown=("backbone",),
    hints=(
        "Two parts: a backbone in which nothing may move, and a new head that trains.",
        "`backbone.trainable = False` freezes every layer inside, BatchNorm too.",
        "`images = keras.Input(backbone.input_shape[1:])`, then `backbone(images)`, then "
        "`layers.Dense(n_classes)`, then `keras.Model(images, logits)`.",
    ),
)

EXERCISES = (EXTRACT, PROBE, STANDARDISE, TRAIN)
