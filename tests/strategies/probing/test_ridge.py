"""Ridge in closed form, against scikit-learn and against leaving out one by one."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from tlcourse.strategies import ridge_probe
from tlcourse.strategies.probing.ridge import PENALTIES


@pytest.fixture
def data(rng):
    x = rng.normal(size=(60, 8)) * rng.uniform(0.5, 3, 8) + rng.normal(size=8)
    return x, x @ rng.normal(size=(8, 2)) + 0.3 * rng.normal(size=(60, 2)) + 5


def standardised(x):
    spread = x.std(axis=0)
    return (x - x.mean(axis=0)) / np.maximum(spread, np.sqrt(np.mean(spread**2)))


@pytest.mark.parametrize("penalty", [0.01, 1.0, 100.0])
def test_numbers_are_scikit_learns(data, penalty):
    x, y = data
    found = ridge_probe(x, y, penalty=penalty)
    reference = Ridge(alpha=len(x) * penalty).fit(standardised(x), y)
    np.testing.assert_allclose(found.predict(x), reference.predict(standardised(x)), rtol=1e-8)
    assert found.score(x, y) == pytest.approx(
        1 - np.square(y - found.predict(x)).sum() / np.square(y - y.mean(0)).sum()
    )
    assert ridge_probe(x, y[:, 0], penalty=penalty).predict(x).shape == (60, 1)


def test_more_features_than_examples(rng):
    x, y = rng.normal(size=(12, 40)), rng.normal(size=12)
    found = ridge_probe(x, y, penalty=0.5)
    reference = Ridge(alpha=6.0).fit(standardised(x), y)
    np.testing.assert_allclose(
        found.predict(x)[:, 0], reference.predict(standardised(x)), rtol=1e-8
    )


def test_the_penalty_is_that_of_the_least_leave_one_out_error(rng):
    x = standardised(rng.normal(size=(25, 10)))
    y = x[:, :2].sum(axis=1) + 2 * rng.normal(size=25)

    def left_out(penalty):
        errors = []
        for i in range(25):
            kept = np.arange(25) != i
            # As in the formula: scaled as before, the mean taken anew, λ·n as it was.
            fit = Ridge(alpha=25 * penalty).fit(x[kept], y[kept])
            errors.append((fit.predict(x[i : i + 1])[0] - y[i]) ** 2)
        return np.mean(errors)

    assert ridge_probe(x, y).penalty == min(PENALTIES, key=left_out)


def test_classes(rng):
    labels = np.arange(90) % 3
    x = rng.normal(size=(90, 5)) + 2 * rng.normal(size=(3, 5))[labels]
    found = ridge_probe(x, labels)
    assert found.n_classes == 3
    assert found.score(x, labels) == np.mean(found.predict(x) == labels) > 0.8


def test_balanced_weights_raise_the_rare_class(rng):
    labels = (np.arange(400) % 20 == 0).astype(int)
    x = rng.normal(size=(400, 3)) + 0.8 * labels[:, None]
    recall = [
        np.mean(ridge_probe(x, labels, class_weight=weight).predict(x)[labels == 1])
        for weight in (None, "balanced")
    ]
    assert recall[1] > recall[0] + 0.3
    twice = np.concatenate([x, *[x[labels == 1]] * 18])
    longer = np.concatenate([labels, *[labels[labels == 1]] * 18])
    by_copies = ridge_probe(twice, longer, penalty=1.0).predict(x)
    by_weight = ridge_probe(x, labels, penalty=1.0, class_weight="balanced").predict(x)
    assert np.mean(by_copies == by_weight) > 0.98


def test_what_hardly_varies_is_not_blown_up(rng):
    labels = np.arange(60) % 2
    x = rng.normal(size=(60, 6)) + labels[:, None]
    dust = np.concatenate([x, 1e-9 * rng.normal(size=(60, 500)), np.zeros((60, 3))], axis=1)
    plain, dusty = ridge_probe(x, labels, penalty=0.1), ridge_probe(dust, labels, penalty=0.1)
    np.testing.assert_array_equal(plain.predict(x), dusty.predict(dust))
    assert np.isfinite(dusty.weights).all()


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda x: ridge_probe(x[0], [0]), "`features` must have shape"),
        (lambda x: ridge_probe(x * np.nan, np.arange(9) % 2), "must be finite"),
        (lambda x: ridge_probe(x, np.arange(8) % 2), "`targets`"),
        (lambda x: ridge_probe(x, ["a"] * 9), "`targets` must be class numbers"),
        (lambda x: ridge_probe(x, np.full(9, np.nan)), "`targets` must be class numbers"),
        (lambda x: ridge_probe(x, np.arange(9) % 2, penalty=0), "`penalty` must be"),
        (lambda x: ridge_probe(x, np.arange(9) / 2, class_weight="balanced"), "for classes only"),
        (lambda x: ridge_probe(x, np.arange(9) % 2, class_weight="even"), "None or 'balanced'"),
    ],
)
def test_what_cannot_be_probed(rng, call, said):
    with pytest.raises(ValueError, match=said):
        call(rng.normal(size=(9, 4)))


def test_components_of_noise_do_not_drown_the_others(rng):
    labels = np.arange(120) % 3
    x = rng.normal(size=(120, 4)) + 3 * rng.normal(size=(3, 4))[labels]
    noise = 0.05 * rng.normal(size=(120, 80))
    alone = ridge_probe(x[:60], labels[:60]).score(x[60:], labels[60:])
    rows = np.concatenate([x, noise], axis=1)
    assert ridge_probe(rows[:60], labels[:60]).score(rows[60:], labels[60:]) > alone - 0.05
