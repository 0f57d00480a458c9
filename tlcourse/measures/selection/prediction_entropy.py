"""Label-free validation by confident, varied predictions."""

from tlcourse.arguments import verb
from tlcourse.measures.arrays import check_probs


@verb
def entropy_score(target_probs):
    """Negative mean entropy of the predictions on target examples.

    score = −mean over i of H(p_i),  H(p) = −Σ_c p_c log p_c
    Confident predictions score high: decision boundaries then pass where examples are rare. A
    model that predicts one class everywhere, or is overconfident, scores as high as a good one.

    Args:
        target_probs: float array (n, n_classes), each row sums to 1.

    Returns:
        Float in [−log n_classes, 0], nats; higher is better.

    Raises:
        ValueError: if rows are not probabilities.

    Example:
        >>> round(entropy_score([[0.5, 0.5], [1.0, 0.0]]), 4)  # −½ log 2
        -0.3466

    Reference:
        Morerio, Cavazza & Murino, "Minimal-Entropy Correlation Alignment for Unsupervised Deep
        Domain Adaptation", ICLR 2018.
    """
    entropy = _entropy(check_probs(target_probs, "target_probs")).mean()
    return float(0.0 - entropy)  # not −0.0


@verb
def information_maximisation_score(target_probs):
    """Mutual information between examples and their predicted classes.

    score = H(mean over i of p_i) − mean over i of H(p_i)
    The second term rewards confident predictions, the first the use of all classes: predicting one
    class everywhere scores 0, the minimum. It favours balanced predictions, so it misleads when the
    target's classes are far from balanced.

    Args:
        target_probs: float array (n, n_classes), each row sums to 1.

    Returns:
        Float in [0, log n_classes], nats; higher is better.

    Raises:
        ValueError: if rows are not probabilities.

    Example:
        >>> round(information_maximisation_score([[1.0, 0.0], [0.0, 1.0]]), 4)  # log 2
        0.6931
        >>> information_maximisation_score([[1.0, 0.0], [1.0, 0.0]])
        0.0

    Reference:
        Shi & Sha, "Information-Theoretical Learning of Discriminative Clusters for Unsupervised
        Domain Adaptation", ICML 2012; for model selection: Musgrave, Belongie & Lim, "Unsupervised
        Domain Adaptation: A Reality Check", 2021.
    """
    probs = check_probs(target_probs, "target_probs")
    information = _entropy(probs.mean(axis=0)) - _entropy(probs).mean()
    return float(max(information, 0.0))  # rounding may go below 0


def _entropy(probs):
    from scipy.special import entr

    return entr(probs).sum(axis=-1)
