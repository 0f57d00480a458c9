"""What changes a source-trained model without target labels: each against its formula."""

from dataclasses import replace

import keras
import numpy as np
import pytest
from model_weights import arrays as values

from tlcourse.domains import DomainPair
from tlcourse.strategies import (
    CORAL,
    AdaBN,
    ImportanceWeighting,
    PseudoLabels,
    SourceOnly,
    SourceTrained,
    SubspaceAlignment,
)
from tlcourse.strategies.adaptation.coral import recolour
from tlcourse.strategies.adaptation.pseudo_labels import surest
from tlcourse.strategies.adaptation.subspace_alignment import align
from tlcourse.training import extract_features, predict

METHODS = {
    "AdaBN": AdaBN,
    "CORAL": lambda start: CORAL(start, steps=5),
    "SubspaceAlignment": lambda start: SubspaceAlignment(start, width=4, steps=5),
    "ImportanceWeighting": lambda start: ImportanceWeighting(start, epochs=1, batch_size=16),
    "PseudoLabels": lambda start: PseudoLabels(start, rounds=2, epochs=1, batch_size=16),
}


@pytest.fixture(scope="module")
def start(pair):
    return SourceOnly(steps=30, batch_size=16).fit(pair, seed=4)


def same(one, two):
    return all(np.array_equal(a, b) for a, b in zip(values(one), values(two), strict=True))


def _same_shapes(one, two):
    shapes = [[w.shape for w in model.weights] for model in (one, two)]
    return shapes[0] == shapes[1] and same(one, two)


def test_a_start_that_is_a_strategy_is_fitted_first(pair):
    whole = AdaBN(SourceOnly(steps=6, batch_size=8)).fit(pair, seed=3)
    apart = AdaBN(SourceOnly(steps=6, batch_size=8).fit(pair, seed=3)).fit(pair, seed=3)
    assert same(whole.model, apart.model)


def test_ada_bn_gives_every_layer_the_statistics_of_what_reaches_it(start, pair):
    result = AdaBN(start).fit(pair)
    x = pair.target.x_train
    for layer in result.backbone.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            seen = predict(keras.Model(result.backbone.input, layer.input), x)
            flat = seen.reshape(-1, seen.shape[-1])
            np.testing.assert_allclose(layer.moving_mean, flat.mean(0), rtol=1e-4, atol=1e-5)
            np.testing.assert_allclose(layer.moving_variance, flat.var(0), rtol=1e-3, atol=1e-6)
    assert result.n_trained == 0


def test_ada_bn_on_a_network_without_statistics(pair):
    images = keras.Input((8, 8, 1))
    bare = keras.Model(images, keras.layers.Flatten()(images), name="bare")
    plain = replace(SourceOnly(steps=1).fit(pair), backbone=bare)
    with pytest.raises(ValueError, match=r"`start` must have batch normalisation .* 'bare' has"):
        AdaBN(plain).fit(pair)


def test_recoloured_features_have_the_targets_mean_and_covariance(rng):
    source = rng.normal(size=(400, 4)) @ rng.normal(size=(4, 4)) + 3
    target = rng.normal(size=(300, 4)) @ rng.normal(size=(4, 4)) - 1
    found = recolour(source, target, shrinkage=1e-9)
    np.testing.assert_allclose(found.mean(axis=0), target.mean(axis=0), atol=1e-4)
    np.testing.assert_allclose(
        np.cov(found, rowvar=False), np.cov(target, rowvar=False), rtol=1e-3, atol=1e-3
    )
    np.testing.assert_allclose(recolour(source, source, shrinkage=0.3), source, atol=1e-4)


def test_a_covariance_needs_two_rows(rng):
    with pytest.raises(ValueError, match=r"`target_features` must .*two rows; got \(1, 4\)"):
        recolour(rng.normal(size=(5, 4)), rng.normal(size=(1, 4)))
    with pytest.raises(ValueError, match=r"`target_features` must .* got \(5, 3\)"):
        recolour(rng.normal(size=(5, 4)), rng.normal(size=(5, 3)))
    assert np.isfinite(recolour(rng.normal(size=(2, 9)), rng.normal(size=(2, 9)))).all()


