"""From-scratch baseline: random weights, target labels only."""

import keras
from keras import ops

from tlcourse.arguments import check_choice, check_flag, check_number
from tlcourse.backbones import backbone_names, load_backbone
from tlcourse.models import (
    check_backbone,
    check_fits,
    clone_of,
    freeze_batchnorm,
    new_head,
    thaw,
    with_augmentation,
)
from tlcourse.strategies.strategy import Strategy


class FromScratch(Strategy):
    """Train a new network on the target alone: the baseline that transfer has to beat.

    With all of the target's labels it is the *target-only* bound.

    Args:
        backbone: name of the architecture, see `tlcourse.backbones.load_backbone`; or a
            `keras.Model`, images to features, of which new weights are made.
        dropout: share of the features dropped in training.
        augment: `keras.layers.Layer` that changes images at random in training, or None.
        label_smoothing: float in [0, 1), ε: the label counts 1 − ε, and each class ε / n_classes
            (Szegedy et al., "Rethinking the Inception Architecture", CVPR 2016, section 7).
        freeze_statistics: True leaves the statistics of batch normalisation at 0 and 1, so that it
            does nothing but scale; False takes each batch's. Where strategies are compared,
            `FineTune` should be given the same: it alone changes which learning rates work.
        **settings: those of `Strategy`.
    """

    def __init__(
        self,
        backbone="small_cnn",
        *,
        dropout=0.3,
        augment=None,
        label_smoothing=0.0,
        freeze_statistics=False,
        **settings,
    ):
        super().__init__(**settings)
        if isinstance(backbone, keras.Model):
            check_backbone(backbone)
        else:
            check_choice(backbone, "backbone", backbone_names())
        check_number(label_smoothing, "label_smoothing", at_least=0, below=1)
        check_flag(freeze_statistics, "freeze_statistics")
        self.backbone = backbone
        self.dropout = dropout
        self.augment = augment
        self.label_smoothing = label_smoothing
        self.freeze_statistics = freeze_statistics

    def _prepare(self, target):
        if isinstance(self.backbone, str):
            backbone = load_backbone(self.backbone, input_shape=target.input_shape)
        else:
            check_fits(self.backbone, target.input_shape, "data")
            backbone = thaw(clone_of(self.backbone))
        if self.freeze_statistics:
            freeze_batchnorm(backbone)
        return backbone, new_head(backbone, target.n_classes, dropout=self.dropout)

    def _train(self, model, backbone, head, examples, seed):
        loss = SmoothedLabels(self.label_smoothing) if self.label_smoothing else None
        return self._train_on(with_augmentation(model, self.augment), examples, seed, loss=loss)


@keras.saving.register_keras_serializable(package="tlcourse")
class SmoothedLabels(keras.losses.Loss):
    """Cross-entropy of labels that are a little unsure.

    loss = (1 − ε) · cross-entropy of the label + ε · its mean over all classes.

    Args:
        label_smoothing: float in [0, 1), ε.
        name: str.
        **settings: those of `keras.losses.Loss`.
    """

    def __init__(self, label_smoothing, name="smoothed_labels", **settings):
        super().__init__(name=name, **settings)
        self.label_smoothing = label_smoothing

    def call(self, y_true, y_pred):
        """Return the losses (n,) of class numbers (n,) and logits (n, k)."""
        log_probs = ops.log_softmax(y_pred)
        labels = ops.cast(ops.reshape(y_true, (-1,)), "int32")
        of_label = ops.sum(ops.one_hot(labels, y_pred.shape[-1]) * log_probs, axis=-1)
        share = self.label_smoothing
        return -(1 - share) * of_label - share * ops.mean(log_probs, axis=-1)

    def get_config(self):
        """Return the settings (dict)."""
        return {**super().get_config(), "label_smoothing": self.label_smoothing}
