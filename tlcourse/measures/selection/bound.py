"""The target-error bound of domain adaptation, term by term."""

from dataclasses import dataclass

import numpy as np

from tlcourse.arguments import check_seed, verb
from tlcourse.errors import BadArgument
from tlcourse.measures.arrays import check_classes
from tlcourse.measures.selection.linear_classifier import fit_linear, linear_error
from tlcourse.measures.selection.proxy_a_distance import check_two_domains, split_error


@dataclass(frozen=True)
class TargetErrorBound:
    """Estimates of the terms of ε_T(h) <= ε_S(h) + ½ d(S, T) + λ*.

    Attributes:
        source_error: float, ε_S: the source classifier's error on held-out source examples.
        divergence: float in [0, 1], ½ d: half the proxy A-distance.
        joint_error: float in [0, 2], λ*: source plus target error of one classifier for both.
        bound: float, the sum of the three; vacuous above 1.
        target_error: float, ε_T: the source classifier's error on held-out target examples.
    """

    source_error: float
    divergence: float
    joint_error: float
    bound: float
    target_error: float


@verb
def target_error_bound(source_features, source_labels, target_features, target_labels, *, seed=0):
    """Estimate the terms of the target-error bound with linear classifiers.

    ε_T(h) <= ε_S(h) + ½ d_HΔH(S, T) + λ*,  λ* = min over h of ε_S(h) + ε_T(h)
    A small target error needs all three: a classifier that is good on the source, domains that
    look alike, and one classifier that could serve both. Adaptation reduces the second term and
    can increase the third: aligning the wrong classes lowers d but raises λ*, and λ* cannot be
    measured without target labels.

    Every term here is an estimate, measured on held-out halves of the examples (each class is
    halved). ½ d is half of one split's proxy A-distance: it searches linear classifiers, not the
    theorem's pairs of classifiers HΔH, and the best one for its logistic loss only. λ* is the
    error sum of one classifier trained on both domains, weighted equally whatever their sizes; the
    smallest possible sum is no greater. The theorem is for two classes and has a term for the
    sample size, omitted here. So the sum shows which term is large; it is loose, often above 1,
    and no guarantee: with few examples it may fall below the measured error.

    Args:
        source_features: float array (n_source, d).
        source_labels: int array (n_source,), from 0, at least 2 examples of each class.
        target_features: float array (n_target, d).
        target_labels: int array (n_target,), classes that also occur in the source, at least 2 of
            them and at least 2 examples of each. They are used to measure, so this is for study,
            not for selecting a model without target labels.
        seed: int, seed of the split into halves.

    Returns:
        `TargetErrorBound`.

    Raises:
        ValueError: if shapes or labels are wrong, a domain has only one class or fewer than 2
            examples of a class, or the target has a class that the source lacks.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> labels = np.repeat([0, 1], 50)
        >>> source = rng.normal(size=(100, 2)) + 20 * labels[:, None]
        >>> found = target_error_bound(source, labels, source + 100, labels)
        >>> found.source_error, found.divergence, found.target_error
        (0.0, 1.0, 0.5)

    Reference:
        Ben-David et al., "A Theory of Learning from Different Domains", Machine Learning 2010,
        Theorem 2.
    """
    source, target = check_two_domains(source_features, target_features)
    labels_source = _check_pairs(source_labels, len(source), "source")
    labels_target = _check_pairs(target_labels, len(target), "target")
    unknown = np.setdiff1d(labels_target, labels_source)
    if unknown.size:
        raise BadArgument(
            f"`target_labels` must be classes that `source_labels` has; {unknown[0]} is not."
        )
    rng = np.random.default_rng(check_seed(seed))
    train_source, test_source = _halves(labels_source, rng)
    train_target, test_target = _halves(labels_target, rng)
    held_out_source = source[test_source], labels_source[test_source]
    held_out_target = target[test_target], labels_target[test_target]

    of_source = fit_linear(source[train_source], labels_source[train_source])
    of_both = fit_linear(
        np.concatenate([source[train_source], target[train_target]]),
        np.concatenate([labels_source[train_source], labels_target[train_target]]),
        sample_weight=_same_for_both(len(train_source), len(train_target)),
    )
    source_error = linear_error(of_source, *held_out_source)
    divergence = float(np.clip(1 - 2 * split_error(source, target, rng), 0, 1))
    joint_error = linear_error(of_both, *held_out_source) + linear_error(of_both, *held_out_target)
    return TargetErrorBound(
        source_error=source_error,
        divergence=divergence,
        joint_error=joint_error,
        bound=source_error + divergence + joint_error,
        target_error=linear_error(of_source, *held_out_target),
    )


def _check_pairs(labels, n_examples, domain):
    name = f"{domain}_labels"
    classes, _ = check_classes(labels, n_examples, name, f"{domain}_features")
    rarest = np.bincount(classes).argmin()
    if np.bincount(classes)[rarest] < 2:
        raise BadArgument(
            f"`{name}` must hold at least 2 examples of each class, one to train and one to test; "
            f"class {np.unique(labels)[rarest]} has 1."
        )
    return np.asarray(labels)


def _halves(labels, rng):
    """Return two arrays of row numbers, halving each class at random."""
    order = rng.permutation(len(labels))
    by_class = order[np.argsort(labels[order], kind="stable")]
    return by_class[::2], by_class[1::2]


def _same_for_both(n_source, n_target):
    mean = (n_source + n_target) / 2
    return np.repeat([mean / n_source, mean / n_target], [n_source, n_target])
