"""Label-free validation by importance-weighted source losses."""

import numpy as np

from tlcourse.arguments import check_seed, verb
from tlcourse.errors import BadArgument
from tlcourse.measures.arrays import check_values
from tlcourse.measures.selection.linear_classifier import fit_linear
from tlcourse.measures.selection.proxy_a_distance import check_two_domains

_FOLDS = 4
_GREATEST = 50.0


@verb
def density_ratio(source_features, target_features, *, seed=0):
    """Importance weights of source examples, from a classifier of the domain.

    w(x) = p_target(x) / p_source(x) = (p(target | x) / p(source | x)) · n_source / n_target
    With these weights a mean over source examples estimates a mean over the target, provided the
    source has examples wherever the target has.

    The classifier is a logistic regression on standardised features, so log w is linear in x. Each
    example is weighted by a classifier trained without it (4 folds), since a classifier is
    overconfident about the domain of its training examples. Weights are clipped at 50, which adds
    some bias and keeps single examples from dominating.

    Args:
        source_features: float array (n_source, d), n_source >= 4, held-out source examples.
        target_features: float array (n_target, d), n_target >= 4.
        seed: int, seed of the folds.

    Returns:
        float64 array (n_source,), in [0, 50]; the mean is near 1 when the domains overlap.

    Raises:
        ValueError: if shapes are wrong, widths differ, a feature is not finite, there are fewer
            than 4 rows, or the seed is invalid.

    Example:
        >>> source = np.linspace(-2, 2, 101)[:, None]
        >>> weights = density_ratio(source, source + 0.5)
        >>> bool(weights[-1] > 1 > weights[0])
        True

    Reference:
        Bickel, Brückner & Scheffer, "Discriminative Learning for Differing Training and Test
        Distributions", ICML 2007; as used by You et al., ICML 2019.
    """
    source, target = check_two_domains(source_features, target_features)
    rng = np.random.default_rng(check_seed(seed))
    fold_source = rng.permutation(len(source)) % _FOLDS
    fold_target = rng.permutation(len(target)) % _FOLDS
    log_weights = np.empty(len(source))
    for fold in range(_FOLDS):
        held_out = fold_source == fold
        x_source, x_target = source[~held_out], target[fold_target != fold]
        is_target = np.repeat([0, 1], [len(x_source), len(x_target)])
        classifier = fit_linear(np.concatenate([x_source, x_target]), is_target)
        log_odds = classifier.decision_function(source[held_out])
        log_weights[held_out] = log_odds + np.log(len(x_source) / len(x_target))
    return np.exp(np.minimum(log_weights, np.log(_GREATEST)))


@verb
def importance_weighted_score(source_losses, sample_weight):
    """Importance-weighted validation: an estimate of the negative target risk.

    score = −mean over i of w_i · loss_i
    Unbiased if p(y | x) is the same in both domains (covariate shift) and the weights are the true
    density ratio; its variance grows with that of the weights.

    Args:
        source_losses: floats (n,), loss of each held-out source example, such as 0 for correct and
            1 for wrong, or cross-entropy.
        sample_weight: floats >= 0 (n,), from `density_ratio` on the same examples.

    Returns:
        Float; higher is better.

    Raises:
        ValueError: if the shapes differ or are not flat, a number is not finite, a weight is
            negative, or all weights are 0.

    Example:
        >>> importance_weighted_score([0.0, 1.0, 1.0], [2.0, 0.5, 0.5])  # −(0.5 + 0.5) / 3
        -0.3333333333333333

    Reference:
        Sugiyama, Krauledat & Müller, "Covariate Shift Adaptation by Importance Weighted Cross
        Validation", JMLR 2007.
    """
    losses, weights = _check(source_losses, sample_weight, least=1)
    return float(0.0 - np.mean(weights * losses))  # not −0.0


@verb
def deep_embedded_score(source_losses, sample_weight):
    """Deep embedded validation: the importance-weighted score with less variance.

    score = −(mean(w L) + η · mean(w) − η),  η = −Cov(w L, w) / Var(w)
    True weights have mean 1, so η (mean(w) − 1) adds nothing on average; η cancels as much of the
    variance of mean(w L) as a multiple of w can. The paper computes the weights from the features
    of the model under evaluation: `density_ratio` on those features.

    η is estimated on the same examples, so a small bias remains. The score relies on the mean of
    the weights being near 1: check it.

    Args:
        source_losses: floats (n,), n >= 2, loss of each held-out source example.
        sample_weight: floats >= 0 (n,), from `density_ratio` on the same examples. If they are
            all equal, η is 0.

    Returns:
        Float; higher is better.

    Raises:
        ValueError: if the shapes differ or are not flat, a number is not finite, a weight is
            negative, or all weights are 0.

    Example:
        >>> losses, weights = [1.0, 1.0, 1.0], [0.5, 1.0, 3.0]
        >>> importance_weighted_score(losses, weights), deep_embedded_score(losses, weights)
        (-1.5, -1.0)

    Reference:
        You, Wang, Long & Jordan, "Towards Accurate Model Selection in Deep Unsupervised Domain
        Adaptation", ICML 2019.
    """
    losses, weights = _check(source_losses, sample_weight, least=2)
    weighted = weights * losses
    deviation = weights - weights.mean()
    variance = np.mean(deviation**2)
    if variance <= 1e-24 * np.mean(weights) ** 2:  # the weights are all equal
        return float(0.0 - weighted.mean())
    eta = -np.mean((weighted - weighted.mean()) * deviation) / variance
    return float(eta - weighted.mean() - eta * weights.mean())


def _check(source_losses, sample_weight, *, least):
    losses = check_values(source_losses, "source_losses", least=least)
    weights = check_values(sample_weight, "sample_weight", least=least, n=losses.size)
    if weights.min() < 0 or weights.max() == 0:
        raise BadArgument(
            f"`sample_weight` must be 0 or more, and not all 0; they lie in "
            f"{weights.min():.4g} to {weights.max():.4g}."
        )
    return losses, weights
