"""Self-training on the most confident target predictions."""

import numpy as np
from scipy.special import softmax

from tlcourse.arguments import check_count
from tlcourse.models import copy_of, join, thaw
from tlcourse.strategies.adaptation.source_trained import SourceTrained
from tlcourse.training import predict, train


class PseudoLabels(SourceTrained):
    """Continue training on the source and on the most confident target predictions, in rounds.

    Each round labels the target anew and takes the surest share of every predicted class, more
    each round: so no class is crowded out by an easier one.

    Args:
        start: as in `SourceTrained`.
        rounds: int; after round r of R the share r / R of each predicted class is used.
        **settings: those of `Trainable`, of each round; by default 2 epochs, over source and chosen
            images, of batches of 64 at 0.001.

    Reference:
        Lee, "Pseudo-Label: The Simple and Efficient Semi-Supervised Learning Method for Deep
        Neural Networks", ICML Workshop 2013; by class and in rounds, Zou, Yu, Kumar & Wang, "CBST",
        ECCV 2018.
    """

    DEFAULTS = {"learning_rate": 1e-3, "epochs": 2, "batch_size": 64}  # noqa: RUF012

    def __init__(self, start=None, *, rounds=4, **settings):
        super().__init__(start, **settings)
        check_count(rounds, "rounds")
        self.rounds = rounds

    def _adapt(self, start, source, x_target, seed):
        backbone, head = thaw(copy_of(start.backbone)), thaw(copy_of(start.head))
        model = join(backbone, head)
        history = {"round": [], "loss": [], "n_pseudo": []}
        for number in range(1, self.rounds + 1):
            probs = softmax(predict(model, x_target).astype("float64"), axis=1)
            chosen = surest(probs, number / self.rounds)
            # The target as often as the source, however few images it has.
            repeats = max(1, round(len(source.x_train) / len(chosen)))
            done = train(
                model,
                np.concatenate([source.x_train, *[x_target[chosen]] * repeats]),
                np.concatenate([source.labels_train, *[probs[chosen].argmax(axis=1)] * repeats]),
                self.training,
                seed=seed + number,
            )
            history["round"].append(number)
            history["loss"].append(done["loss"][-1])
            history["n_pseudo"].append(len(chosen))
        return {"backbone": backbone, "head": head, "history": history}


def surest(probs, share):
    """Choose the surest predictions of each class.

    Args:
        probs: float array (n, n_classes).
        share: float in (0, 1], of the examples predicted as each class; at least one of each.

    Returns:
        Int array of indices, sorted.
    """
    predicted, confidence = probs.argmax(axis=1), probs.max(axis=1)
    chosen = []
    for label in np.unique(predicted):
        members = np.flatnonzero(predicted == label)
        n = max(1, round(share * len(members)))
        chosen.append(members[np.argsort(-confidence[members], kind="stable")[:n]])
    return np.sort(np.concatenate(chosen))
