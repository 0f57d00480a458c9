"""Fine-tuning: training goes on from the pretrained weights, all of them or the later ones."""

from tlcourse.backbones import check_backbone, copy_of, freeze, freeze_batchnorm, new_head, thaw
from tlcourse.strategies.strategy import Strategy


class FineTune(Strategy):
    """Starts at pretrained weights and trains them on the target.

    min over θ of the mean target loss L(f_θ(x), y), started at the pretrained θ.

    Args:
        backbone: `keras.Model`, images to features; it is copied and never changed.
        head: `keras.Model`, the pretrained head, for a target with the source's classes; None
            begins with a new one.
        freeze_to: None trains all of the backbone (full fine-tuning); a layer's name or the
            beginning of several, such as "block2", freezes everything up to there (partial).
        freeze_statistics: keep the statistics and scales of batch normalisation as pretrained.
            True is the safe choice when the target has few images.
        dropout: of a new head.
        **settings: those of `Strategy`.
    """

    def __init__(
        self,
        backbone,
        *,
        head=None,
        freeze_to=None,
        freeze_statistics=True,
        dropout=0.3,
        **settings,
    ):
        super().__init__(**settings)
        check_backbone(backbone)
        self.backbone = backbone
        self.head = head
        self.freeze_to = freeze_to
        self.freeze_statistics = freeze_statistics
        self.dropout = dropout

    def _prepare(self, target):
        backbone = thaw(copy_of(self.backbone))
        if self.freeze_to is not None:
            freeze(backbone, self.freeze_to)
        if self.freeze_statistics:
            freeze_batchnorm(backbone)
        if self.head is None:
            return backbone, new_head(backbone, target.n_classes, dropout=self.dropout)
        if self.head.output_shape[-1] != target.n_classes:
            raise ValueError(
                f"`head` must give {target.n_classes} logits, one per class of "
                f"'{target.name}'; it gives {self.head.output_shape[-1]}. "
                "Leave `head` out to begin with a new one."
            )
        return backbone, copy_of(self.head)
