"""Exercises of lesson 04: extract features, build a probe, standardise features."""

from dataclasses import replace

import numpy as np

from tlcourse.exercises.exercise import Diagnosis, Exercise, Mistake
from tlcourse.exercises.judging import compare_values, judge_model, named
from tlcourse.exercises.observers import (
    IMAGE_SHAPE,
    features_of_backbone,
    logits_of_probe,
    model_on_backbone,
)

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

# 04.3  standardise(train, test)

_MEAN, _STD = "train.mean(axis=0)", "train.std(axis=0)"
_CONSTANT = "np.where(np.ptp(train, axis=0) > 0, train.std(axis=0), 1.0)"
_compare_parts = named(train=0.01, test=0.01, atol=0.01)  # so that n and n - 1 are both right


def _features(rng):
    """Test comes from another domain (shifted, wider); the last case has features that never vary.

    One is 0. Of the other, rounding makes the standard deviation a little more than 0.
    """
    ordinary = _train_and_test(rng)
    silent = _train_and_test(rng)
    constant = rng.uniform(2.0, 6.0)
    while np.full(len(silent[0]), constant).std() == 0:
        constant = rng.uniform(2.0, 6.0)
    for part in silent:
        part[:, 1], part[:, 2] = constant, 0.0
    return [ordinary, silent]


def _train_and_test(rng, width=5):
    scale, centre = rng.uniform(0.5, 4.0, width), rng.uniform(2.0, 6.0, width)
    train = centre + scale * rng.normal(size=(200, width))
    test = centre + scale * (1.5 + 1.8 * rng.normal(size=(60, width)))
    return train, test


def _compare_pair(expected, got):
    """All but the features that never vary is worth something."""
    expected = [np.round(part, 9) for part in expected]  # a rounding error is no right answer
    diagnosis = _compare_parts(expected, got)
    if diagnosis is None or not isinstance(got, list) or len(got) != 2:
        return diagnosis
    varies = np.ptp(expected[0], axis=0) > 0
    if not varies.all() and all(_has_shape(*pair) for pair in zip(expected, got, strict=True)):
        ordinary = [[part[:, varies] for part in pair] for pair in (expected, got)]
        if _compare_parts(*ordinary) is None:
            return replace(diagnosis, credit=0.5)
    return diagnosis


def _has_shape(expected, got):
    return isinstance(got, np.ndarray) and got.shape == expected.shape


STANDARDISE = Exercise(
    "04.3",
    cases=_features,
    compare=_compare_pair,
    mistakes=(
        Mistake(
            "The test set was standardised with its own mean and std. That hides the shift "
            "between the domains, and the head sees features it was not trained on.",
            "Use the mean and std of `train` for both.",
            {"(test - mean) / std": "(test - test.mean(0)) / np.maximum(test.std(0), 1e-12)"},
        ),
        Mistake(
            "The mean and std come from train and test together, so the test set had a part in "
            "the training.",
            "Take both from `train` alone.",
            {
                "mean =": "both = np.concatenate([train, test])\n    mean =",
                _MEAN: "both.mean(axis=0)",
                _STD: "both.std(axis=0)",
            },
        ),
        Mistake(
            "Each row was standardised: every example has lost its own level and spread.",
            "Work by columns: `axis=0` runs over the examples.",
            {
                "(train - mean) / std, (test - mean) / std": "tuple((x - x.mean(1, keepdims=True))"
                " / x.std(1, keepdims=True) for x in (train, test))"
            },
        ),
        Mistake(
            "One mean and one std served all features together.",
            "Give each feature its own: `train.mean(axis=0)`.",
            {_MEAN: "train.mean()", _STD: "train.std()"},
        ),
        Mistake(
            "A feature that never varies has std 0, and 0 / 0 is not a number.",
            "Divide by 1 where a feature never varies: `np.ptp(train, axis=0)` is 0 there.",
            {_CONSTANT: _STD},
        ),
        Mistake(
            "A feature that never varies has a std of 0 on paper. Rounding leaves a little more "
            "than 0, and divided by that, rounding errors look like values.",
            "Ask the values, not their std: `np.ptp(train, axis=0)` is exactly 0 there.",
            {"np.ptp(train, axis=0) > 0": "train.std(axis=0) > 0"},
        ),
    ),
    hints=(
        "Each feature is a column: its mean and standard deviation run over the examples.",
        "`train.mean(axis=0)` and `train.std(axis=0)` serve both sets: at test time a model "
        "knows only what training showed it.",
        "Where `np.ptp(train, axis=0)`, largest minus smallest value, is 0, divide by 1: "
        "`np.where(..., ..., 1.0)`.",
    ),
)

# 04.4  train_probe(features, labels, n_classes): judged by what it reads


def _clouds(rng, n_examples=90, n_features=12):
    """Draw features of three classes that planes tell apart, of a backbone's scale."""
    centres = rng.uniform(0.0, 8.0, size=(3, n_features))
    labels = rng.permutation(np.arange(n_examples) % 3).astype(np.int32)
    features = centres[labels] + rng.normal(size=(n_examples, n_features))
    return features.astype(np.float32), labels


def _feature_sets(rng):
    """A case is ((features, others to try the probe on), labels, number of classes)."""
    features, labels = _clouds(rng)
    return [((features[:60], features[60:]), labels[:60], 3)]


def _compare_answers(expected, got):
    """Judge the class of each row: two good probes agree on nearly all of them."""
    shape = compare_values(np.zeros_like(expected), np.zeros_like(got))
    if shape is not None or not isinstance(got, np.ndarray):
        return compare_values(expected, got)
    agree = float(np.mean(expected.argmax(axis=1) == got.argmax(axis=1)))
    if agree < 0.9:
        return Diagnosis(
            f"On new features your probe and the right one choose the same class in {agree:.0%}; "
            "90% and more is not hard here.",
            "It has learned too little, or something else than the labels.",
            "Is the loss told `from_logits=True`? Are there enough epochs, some tens of them?",
        )
    if np.allclose(got.sum(axis=1), 1.0, atol=1e-3) and got.min() >= 0:
        return Diagnosis(
            "Every row of the output sums to 1.",
            "These are probabilities, and logits were asked for.",
            "Leave out the softmax: `layers.Dense(n_classes)` has no activation.",
        )
    return None


TRAIN = Exercise(
    "04.4",
    cases=_feature_sets,
    compare=_compare_answers,
    observe=logits_of_probe,
    unshown=("features", "labels"),
    hints=(
        "The features are the input: `keras.Input(features.shape[1:])`. No backbone is needed.",
        "One layer, `layers.Dense(n_classes)`; then `compile`, `fit`, `return`.",
        "`keras.losses.SparseCategoricalCrossentropy(from_logits=True)`, "
        "`keras.optimizers.Adam(1e-2)` and 60 epochs will do.",
    ),
)

EXERCISES = (EXTRACT, PROBE, STANDARDISE, TRAIN)
