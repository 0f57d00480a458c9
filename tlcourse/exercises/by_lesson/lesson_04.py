"""Exercises of lesson 04: extract features, build a probe, standardise features."""

from dataclasses import replace

import numpy as np

from tlcourse.exercises.by_lesson.lesson_04_probe import PROBE
from tlcourse.exercises.comparison import compare_values
from tlcourse.exercises.exercise import Diagnosis, Exercise, Mistake
from tlcourse.exercises.observers import IMAGE_SHAPE, observe_extract

__all__ = ["EXERCISES"]


# 04.1  extract(backbone, images, batch_size)


def _images(rng):
    """A case is (seed of the backbone, images, batch_size); the last batch is not full."""
    return [
        (int(rng.integers(2**31)), rng.random((n, *IMAGE_SHAPE), dtype=np.float32), batch_size)
        for n, batch_size in ((22, 8), (5, 8))
    ]


def _compare_features(expected, got):
    diagnosis = compare_values(expected, got, rtol=1e-3, atol=1e-4)
    if diagnosis is not None and _same_rows(expected, got):
        return Diagnosis(
            "Every row of your features is right, but the rows are in another order.",
            "The labels keep their order, so features and labels no longer belong together.",
            "Leave the images in their order: `shuffle` and `permutation` are for training.",
        )
    return diagnosis


def _same_rows(expected, got):
    """Whether each expected row is somewhere in `got`."""
    if not isinstance(got, np.ndarray) or got.shape != expected.shape:
        return False
    distance = np.abs(expected[:, None] - got[None]).max(axis=2)
    return bool((distance.min(axis=1) < 1e-4).all() and (distance.min(axis=0) < 1e-4).all())


def _in_batches(backbone, images, batch_size, *, stop=None, training=False):
    """Extract with a step changed: where the last batch begins, or the mode."""
    import keras

    parts = [
        keras.ops.convert_to_numpy(backbone(images[i : i + batch_size], training=training))
        for i in range(0, len(images) if stop is None else stop, batch_size)
    ]
    return np.concatenate(parts)


