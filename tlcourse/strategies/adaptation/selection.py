"""Checkpoint selection without target labels: last, label-free and oracle."""

import numpy as np
from scipy.special import softmax

from tlcourse.arguments import check_choice, verb
from tlcourse.errors import BadArgument
from tlcourse.measures import (
    entropy_score,
    information_maximisation_score,
    soft_neighbourhood_density,
)

LABEL_FREE = {
    "entropy": entropy_score,
    "information_maximisation": information_maximisation_score,
    "neighbourhood_density": soft_neighbourhood_density,
}


def label_free_scores(logits):
    """Score predictions on unlabelled target images; higher is better for each score.

    Args:
        logits: float array (n, n_classes).

    Returns:
        Dict of float, one for each name in `LABEL_FREE`.
    """
    probs = softmax(np.asarray(logits, dtype="float64"), axis=1)
    return {name: float(score(probs)) for name, score in LABEL_FREE.items()}


@verb
def selected_accuracies(result, *, score="information_maximisation"):
    """Compare three ways to select weights in one training.

    Args:
        result: `TransferResult` of an adaptation that was fitted with `eval_test=True` and
            several `n_evals`.
        score: name of the label-free score, one of `LABEL_FREE`.

    Returns:
        Dict of target test accuracies: "source-validated", "label-free" and "oracle", the last
        of which needs the target's test labels and so is a bound.

    Raises:
        ValueError: if the history does not hold what is needed, or the score is unknown.

    Reference:
        Musgrave, Belongie & Lim, "Unsupervised Domain Adaptation: A Reality Check", 2021.
    """
    check_choice(score, "score", tuple(LABEL_FREE))
    if "oracle" not in result.history:
        raise BadArgument("`result` must be of an adaptation fitted with `eval_test=True`.")
    oracle = result.history["oracle"]
    return {
        "source-validated": oracle[int(np.argmax(result.history["source_validation"]))],
        "label-free": oracle[int(np.argmax(result.history[score]))],
        "oracle": max(oracle),
    }