def test_aligned_subspaces_undo_a_rotation(rng):
    """A target that is the source turned: after alignment both have the same coordinates."""
    source = rng.normal(size=(500, 5)) * [5.0, 3.0, 1.5, 0.1, 0.1]
    turn = np.linalg.qr(rng.normal(size=(5, 5)))[0]
    target = source @ turn + 7
    aligned, mean, basis = align(source, target, width=3)
    assert basis.shape == (5, 3)
    np.testing.assert_allclose(basis.T @ basis, np.eye(3), atol=1e-9)
    np.testing.assert_allclose(mean, target.mean(axis=0))
    bases = [np.linalg.svd(x - x.mean(0), full_matrices=False)[2][:3].T for x in (source, target)]
    expected = (source - source.mean(0)) @ bases[0] @ (bases[0].T @ bases[1])
    np.testing.assert_allclose(aligned, expected, rtol=1e-4, atol=1e-4)
    with pytest.raises(ValueError, match=r"`width` must be at most 5, .*; got 6"):
        align(source, target, width=6)


def test_the_head_of_subspace_alignment_sees_the_target_in_its_own_subspace(start, pair):
    result = SubspaceAlignment(start, width=4, steps=5).fit(pair, seed=1)
    of_target = extract_features(result.backbone, pair.target.x_train)
    into = result.head.get_layer("into_subspace")
    seen = of_target @ np.asarray(into.kernel) + np.asarray(into.bias)
    np.testing.assert_allclose(seen.mean(axis=0), 0, atol=1e-4)
    assert result.n_trained == 4 * 3 + 3


def test_importance_weights_prefer_the_source_that_looks_like_the_target(pair, start):
    """Half of the source is the target's own images: it is what should count."""
    source, target = pair.source, pair.target
    mixed = replace(
        source,
        x_train=np.concatenate([source.x_train, target.x_train]),
        labels_train=np.concatenate([source.labels_train, target.labels_train]),
    )
    result = ImportanceWeighting(start, epochs=1).fit(DomainPair(mixed, target), seed=0)
    (n_effective,) = result.history["n_effective"]
    assert 1 < n_effective < 90


def test_the_surest_of_every_class_are_chosen():
    probs = np.array([[0.9, 0.1], [0.6, 0.4], [0.7, 0.3], [0.2, 0.8], [0.45, 0.55], [0.8, 0.2]])
    assert surest(probs, 0.5).tolist() == [0, 3, 5]
    assert surest(probs, 0.01).tolist() == [0, 3]
    assert surest(probs, 1.0).tolist() == list(range(6))


def test_each_round_takes_more(start, pair):
    history = PseudoLabels(start, rounds=3, epochs=1, batch_size=16).fit(pair).history
    assert history["n_pseudo"][-1] == len(pair.target.x_train)
    assert history["n_pseudo"] == sorted(history["n_pseudo"])
    assert history["n_pseudo"][0] < 20


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: CORAL(shrinkage=0), "`shrinkage` must be a number > 0; got 0"),
        (lambda: SubspaceAlignment(width=0), "`width` must be a whole number, at least 1; got 0"),
        (lambda: PseudoLabels(rounds=1.5), "`rounds` must be a whole number, .*; got 1.5"),
        (
            lambda: AdaBN("small_cnn"),
            "`start` must be a strategy, such as .*; got str",
        ),
    ],
)
def test_settings_that_cannot_be(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_data_that_cannot_be(pair, start):
    with pytest.raises(ValueError, match="`data` must be a DomainPair with the same classes"):
        AdaBN(start).fit(pair.target)
    with pytest.raises(ValueError, match="`eval_test` is not for AdaBN"):
        AdaBN(start).fit(pair, eval_test=True)
    with pytest.raises(NotImplementedError, match="SourceTrained must say what it changes"):
        SourceTrained(start).fit(pair)
