"""Exercises of lesson 01 in plain Keras: train a new head, say which weights moved, fine-tune."""

from functools import partial

import numpy as np

from tlcourse.exercises.describe import describe
from tlcourse.exercises.exercise import Diagnosis, Exercise
from tlcourse.exercises.judging import judge_trained, judge_tuned
from tlcourse.exercises.observers import (
    before_training,
    moved_by_training,
    trained_on_backbone,
    tuned_with_head,
)
from tlcourse.exercises.small_networks import IMAGE_SHAPE

# 01.4  train_new_head(backbone, images, labels, n_classes): judged by what moved and what it reads


def _textures(rng, n_images):
    """Draw images that a few features tell apart: dark, striped and checked, with noise on top."""
    labels = rng.permutation(np.arange(n_images) % 3).astype(np.int32)
    rows, columns = np.indices(IMAGE_SHAPE[:2])
    patterns = [np.zeros(IMAGE_SHAPE[:2]), rows % 2, (rows // 3 + columns // 3) % 2]
    images = np.stack([patterns[label] for label in labels])[..., None]
    noise = rng.normal(0.0, 0.08, size=images.shape)
    return np.clip(0.1 + 0.8 * images + noise, 0, 1).astype(np.float32), labels


def _fresh(n_classes):
    """Draw images that are no case's own: nothing can be learned by heart."""
    images, labels = _textures(np.random.default_rng(0), 60)
    return images, _PLACES[n_classes][labels]


# Which class each texture is: of four classes one has no example.
_PLACES = {3: np.array([0, 1, 2], np.int32), 4: np.array([0, 1, 3], np.int32)}


def _pictures(rng, n_images=48):
    """A case is (seed of the backbone, images, labels, number of classes)."""
    cases = []
    for n_classes in (3, 4):
        images, labels = _textures(rng, n_images)
        cases.append((int(rng.integers(2**31)), images, _PLACES[n_classes][labels], n_classes))
    return cases


def _more_pictures(rng):
    """So many that a few epochs at a usual learning rate are enough steps."""
    return _pictures(rng, 160)[:1]


HEAD = Exercise(
    "01.4",
    cases=_pictures,
    compare=partial(judge_trained, fresh=_fresh),
    observe=trained_on_backbone,
    known=before_training,
    unshown=("backbone", "images", "labels"),
    hints=(
        "Five lines: freeze, put the parts together, `compile`, `fit`, `return`.",
        "`backbone.trainable = False` comes before `compile` and `fit`. The head is "
        "`layers.Dense(n_classes)`, without a softmax.",
        "`keras.losses.SparseCategoricalCrossentropy(from_logits=True)` takes whole numbers as "
        "labels. `keras.optimizers.Adam(1e-2)` and 40 epochs are enough for a head.",
    ),
)

# 01.5  which_moved(model, train): names of the weights that a training changed


def _trainings(rng):
    """A case is ((seed of the model, which part of it trains), (images, labels))."""
    parts = ("all", "slowly", "head and statistics", "head")
    return [((int(rng.integers(2**31)), part), _textures(rng, 24)) for part in parts]


def _compare_moved(expected, got):
    if not isinstance(got, dict) or "moved" not in got:
        return Diagnosis(
            f"Your answer is {describe(got)}; a list of paths is right.",
            "Each variable has a `path`, such as 'sequential/dense/kernel'.",
            "Return `[v.path for v in model.weights if ...]`.",
        )
    missing = [expected["names"][i] for i in expected["moved"] if i not in got["moved"]]
    extra = [expected["names"][i] for i in got["moved"] if i not in expected["moved"]]
    if missing and all(name.startswith("moving_") for name in missing):
        return Diagnosis(
            f"{len(missing)} weights moved that your answer does not name: statistics of "
            "BatchNorm.",
            "No gradient moves them, so they are not among the `trainable_variables`; and yet "
            "they change what the network gives.",
            "Go through `model.weights`, all of them.",
        )
    if missing and got["moved"]:
        return Diagnosis(
            f"{len(missing)} of the {len(expected['moved'])} weights that moved are missing.",
            "They moved a little, or only in some of their entries.",
            "Compare all entries, exactly: `np.array_equal(old, new)`, no sum, no tolerance.",
        )
    if missing:
        return Diagnosis(
            f"All {len(missing)} weights that moved are missing.",
            "Were the old values copies? A variable that is kept changes along with itself.",
            "Keep `ops.convert_to_numpy(v)` of each weight before you call `train()`.",
        )
    if extra:
        return Diagnosis(
            f"{len(extra)} weights are named that did not move, such as a `{extra[0]}`.",
            "What could train is not what moved. And several weights share a `name`: only `path` "
            "tells them apart.",
            "Compare each weight's values before and after `train()`, kept by its `path`.",
        )
    return None


MOVED = Exercise(
    "01.5",
    cases=_trainings,
    compare=_compare_moved,
    observe=moved_by_training,
    unshown=("model", "train"),
    hints=(
        "Keep the values of all weights, call `train()`, look at them again.",
        "`ops.convert_to_numpy(v)` copies the values of one variable; `model.weights` lists all.",
        "`np.array_equal(old, new)` tells whether a weight stood still; `v.path` is its name.",
    ),
)

# 01.6  fine_tune(backbone, head, images, labels)

TUNED = Exercise(
    "01.6",
    cases=_more_pictures,
    compare=partial(judge_tuned, fresh=_fresh),
    observe=tuned_with_head,
    known=before_training,
    unshown=("backbone", "head", "images", "labels"),
    hints=(
        "Copy both parts, put the copies together, `compile`, `fit`, `return`.",
        "A copy is `keras.models.clone_model(part)`, which draws new weights, and then "
        "`copy.set_weights(part.get_weights())`.",
        "`keras.Sequential([backbone_copy, head_copy])`; Adam at 1e-3 and 20 epochs will do.",
    ),
)