def _without_last_batch(backbone, images, batch_size):
    return _in_batches(backbone, images, batch_size, stop=len(images) // batch_size * batch_size)


_BATCH_STATISTICS = (
    "The backbone ran in training mode: BatchNorm used the statistics of each batch, so an "
    "image's features depend on its neighbours.",
    "Use `backbone.predict(...)`, or call it with `training=False`.",
)

_EXTRACT = Exercise(
    id="04.1",
    title="Extract features in batches",
    points=2,
    inputs=("", "images", "batch_size"),
    cases=_images,
    observe=observe_extract,
    compare=_compare_features,
    hints=(
        "A Keras model already knows how to go through many images in batches.",
        "`predict` always runs in inference mode, keeps the order and joins the batches.",
        "It takes `batch_size=` and `verbose=0`. The backbone scales its images itself.",
    ),
    mistakes=(
        Mistake(
            lambda backbone, images, batch_size: _in_batches(
                backbone, images, batch_size, training=True
            ),
            *_BATCH_STATISTICS,
        ),
        Mistake(
            lambda backbone, images, batch_size: _in_batches(
                backbone, images, len(images), training=True
            ),
            *_BATCH_STATISTICS,
        ),
        Mistake(
            _without_last_batch,
            "The last batch, which is not full, was left out.",
            "Let the last slice be shorter: begin a batch at every i in "
            "`range(0, len(images), batch_size)`.",
        ),
        Mistake(
            lambda backbone, images, batch_size: _in_batches(backbone, images / 255, batch_size),
            "The images were divided by 255, but they are in [0, 1] already: the backbone sees "
            "them nearly black.",
            "Give the images as they are. The backbone's own scaling is inside it.",
        ),
        Mistake(
            lambda backbone, images, batch_size: _in_batches(backbone, images * 255, batch_size),
            "The images were multiplied by 255, but the backbone takes them in [0, 1].",
            "Give the images as they are. The backbone's own scaling is inside it.",
        ),
        Mistake(
            lambda backbone, images, batch_size: _in_batches(backbone, 2 * images - 1, batch_size),
            "The images were scaled to [-1, 1], and the backbone did it a second time.",
            "Give the images as they are. The backbone's own scaling is inside it.",
        ),
    ),
)


# 04.3  standardise(train, test)


def _features(rng):
    """Test comes from another domain (shifted, wider); the last case has a silent feature."""
    ordinary = _train_and_test(rng)
    silent = _train_and_test(rng)
    for part in silent:
        part[:, 2] = 0.0
    return [ordinary, silent]


def _train_and_test(rng, width=5):
    scale, centre = rng.uniform(0.5, 4.0, width), rng.uniform(2.0, 6.0, width)
    train = centre + scale * rng.normal(size=(200, width))
    test = centre + scale * (1.5 + 1.8 * rng.normal(size=(60, width)))
    return train.astype(np.float32), test.astype(np.float32)


def _scaled(part, reference, axis=0, *, guard=True):
    mean = reference.mean(axis=axis, keepdims=True)
    std = reference.std(axis=axis, keepdims=True)
    return (part - mean) / (np.where(std > 0, std, 1.0) if guard else std)


def _scaled_jointly(train, test):
    both = np.concatenate([train, test])
    return _scaled(train, both), _scaled(test, both)


def _compare_pair(expected, got):
    """Compare both parts; loosely enough that dividing by n or by n - 1 are both right."""
    if not isinstance(got, list) or len(got) != 2:
        return compare_values(expected, got)
    diagnosis = _compare_parts(expected, got)
    if diagnosis is None:
        return None
    varies = np.ptp(expected[0], axis=0) > 0
    # All but the features that never vary is worth something.
    if not varies.all() and all(_has_shape(*pair) for pair in zip(expected, got, strict=True)):
        ordinary = [[part[:, varies] for part in pair] for pair in (expected, got)]
        if _compare_parts(*ordinary) is None:
            return replace(diagnosis, credit=0.5)
    return diagnosis


def _compare_parts(expected, got):
    near = {"rtol": 0.01, "atol": 0.01}
    return compare_values(expected[0], got[0], name="train", **near) or compare_values(
        expected[1], got[1], name="test", **near
    )


def _has_shape(expected, got):
    return isinstance(got, np.ndarray) and got.shape == expected.shape


_STANDARDISE = Exercise(
    id="04.3",
    title="Standardise features",
    points=2,
    inputs=("train", "test"),
    cases=_features,
    compare=_compare_pair,
    hints=(
        "Each feature is a column: its mean and standard deviation run over the examples.",
        "`train.mean(axis=0)` and `train.std(axis=0)` serve both sets: at test time a model "
        "knows only what training showed it.",
        "A feature that never varies has std 0. Divide by 1 there: `np.where(std > 0, std, 1.0)`.",
    ),
    mistakes=(
        Mistake(
            lambda train, test: (_scaled(train, train), _scaled(test, test)),
            "The test set was standardised with its own mean and std. That hides the shift "
            "between the domains, and the head sees features it was not trained on.",
            "Use the mean and std of `train` for both.",
        ),
        Mistake(
            _scaled_jointly,
            "The mean and std come from train and test together, so the test set had a part in "
            "the training.",
            "Take both from `train` alone.",
        ),
        Mistake(
            lambda train, test: (_scaled(train, train, 1), _scaled(test, test, 1)),
            "Each row was standardised: every example has lost its own level and spread.",
            "Work by columns: `axis=0` runs over the examples.",
        ),
        Mistake(
            lambda train, test: (_scaled(train, train, None), _scaled(test, train, None)),
            "One mean and one std served all features together.",
            "Give each feature its own: `train.mean(axis=0)`.",
        ),
        Mistake(
            lambda train, test: (
                _scaled(train, train, guard=False),
                _scaled(test, train, guard=False),
            ),
            "A feature that never varies has std 0, and 0 / 0 is not a number.",
            "Divide by 1 where the std is 0: `np.where(std > 0, std, 1.0)`.",
        ),
    ),
)

EXERCISES = (_EXTRACT, PROBE, _STANDARDISE)
