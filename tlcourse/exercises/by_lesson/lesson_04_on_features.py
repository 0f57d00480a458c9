"""Exercises of lesson 04 on features that were computed once: standardise them, train a probe."""

import numpy as np

from tlcourse.exercises.describe import describe
from tlcourse.exercises.exercise import Diagnosis, Exercise, Mistake
from tlcourse.exercises.judging import compare_values, named
from tlcourse.exercises.observers import logits_of_probe

# 04.3  standardise(train, test)

_MEAN, _STD = "train.mean(axis=0)", "train.std(axis=0)"
_RETURN = "(train - mean) / std, (test - mean) / std"
_CONSTANT = "np.where(np.ptp(train, axis=0) > 0, train.std(axis=0), 1.0)"


def _features(rng):
    """Test comes from another domain (shifted, wider). Sizes differ a lot; some features are still.

    Rounding makes the standard deviation of a constant a little more than 0, and in float32 more
    than a little: no threshold tells it from a feature that is merely small. One feature never
    varies in train and does in test, another the other way round; one is 0 in most rows.
    """
    ordinary = _train_and_test(rng, [1.0, 3.0, 0.5, 2.0, 4.0])
    small = _train_and_test(rng, [1.0, 1e-3, 1e-4, 2.0, 1e-5])
    silent = _train_and_test(rng, [2.0, 1.0, 1.0, 0.5, 1.0])
    for part in silent:
        part[:, 1] = 0.0
    silent[0][:, 2] = rng.uniform(2.0, 6.0)
    silent[1][:, 3] = silent[1][0, 3]
    silent[0][:, 4] *= rng.random(len(silent[0])) < 0.1
    silent[0][:2, 4] = 0.0
    single = [part.astype(np.float32) for part in _train_and_test(rng, [1.0] * 4)]
    single[0][:, 1] = np.float32(0.1)
    return [ordinary, small, tuple(silent), tuple(single)]


def _train_and_test(rng, scales):
    scales = np.array(scales) * rng.uniform(0.8, 1.2, len(scales))
    centre = scales * rng.uniform(1.0, 2.0, len(scales))
    train = centre + scales * rng.normal(size=(200, len(scales)))
    test = centre + scales * (1.5 + 1.8 * rng.normal(size=(60, len(scales))))
    return train, test


_compare_parts = named(train=0.01, test=0.01, atol=0.01)  # so that n and n - 1 are both right


