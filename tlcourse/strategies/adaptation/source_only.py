"""Source-only baseline: train on the source, test on the target."""

from tlcourse.domains import check_same_classes
from tlcourse.strategies.from_scratch import FromScratch


class SourceOnly(FromScratch):
    """Train on all source labels and no target label: the lower bound of adaptation.

    Its backbone and head are also what the other strategies begin with: this is the pretraining.

    Args:
        backbone: name of the architecture, see `tlcourse.backbones.load_backbone`.
        **settings: those of `FromScratch`; by default 4 epochs in batches of 64.
    """

    DEFAULTS = {"learning_rate": 3e-3, "epochs": 4, "batch_size": 64}  # noqa: RUF012

    def fit(self, data, *, shots=None, seed=0, eval_test=False):
        """Train on the source of a pair and measure on both test sets.

        Args:
            data: a `DomainPair` whose domains have the same classes.
            shots: changes nothing, since no label of the target is used; it is taken so that this
                strategy can stand in a table beside the others.
            seed: int, of the new weights, the order of examples and dropout.
            eval_test: as in `Strategy.fit`.

        Returns:
            `TransferResult`, `n_labels` 0: no label of the target was used.

        Raises:
            ValueError: if `data` is not a pair, or the classes differ.
        """
        check_same_classes(data)
        return super().fit(data, seed=seed, eval_test=eval_test)

    def _labelled(self, target, source, shots, seed):
        return source.x_train, source.labels_train

    def _target_labels(self, labels):
        return 0
