"""Fine-tuning, full or partial, from pretrained weights."""

from dataclasses import replace

from tlcourse.arguments import check_flag, check_number
from tlcourse.errors import BadArgument
from tlcourse.models import (
    check_backbone,
    copy_of,
    freeze,
    freeze_batchnorm,
    freeze_but,
    layers_named,
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
        only: None; or a layer's name or the beginning of several, such as "block1": nothing else
            of the backbone is trained, and `head` stands still (surgical fine-tuning). "head"
            trains the head alone, on the frozen backbone.
        freeze_head: True leaves `head` as it is; needs one.
        freeze_statistics: keep the statistics and scales of batch normalisation as pretrained.
            True is the safe choice when the target has few images.
        dropout: of a new head.
        layer_decay: float in (0, 1]: each stage of the backbone (see `tlcourse.models.stages`)
            has this times the learning rate of the stage after it, and the head the full one
            (discriminative fine-tuning). None gives all the same; the paper took 1 / 2.6.
        head_rate: float > 0, the head's own learning rate; None is `learning_rate`. A new head
            begins at random and wants a higher rate than weights that are to be kept.
        augment: `keras.layers.Layer` that changes images at random in training, such as
            `RandomAffine`; then the frozen part cannot run once, and runs at every step.
        **settings: those of `Strategy`.

    Reference:
        Howard & Ruder, "Universal Language Model Fine-tuning for Text Classification", ACL 2018,
        section 3.2, for `layer_decay`. There a layer is a stage. Lee et al., "Surgical Fine-Tuning
        Improves Adaptation to Distribution Shifts", ICLR 2023, for `only`.
    """

    _TAKES_ONLY = True

    def __init__(
        self,
        backbone,
        *,
        head=None,
        freeze_to=None,
        only=None,
        freeze_head=False,
        freeze_statistics=True,
        dropout=0.3,
        layer_decay=None,
        head_rate=None,
        augment=None,
        **settings,
    ):
        super().__init__(**settings)
        check_backbone(backbone)
        if layer_decay is not None:
            check_number(layer_decay, "layer_decay", above=0, at_most=1)
        if head_rate is not None:
            check_number(head_rate, "head_rate", above=0)
        if only is not None:
            self._check_only(only, backbone, freeze_to)
        check_flag(freeze_head, "freeze_head")
        still = freeze_head or only not in (None, "head")
        if still and head is None:
            raise BadArgument(
                f"`{'freeze_head' if freeze_head else 'only'}` needs `head`, which stands still: a "
                "new one would stay as random as it begins."
            )
        self.backbone = backbone
        self.head = head
        self.freeze_to = freeze_to
        self.only = only
        self.freeze_head = still
        self.head_rate = head_rate
        self.freeze_statistics = freeze_statistics
        self.dropout = dropout
        self.layer_decay = layer_decay
        self.augment = augment

    def _prepare(self, target):
        backbone = thaw(copy_of(self.backbone))
        if self.only is not None:
            freeze_but(backbone, None if self.only == "head" else self.only)
        elif self.freeze_to is not None:
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
        head = copy_of(self.head)
        return backbone, freeze(head) if self.freeze_head else head

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
            lr_multipliers=self._lr_multipliers(model, backbone, training.learning_rate),
        )

    def _lr_multipliers(self, model, backbone, rate):
        """Return what multiplies the learning rate, one number for each trained variable."""
        if self.layer_decay is None and self.head_rate is None:
            return None
        of_head = 1.0 if self.head_rate is None else self.head_rate / rate
        of_backbone = {id(variable): 1.0 for variable in backbone.variables}
        if self.layer_decay is not None:
            of_backbone |= {
                id(variable): self.layer_decay**distance
                for distance, stage in enumerate(reversed(stages(backbone)), 1)
                for layer in stage
                for variable in layer.variables
            }
        return tuple(
            of_backbone.get(id(variable), of_head) for variable in model.trainable_variables
        )

    def _check_only(self, only, backbone, freeze_to):
        if not self._TAKES_ONLY:
            raise BadArgument(
                f"`only` is not for {type(self).__name__}, which says what it trains."
            )
        if freeze_to is not None:
            raise BadArgument("Give one of `only` and `freeze_to`: both say what is frozen.")
        if only != "head":
            layers_named(backbone, only)