def _compare_pair(expected, got):
    """A feature that never varies must be 0 in train and stay small in test; the rest is exact."""
    if not isinstance(got, list) or len(got) != 2:
        return _compare_parts(expected, got)
    varies = np.abs(expected[0]).max(axis=0) > 1e-3
    if varies.all() or not all(_has_shape(*pair) for pair in zip(expected, got, strict=True)):
        return _compare_parts(expected, got)
    still = [part[:, ~varies] for part in got]
    diagnosis = _compare_parts(*([part[:, varies] for part in pair] for pair in (expected, got)))
    if diagnosis is not None:
        return _compare_parts(expected, got) or diagnosis
    if np.abs(still[0]).max() <= 0.01 and np.abs(still[1]).max() <= 100:
        return None
    in_train, in_test = (np.abs(part).max() for part in still)
    worst = in_test if in_train <= 0.01 else in_train
    return Diagnosis(
        f"A feature that never varies in train became {describe(float(worst))}.",
        "It says nothing, and must not be blown up. On paper its standard deviation is 0; the "
        "computed one may be a rounding error.",
        "Ask the values: `np.ptp(train, axis=0)`, largest minus smallest, is exactly 0 there. "
        "Divide by 1 instead.",
        credit=0.5,
    )


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
            "Which features vary was asked of the test set, so it had a part in the training.",
            "Ask `train` alone: `np.ptp(train, axis=0)`.",
            {"np.ptp(train, axis=0)": "np.ptp(test, axis=0)"},
        ),
        Mistake(
            "Each row was standardised: every example has lost its own level and spread.",
            "Work by columns: `axis=0` runs over the examples.",
            {
                _RETURN: "tuple((x - x.mean(1, keepdims=True)) / x.std(1, keepdims=True) "
                "for x in (train, test))"
            },
        ),
        Mistake(
            "One mean and one std served all features together.",
            "Give each feature its own: `train.mean(axis=0)`.",
            {_MEAN: "train.mean()", _STD: "train.std()"},
        ),
        Mistake(
            "This divides by the variance, which is the square of the standard deviation.",
            "`train.std(axis=0)`.",
            {_STD: "train.var(axis=0)"},
        ),
        Mistake(
            "This brings each feature between 0 and 1, by its smallest and largest value; one "
            "outlier then decides for all.",
            "Subtract the mean and divide by the standard deviation.",
            {_MEAN: "train.min(axis=0)", _CONSTANT: "np.maximum(np.ptp(train, axis=0), 1e-30)"},
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

_PLACES = {3: np.array([0, 1, 2], np.int32), 4: np.array([0, 1, 3], np.int32)}


def _clouds(rng, n_examples=120, n_features=12):
    """Draw features of three classes that planes tell apart, of a backbone's scale and level."""
    centres = rng.uniform(1.0, 8.0, size=(3, n_features))
    labels = rng.permutation(np.arange(n_examples) % 3).astype(np.int32)
    features = centres[labels] + rng.normal(size=(n_examples, n_features))
    return features.astype(np.float32), labels


def _feature_sets(rng):
    """A case is ((features, others to try the probe on), labels, number of classes).

    The last of the others are sums: row a + row b - row c, for the three before them. Of four
    classes one has no example.
    """
    cases = []
    for n_classes in (3, 4):
        features, labels = _clouds(rng)
        others = features[90:]
        others = np.concatenate([others, others[:9] + others[9:18] - others[18:27]])
        cases.append(((features[:90], others), _PLACES[n_classes][labels[:90]], n_classes))
    return cases


def _by_centres(case):
    """Give the logits of the nearest class centre, which is right on nearly all of these rows."""
    (features, others), labels, n_classes = case
    logits = np.full((len(others), n_classes), -1e6)
    for label in np.unique(labels):
        centre = features[labels == label].mean(axis=0)
        logits[:, label] = others @ centre - centre @ centre / 2
    return logits


def _compare_answers(expected, got):
    """Judge the class of each row: a good probe agrees with the centres on nearly all of them."""
    shape = compare_values(np.zeros_like(expected), np.zeros_like(got))
    if shape is not None or not isinstance(got, np.ndarray):
        return compare_values(expected, got)
    if np.allclose(got.sum(axis=1), 1.0, atol=1e-3) and got.min() >= 0:
        return Diagnosis(
            "Every row of the output sums to 1.",
            "These are probabilities, and logits were asked for.",
            "Leave out the softmax: `layers.Dense(n_classes)` has no activation.",
        )
    if np.abs(got).max() <= 1:
        return Diagnosis(
            "Every output lies between -1 and 1.",
            "These are squeezed by an activation, and logits were asked for.",
            "Leave out the sigmoid or tanh: `layers.Dense(n_classes)` has no activation.",
        )
    sums = got[:9] + got[9:18] - got[18:27]
    if np.abs(got[-9:] - sums).max() > 1e-2 * np.ptp(got):
        return Diagnosis(
            "For a row that is a + b - c, your probe does not give its logits of a plus those of b "
            "minus those of c.",
            "It is no linear function of the features: there is an activation, or a second layer.",
            "One `layers.Dense(n_classes)` on the features, without an activation.",
        )
    agree = float(np.mean(expected[:-9].argmax(axis=1) == got[:-9].argmax(axis=1)))
    if agree < 0.9:
        return Diagnosis(
            f"On new features your probe chooses the right class in {agree:.0%}; "
            "90% and more is not hard here.",
            "It has learned too little, or something else than the labels.",
            "Is the loss told `from_logits=True`, are there some tens of epochs, is the learning "
            "rate high enough (Adam at 0.01)? Do features and labels still belong together? And is "
            "what it was fitted on scaled like what it gets?",
        )
    return None


TRAIN = Exercise(
    "04.4",
    cases=_feature_sets,
    compare=_compare_answers,
    observe=logits_of_probe,
    known=_by_centres,
    unshown=("features", "labels"),
    hints=(
        "The features are the input: `keras.Input(features.shape[1:])`. No backbone is needed.",
        "One layer, `layers.Dense(n_classes)`; then `compile`, `fit`, `return`.",
        "`keras.losses.SparseCategoricalCrossentropy(from_logits=True)`, "
        "`keras.optimizers.Adam(1e-2)` and 60 epochs will do.",
    ),
)
