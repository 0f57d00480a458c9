"""Proxy A-distance: how easily a classifier tells two domains apart."""

import numpy as np

from tlcourse.arguments import check_choice, check_seed, check_several, verb
from tlcourse.measures.arrays import check_features, check_same_width
from tlcourse.measures.interval import interval
from tlcourse.measures.selection.linear_classifier import fit_linear, linear_error

CLASSIFIERS = ("linear", "boosted trees")
_LEAST = 4  # rows per domain: two to train on, two to test on


@verb
def proxy_a_distance(source_features, target_features, *, classifier="linear", seeds=range(5)):
    """Proxy A-distance between two domains, over several random splits.

    d = 2 · (1 − 2 ε), clipped to [0, 2], where ε is the test error of a classifier of the domain.
    0: no better than chance; 2: never wrong. Transfer without target labels needs a small distance,
    but that is not sufficient: constant features have distance 0 as well.

    With hundreds of features it saturates: a linear classifier nearly always finds the domain, the
    distance is near 2 whatever has been done to align them, and it orders no methods. With two or
    three features a linear classifier is blind, and says 0 of domains that a curve would tell
    apart: ask `classifier="boosted trees"` as well. `domain_error` gives the error that it is made
    of.

    The linear classifier is a logistic regression on standardised features. The larger domain is
    randomly subsampled to the size of the smaller one; half of each domain trains, the other half
    tests.
    Clipping lifts the mean slightly above 0 when the domains are the same. The paper trains a
    classifier with Huber loss; later work calls it proxy A-distance with any classifier.

    Args:
        source_features: float array (n_source, d), n_source >= 4.
        target_features: float array (n_target, d), n_target >= 4.
        classifier: "linear", or "boosted trees" (scikit-learn's histogram gradient boosting), which
            finds what no line separates.
        seeds: at least 2 ints; each draws its own halves.

    Returns:
        `Interval` of the mean over seeds. The splits share their examples, so it shows the effect
        of the split, not that of other examples.

    Raises:
        ValueError: if shapes are wrong, widths differ, a feature is not finite, there are fewer
            than 4 rows, or fewer than 2 seeds.

    Example:
        >>> source = np.random.default_rng(0).normal(size=(40, 3))
        >>> print(proxy_a_distance(source, source + 100))
        2.000 ± 0.000

    Reference:
        Ben-David, Blitzer, Crammer & Pereira, "Analysis of Representations for Domain
        Adaptation", NIPS 2006; Ben-David et al., "A Theory of Learning from Different Domains",
        Machine Learning 2010.
    """
    errors = _errors(source_features, target_features, classifier, seeds)
    return interval(np.clip(2 * (1 - 2 * errors), 0, 2))


@verb
def domain_error(source_features, target_features, *, classifier="linear", seeds=range(5)):
    """Error of a fresh classifier that tells two domains apart, on held-out halves.

    0.5: no better than chance; 0: never wrong. It is what `proxy_a_distance` is computed from, and
    reads the same at any number of features.

    Args:
        source_features: as in `proxy_a_distance`.
        target_features: as in `proxy_a_distance`.
        classifier: as in `proxy_a_distance`.
        seeds: as in `proxy_a_distance`.

    Returns:
        `Interval` of the mean over seeds, in [0, 1].

    Raises:
        ValueError: as `proxy_a_distance`.

    Example:
        >>> source = np.random.default_rng(0).normal(size=(40, 3))
        >>> print(domain_error(source, source + 100))
        0.000 ± 0.000
    """
    return interval(_errors(source_features, target_features, classifier, seeds))


def _errors(source_features, target_features, classifier, seeds):
    source, target = check_two_domains(source_features, target_features)
    check_choice(classifier, "classifier", CLASSIFIERS)
    seeds = check_several(seeds, "seeds", of="whole numbers", at_least=2)
    return np.array(
        [
            split_error(
                source, target, np.random.default_rng(check_seed(seed)), classifier=classifier
            )
            for seed in seeds
        ]
    )


def check_two_domains(source_features, target_features):
    """Check the features of two domains.

    Args:
        source_features: array-like (n, d).
        target_features: array-like (m, d).

    Returns:
        Pair of float64 arrays (n_source, d), (n_target, d).

    Raises:
        ValueError: for wrong shapes, different widths, fewer than 4 rows, NaN or infinity.
    """
    source = check_features(source_features, "source_features", least=_LEAST)
    target = check_features(target_features, "target_features", least=_LEAST)
    check_same_width(target, source, "target_features", "source_features")
    return source, target


def split_error(source, target, rng, *, classifier="linear"):
    """Held-out error of a classifier of the domain, for one random split into halves.

    Args:
        source: float64 array (n_source, d).
        target: float64 array (n_target, d).
        rng: numpy generator.
        classifier: one of `CLASSIFIERS`.

    Returns:
        Float in [0, 1].
    """
    half = min(len(source), len(target)) // 2
    x = [domain[rng.permutation(len(domain))[: 2 * half]] for domain in (source, target)]
    is_target = np.repeat([0, 1], half)
    train, test = (np.concatenate([rows[part] for rows in x]) for part in _halves(half))
    if classifier == "linear":
        return linear_error(fit_linear(train, is_target), test, is_target)
    from sklearn.ensemble import HistGradientBoostingClassifier

    trees = HistGradientBoostingClassifier(max_iter=50, random_state=0).fit(train, is_target)
    return float(np.mean(trees.predict(test) != is_target))


def _halves(half):
    return slice(half), slice(half, None)
