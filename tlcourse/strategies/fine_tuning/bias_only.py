"""BitFit: train biases and norm offsets only."""

from keras import layers

from tlcourse.errors import BadArgument
from tlcourse.models import layers_up_to, single_layers
from tlcourse.strategies.counting import n_parameters
from tlcourse.strategies.fine_tuning.fine_tune import FineTune


class BiasOnly(FineTune):
    """Train only biases, norm offsets (beta) and the head.

    Kernels and the scales of norms (gamma) stay as pretrained: a task costs a few thousandths of
    the network. Batch normalisation keeps the pretrained statistics and uses them in training too,
    while its offset is trained; with `freeze_statistics=False` they move with the batches, and are
    then counted as stored.

    Where we differ: the paper has a transformer, whose norms have no statistics.

    Args:
        backbone: `keras.Model`, images to features; it is copied and never changed.
        freeze_to: as in `FineTune`: nothing up to there is trained.
        **settings: those of `FineTune`.

    Raises:
        ValueError: if the backbone has neither biases nor norms after `freeze_to`.

    Reference:
        Ben Zaken, Ravfogel & Goldberg, "BitFit: Simple Parameter-efficient Fine-tuning for
        Transformer-based Masked Language-models", ACL 2022.
    """

    _TAKES_ONLY = False

    def __init__(self, backbone, *, freeze_to=None, **settings):
        super().__init__(backbone, freeze_to=freeze_to, **settings)
        if not any(map(_is_offset, self._reached(backbone))):
            raise BadArgument(
                f"`backbone` must have biases or norms to train; '{backbone.name}' has none that "
                "is not frozen."
            )

    def _reached(self, backbone):
        """Return the weights of the layers after `freeze_to`."""
        never = [] if self.freeze_to is None else layers_up_to(backbone, self.freeze_to)
        reached = [layer for layer in single_layers(backbone) if layer not in never]
        return [weight for layer in reached for weight in layer.weights]

    def _prepare(self, target):
        backbone, head = super()._prepare(target)
        # One by one: a frozen batch normalisation uses its own statistics, and yet its offset is
        # trained, since a model asks each variable whether it is.
        for weight in self._reached(backbone):
            weight.trainable = _is_offset(weight)
        return backbone, head

    def _n_stored(self, backbone):
        statistics = [
            value
            for layer in single_layers(backbone)
            if isinstance(layer, layers.BatchNormalization) and layer.trainable
            for value in (layer.moving_mean, layer.moving_variance)
        ]
        return n_parameters(backbone.trainable_variables) + n_parameters(statistics)


def _is_offset(weight):
    return weight.name == "beta" or weight.name.endswith("bias")
