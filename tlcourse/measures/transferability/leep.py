"""LEEP: how well predicted source classes predict target labels."""

import numpy as np

from tlcourse.arguments import verb
from tlcourse.measures.arrays import check_classes, check_probs


@verb
def leep(source_probs, labels):
    """Log expected empirical prediction: a transferability score that trains nothing.

    P(y, z) = mean over i of [label_i = y] · θ(x_i)_z  and  P(y | z) = P(y, z) / P(z)
    LEEP = mean over i of log Σ_z P(label_i | z) · θ(x_i)_z
    θ(x)_z is the source model's probability of source class z. The score is the log-likelihood of a
    classifier that first draws a source class from θ(x), then a label from P(y | z): one forward
    pass over the target data ranks source models. It needs the source head, so it does not apply to
    a backbone trained without labels.

    Args:
        source_probs: float array (n, n_source_classes), the source model's probabilities on
            target examples; each row sums to 1.
        labels: int array (n,), target labels from 0.

    Returns:
        Float <= 0, nats per example; higher is better. At least −H(labels), the score of a model
        that predicts the same for every example.

    Raises:
        ValueError: if rows are not probabilities, labels are not one per example, or there is only
            one class.

    Example:
        >>> blind = np.full((4, 3), 1 / 3)
        >>> round(float(leep(blind, [0, 0, 1, 1])), 4)  # −log 2
        -0.6931

    Reference:
        Nguyen, Hassner, Seeger & Archambeau, "LEEP: A New Measure to Evaluate Transferability of
        Learned Representations", ICML 2020.
    """
    probs = check_probs(source_probs, "source_probs")
    classes, n_classes = check_classes(labels, len(probs), "labels", "source_probs")
    joint = np.eye(n_classes)[classes].T @ probs / len(probs)
    joint = joint[:, joint.sum(axis=0) > 0]  # drop source classes that are never predicted
    said = probs[:, probs.sum(axis=0) > 0]
    label_given_source = joint / joint.sum(axis=0)
    return float(np.mean(np.log((said * label_given_source[classes]).sum(axis=1))))
