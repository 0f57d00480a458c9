"""What is refused, and that the argument at fault is named, by every measure that takes it."""

import numpy as np
import pytest

from tlcourse.measures import (
    deep_embedded_score,
    density_ratio,
    entropy_score,
    expected_calibration_error,
    forgetting,
    h_score,
    importance_weighted_score,
    information_maximisation_score,
    leep,
    linear_cka,
    logme,
    nce,
    negative_transfer,
    proxy_a_distance,
    reliability,
    soft_neighbourhood_density,
    target_error_bound,
    transrate,
)

FEATURES = np.arange(12.0).reshape(6, 2) ** 2
LABELS = np.array([0, 1, 2, 0, 1, 2])
PROBS = np.full((6, 3), 1 / 3)
NAN = np.where(FEATURES == 9, np.nan, FEATURES)  # row 1

of_features_and_labels = pytest.mark.parametrize("measure", [h_score, logme, transrate])
of_two_domains = pytest.mark.parametrize("measure", [density_ratio, proxy_a_distance])
of_probs_alone = pytest.mark.parametrize("measure", [entropy_score, information_maximisation_score])
of_losses = pytest.mark.parametrize("measure", [deep_embedded_score, importance_weighted_score])


@of_features_and_labels
@pytest.mark.parametrize(
    "features", [np.arange(6.0), FEATURES[:1], FEATURES[:, :0], FEATURES[None], np.zeros((0, 2))]
)
def test_features_have_two_axes(measure, features):
    with pytest.raises(ValueError, match=r"`features` must have shape \(n, d\), at least 2 rows; "):
        measure(features, LABELS)


@of_features_and_labels
def test_features_are_finite(measure):
    with pytest.raises(ValueError, match=r"`features` must be finite; example 1 holds NaN"):
        measure(NAN, LABELS)


@of_features_and_labels
def test_features_are_numbers(measure):
    with pytest.raises(ValueError, match=r"`features` must be an array of numbers; got list"):
        measure([["a", "b"], ["c", "d"]], [0, 1])


@of_features_and_labels
@pytest.mark.parametrize("labels", [LABELS[:5], np.eye(6, dtype=int)])
def test_labels_are_one_per_example(measure, labels):
    with pytest.raises(ValueError, match=r"`labels` must have shape \(6,\), one label per example"):
        measure(FEATURES, labels)


@of_features_and_labels
def test_labels_are_class_ids(measure):
    with pytest.raises(ValueError, match=r"`labels` must be whole numbers from 0; got float64"):
        measure(FEATURES, LABELS / 2)
    with pytest.raises(ValueError, match=r"`labels` must be whole numbers from 0; got -1 to 1"):
        measure(FEATURES, LABELS - 1)


@of_features_and_labels
def test_one_class_is_no_task(measure):
    with pytest.raises(ValueError, match=r"`labels` must name at least 2 classes; all are 4"):
        measure(FEATURES, np.full(6, 4))


@of_features_and_labels
def test_the_ids_of_the_classes_do_not_matter(measure, rng):
    features = rng.normal(size=(30, 3))
    labels = rng.integers(0, 3, 30)
    renamed = np.array([7, 0, 12])[labels]
    assert measure(features, labels) == pytest.approx(measure(features, renamed), rel=1e-12)


@of_features_and_labels
def test_float32_features_give_python_floats(measure):
    assert type(measure(FEATURES.astype("float32"), LABELS)) is float


def test_one_class_is_no_task_for_probabilities_and_source_labels():
    with pytest.raises(ValueError, match=r"`labels` must name at least 2 classes; all are 1"):
        leep(PROBS, np.ones(6, int))
    with pytest.raises(ValueError, match=r"`labels` must name at least 2 classes; all are 1"):
        nce(LABELS, np.ones(6, int))


def test_source_labels_are_one_per_example():
    with pytest.raises(ValueError, match=r"`source_labels` must have shape \(6,\)"):
        nce(LABELS[:3], LABELS)
    with pytest.raises(ValueError, match=r"`source_labels` must be whole numbers from 0; got -1"):
        nce(LABELS - 1, LABELS)
    with pytest.raises(ValueError, match=r"`labels` must have shape \(n,\), n >= 1; got \(6, 1\)"):
        nce(LABELS, LABELS[:, None])
    with pytest.raises(ValueError, match=r"`labels` must have shape \(n,\), n >= 1; got \(0,\)"):
        nce([], [])


def probabilities_refused(measure, name):
    bad = [
        (PROBS[0], rf"`{name}` must have shape \(n, n_classes\), .* got \(3,\)"),
        (PROBS[:0], rf"`{name}` must have shape \(n, n_classes\), .* got \(0, 3\)"),
        (PROBS[:, :1], rf"`{name}` must have shape \(n, n_classes\), .* got \(6, 1\)"),
        (np.where(np.arange(6)[:, None] == 2, 0.5, PROBS), rf"`{name}` .* row 2 sums to 1.5"),
        (np.add(PROBS, [-0.5, 0.25, 0.25]), rf"`{name}` .* none below 0; got -0.1667"),
        (np.where(np.arange(6)[:, None] == 4, np.nan, PROBS), rf"`{name}` .* finite; example 4"),
    ]
    for probs, message in bad:
        with pytest.raises(ValueError, match=message):
            measure(probs)


