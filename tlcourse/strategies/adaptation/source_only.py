"""Source-only: trained on the source, used on the target as it is."""

from tlcourse.strategies.checks import check_same_classes
from tlcourse.strategies.from_scratch import FromScratch


class SourceOnly(FromScratch):
    """Trains on all labels of the source and none of the target: the lower bound of adaptation.

    Its backbone and head are also what the other strategies begin with: this is the pretraining.

    Args:
        backbone: name of the architecture, see `tlcourse.backbones.load_backbone`.
        dropout: share of the features dropped in training.
        batch_size: examples a step.
        **settings: those of `Strategy`; by default 4 epochs.
    """

    def __init__(self, backbone="small_cnn", *, dropout=0.3, batch_size=64, **settings):
        if "steps" not in settings:
            settings.setdefault("epochs", 4)
        super().__init__(backbone, dropout=dropout, batch_size=batch_size, **settings)

    def fit(self, data, *, shots=None, seed=0, eval_test=False):
        """Trains on the source of a pair and measures on both test sets.

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
