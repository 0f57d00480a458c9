"""Fine-tuning, full or partial, from pretrained weights."""

from dataclasses import replace

from tlcourse.arguments import check_number
from tlcourse.errors import BadArgument
from tlcourse.models import (
    check_backbone,
    copy_of,
    freeze,
    freeze_batchnorm,
    new_head,
    stages,
    thaw,
    with_augmentation,
)
from tlcourse.strategies.strategy import Strategy
from tlcourse.training import past_the_frozen


class FineTune(Strategy):
    """Train pretrained weights further on the target.

    min over θ of the mean target loss L(f_θ(x), y), started at the pretrained θ.

    What is frozen at the beginning of the network runs once over the examples, not at every step,
    where nothing in it acts at random (see `tlcourse.training.frozen_prefix`): the same weights,
    sooner.

    Args:
        backbone: `keras.Model`, images to features; it is copied and never changed.
        head: `keras.Model`, the pretrained head, for a target with the source's classes; None
            begins with a new one.
        freeze_to: None trains all of the backbone (full fine-tuning); a layer's name or the
            beginning of several, such as "block2", freezes everything up to there (partial).
        freeze_statistics: keep the statistics and scales of batch normalisation as pretrained.
            True is the safe choice when the target has few images.
        dropout: of a new head.
        layer_decay: float in (0, 1]: each stage of the backbone (see `tlcourse.models.stages`)
            has this times the learning rate of the stage after it, and the head the full one
            (discriminative fine-tuning). None gives all the same; the paper took 1 / 2.6.
        augment: `keras.layers.Layer` that changes images at random in training, such as
            `RandomAffine`; then the frozen part cannot run once, and runs at every step.
        **settings: those of `Strategy`.

    Reference:
        Howard & Ruder, "Universal Language Model Fine-tuning for Text Classification", ACL 2018,
        section 3.2, for `layer_decay`. There a layer is a stage.
    """

    def __init__(
        self,
        backbone,
        *,
        head=None,
        freeze_to=None,
        freeze_statistics=True,
        dropout=0.3,
        layer_decay=None,
        augment=None,
        **settings,
    ):
        super().__init__(**settings)
        check_backbone(backbone)
        if layer_decay is not None:
            check_number(layer_decay, "layer_decay", above=0, at_most=1)
        self.backbone = backbone
        self.head = head
        self.freeze_to = freeze_to
        self.freeze_statistics = freeze_statistics
        self.dropout = dropout
        self.layer_decay = layer_decay
        self.augment = augment

    def _prepare(self, target):
        backbone = thaw(copy_of(self.backbone))
        if self.freeze_to is not None:
            freeze(backbone, self.freeze_to)
        if self.freeze_statistics:
            freeze_batchnorm(backbone)
        if self.head is None:
            return backbone, new_head(backbone, target.n_classes, dropout=self.dropout)
        if self.head.output_shape[-1] != target.n_classes:
            raise BadArgument(
                f"`head` must give {target.n_classes} logits, one per class of "
                f"'{target.name}'; it gives {self.head.output_shape[-1]}. "
                "Leave `head` out to begin with a new one."
            )
        return backbone, copy_of(self.head)

    def _train(self, model, backbone, head, examples, seed):
        whole = self._trained(model, backbone, head)
        return self._train_unfrozen(whole, backbone, examples, self.training, seed)

    def _trained(self, model, backbone, head):
        """Return the model to train: one that gives `model`'s logits and may add to the loss."""
        return model

    def _train_unfrozen(self, model, backbone, examples, training, seed):
        """Train a model, its frozen beginning run only once; return the history."""
        x, eval_data = examples.x, examples.eval_data
        if self.augment is None:
            used = training.epochs or training.steps * training.batch_size / len(x)
            model, x, eval_data = past_the_frozen(model, x, eval_data, epochs=used)
        model = with_augmentation(model, self.augment)
        return self._train_on(
            model,
            replace(examples, x=x, eval_data=eval_data),
            seed,
            training=training,
            lr_multipliers=self._lr_multipliers(model, backbone),
        )

    def _lr_multipliers(self, model, backbone):
        """Return what multiplies the learning rate, one number for each trained variable."""
        if self.layer_decay is None:
            return None
        lr_multipliers = {
            id(variable): self.layer_decay**distance
            for distance, stage in enumerate(reversed(stages(backbone)), 1)
            for layer in stage
            for variable in layer.variables
        }
        return tuple(
            lr_multipliers.get(id(variable), 1.0) for variable in model.trainable_variables
        )