@of_probs_alone
def test_probabilities(measure):
    probabilities_refused(measure, "target_probs")


@pytest.mark.parametrize(
    ("measure", "name"),
    [(leep, "source_probs"), (reliability, "probs"), (expected_calibration_error, "probs")],
)
def test_probabilities_beside_labels(measure, name):
    probabilities_refused(lambda probs: measure(probs, LABELS), name)
    with pytest.raises(ValueError, match=r"`labels` must have shape \(6,\)"):
        measure(PROBS, LABELS[:2])


@of_probs_alone
def test_half_precision_is_near_enough(measure, rng):
    logits = rng.normal(size=(40, 7))
    probs = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    assert measure(probs.astype("float16")) == pytest.approx(measure(probs), abs=2e-3)


@of_two_domains
def test_two_domains(measure):
    with pytest.raises(ValueError, match=r"`source_features` .* at least 4 rows; got \(3, 2\)"):
        measure(FEATURES[:3], FEATURES)
    with pytest.raises(ValueError, match=r"`target_features` .* at least 4 rows; got \(3, 2\)"):
        measure(FEATURES, FEATURES[:3])
    with pytest.raises(ValueError, match=r"`target_features` must have shape \(n, 2\) like"):
        measure(FEATURES, FEATURES[:, :1])
    with pytest.raises(ValueError, match=r"`target_features` must be finite; example 1"):
        measure(FEATURES, NAN)


def test_two_domains_of_the_bound():
    with pytest.raises(ValueError, match=r"`target_features` must have shape \(n, 2\) like"):
        target_error_bound(FEATURES, LABELS, FEATURES[:, :1], LABELS)
    with pytest.raises(ValueError, match=r"`source_features` must be finite; example 1"):
        target_error_bound(NAN, LABELS, FEATURES, LABELS)


@pytest.mark.parametrize("seed", [None, -1, "a"])
def test_seeds(seed):
    with pytest.raises(ValueError, match=r"`seed` must be a whole number, .*; got"):
        density_ratio(FEATURES, FEATURES, seed=seed)
    with pytest.raises(ValueError, match=r"`seed` must be a whole number, .*; got"):
        proxy_a_distance(FEATURES, FEATURES, seeds=[0, seed])
    with pytest.raises(ValueError, match=r"`seed` must be a whole number, .*; got"):
        target_error_bound(FEATURES, LABELS, FEATURES, LABELS, seed=seed)


def test_cka_wants_the_same_examples():
    with pytest.raises(ValueError, match=r"`other_features` must hold the 6 examples of"):
        linear_cka(FEATURES, FEATURES[:5])
    with pytest.raises(ValueError, match=r"`features` must differ between examples"):
        linear_cka(np.full((6, 2), 0.1), FEATURES)
    with pytest.raises(ValueError, match=r"`other_features` must be finite; example 1"):
        linear_cka(FEATURES, NAN)


def test_neighbourhoods_want_three_rows():
    with pytest.raises(ValueError, match=r"`target_probs` must have shape .* at least 3 rows"):
        soft_neighbourhood_density(FEATURES[:2])
    with pytest.raises(ValueError, match=r"`target_probs` must be finite; example 1"):
        soft_neighbourhood_density(NAN)


@of_losses
def test_losses_and_weights(measure):
    with pytest.raises(ValueError, match=r"`source_losses` must have shape \(n,\), n >= \d; got"):
        measure(FEATURES, np.ones(6))
    with pytest.raises(ValueError, match=r"`source_losses` must have shape \(n,\), n >= \d; got"):
        measure([], [])
    with pytest.raises(ValueError, match=r"`sample_weight` must have shape \(6,\); got \(5,\)"):
        measure(np.ones(6), np.ones(5))
    with pytest.raises(ValueError, match=r"`sample_weight` must be 0 or more.* -1 to 1"):
        measure([1.0, 2.0], [-1.0, 1.0])
    with pytest.raises(ValueError, match=r"`sample_weight` must be 0 or more, and not all 0"):
        measure([1.0, 2.0], [0.0, 0.0])
    with pytest.raises(ValueError, match=r"`source_losses` must be finite; number 1 is"):
        measure([1.0, np.inf], [1.0, 1.0])


@pytest.mark.parametrize(
    ("measure", "first", "second"),
    [(forgetting, "before", "after"), (negative_transfer, "transferred", "from_scratch")],
)
def test_accuracies_over_seeds(measure, first, second):
    with pytest.raises(ValueError, match=rf"`{second}` must have shape \(3,\); got \(2,\)"):
        measure([0.5, 0.6, 0.7], [0.5, 0.6])
    with pytest.raises(ValueError, match=rf"`{first}` must have shape \(n,\), n >= 2; got \(1,\)"):
        measure([0.5], [0.5])
    with pytest.raises(ValueError, match=rf"`{first}` must be accuracies in \[0, 1\]; got 71"):
        measure([71, 72], [0.5, 0.6])
    with pytest.raises(ValueError, match=rf"`{second}` must be finite; number 1 is NaN"):
        measure([0.5, 0.6], [0.5, np.nan])
    with pytest.raises(ValueError, match=rf"`{second}` must have shape \(2,\); got \(\)"):
        measure([0.5, 0.6], 0.5)
    with pytest.raises(ValueError, match=rf"`{first}` must have shape \(n,\), n >= 2; got \(\)"):
        measure(0.5, [0.5, 0.6])
