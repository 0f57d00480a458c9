"""From-scratch baseline: random weights, target labels only."""

from tlcourse.arguments import check_choice
from tlcourse.backbones import backbone_names, load_backbone
from tlcourse.models import new_head, with_augmentation
from tlcourse.strategies.strategy import Strategy


class FromScratch(Strategy):
    """Train a new network on the target alone: the baseline that transfer has to beat.

    With all of the target's labels it is the *target-only* bound.

    Args:
        backbone: name of the architecture, see `tlcourse.backbones.load_backbone`.
        dropout: share of the features dropped in training.
        augment: `keras.layers.Layer` that changes images at random in training, or None.
        **settings: those of `Strategy`.
    """

    def __init__(self, backbone="small_cnn", *, dropout=0.3, augment=None, **settings):
        super().__init__(**settings)
        check_choice(backbone, "backbone", backbone_names())
        self.backbone = backbone
        self.dropout = dropout
        self.augment = augment

    def _prepare(self, target):
        backbone = load_backbone(self.backbone, input_shape=target.input_shape)
        return backbone, new_head(backbone, target.n_classes, dropout=self.dropout)

    def _train(self, model, backbone, head, examples, seed):
        return self._train_on(with_augmentation(model, self.augment), examples, seed)
