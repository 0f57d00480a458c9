"""Self-training: few labels of the target, and then the model's own surest answers."""

import time
from dataclasses import replace

import numpy as np
from scipy.special import softmax

from tlcourse.arguments import check_count, check_number, check_seed
from tlcourse.domains import Domain, DomainPair
from tlcourse.errors import BadArgument
from tlcourse.strategies.adaptation import surest
from tlcourse.strategies.strategy import Strategy, check_is_strategy
from tlcourse.training import predict


class SelfTraining(Strategy):
    """Fit a strategy on few labels, label the other images by it, and fit it anew on both.

    Each round labels the images anew. From each predicted class the surest share is taken, more
    each round, so that no class is crowded out by an easier one; with `threshold` only those that
    are surer than that. A wrong answer that is sure is learned as if it were right (confirmation
    bias): `eval_test=True` shows how many there were.

    Args:
        strategy: any `Strategy` that takes labels of the target, such as `LinearProbe(backbone)`.
        rounds: int; in round r of R the share r / R of `share` is used.
        share: float in (0, 1], of each predicted class, in the last round.
        threshold: float in (0, 1), the least probability of an answer that is used; None takes all
            of the share.

    Reference:
        Lee, "Pseudo-Label: The Simple and Efficient Semi-Supervised Learning Method for Deep
        Neural Networks", ICML Workshop 2013; the threshold, Sohn et al., "FixMatch", NeurIPS 2020.
    """

    def __init__(self, strategy, *, rounds=1, share=0.5, threshold=None):
        super().__init__()
        check_is_strategy(strategy, "strategy")
        if not isinstance(strategy, Strategy):
            raise BadArgument(
                f"`strategy` must take labels of the target; {type(strategy).__name__} does not."
            )
        check_count(rounds, "rounds")
        check_number(share, "share", above=0, at_most=1)
        if threshold is not None:
            check_number(threshold, "threshold", above=0, below=1)
        self.strategy = strategy
        self.rounds = rounds
        self.share = share
        self.threshold = threshold

    def fit(self, data, *, shots=None, seed=0, eval_test=False):
        """Train in rounds and measure on test sets.

        Args:
            data: a `DomainPair`, or the target `Domain` alone.
            shots: labelled target examples per class; the other training images are labelled by the
                model. None takes all labels, and there is nothing left to be labelled.
            seed: int, of the shots and of each round's training.
            eval_test: write down after each round the accuracy on the test set, and which share of
                the model's labels was right. Nothing is chosen by it.

        Returns:
            `TransferResult` of the last round. Its history has a line for each round, the first
            without labels of the model's own: "round", "n_pseudo", and with `eval_test` "accuracy"
            and "pseudo_accuracy".

        Raises:
            ValueError: as the strategy's `fit`.
        """
        begin, seed = time.perf_counter(), check_seed(seed)
        target = data.target if isinstance(data, DomainPair) else data
        if not isinstance(target, Domain):
            raise BadArgument(
                f"`data` must be a Domain or a DomainPair; got {type(data).__name__}."
            )
        if shots is None:
            labelled = np.arange(len(target.x_train))
        else:
            labelled = target.shot_positions(shots, seed)
        others = np.setdiff1d(np.arange(len(target.x_train)), labelled)
        x, labels = target.x_train[labelled], target.labels_train[labelled]
        result = self._round(data, target, x, labels, seed)
        history = {"round": [], "n_pseudo": []}
        _note(history, result, 0, np.empty(0, bool), eval_test)
        for number in range(1, self.rounds + 1) if len(others) else ():
            chosen, answers = self._chosen(result.model, target.x_train[others], number)
            own = others[chosen]
            result = self._round(
                data,
                target,
                np.concatenate([x, target.x_train[own]]),
                np.concatenate([labels, answers]),
                seed,
            )
            _note(history, result, number, answers == target.labels_train[own], eval_test)
        return replace(
            result,
            strategy=type(self).__name__,
            history=history,
            n_labels=len(labels),
            seconds=time.perf_counter() - begin,
        )

    def _round(self, data, target, x, labels, seed):
        taught = replace(
            target, x_train=x, labels_train=labels, groups_train=None, groups_test=None
        )
        data = DomainPair(data.source, taught) if isinstance(data, DomainPair) else taught
        return self.strategy.fit(data, seed=seed)

    def _chosen(self, model, x, number):
        """Return positions of the images that are used in a round, and the model's answers."""
        probs = softmax(predict(model, x).astype("float64"), axis=1)
        chosen = surest(probs, self.share * number / self.rounds)
        if self.threshold is not None:
            chosen = chosen[probs[chosen].max(axis=1) >= self.threshold]
        return chosen, probs[chosen].argmax(axis=1).astype("int32")


def _note(history, result, number, right, eval_test):
    line = {"round": number, "n_pseudo": len(right)}
    if eval_test:
        line["accuracy"] = result.target_accuracy
        line["pseudo_accuracy"] = float(right.mean()) if len(right) else float("nan")
    for name, value in line.items():
        history.setdefault(name, []).append(value)
