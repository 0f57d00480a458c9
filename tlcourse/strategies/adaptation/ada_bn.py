"""AdaBN: replace batch-normalisation statistics by the target's."""

import keras
import numpy as np

from tlcourse.errors import BadArgument
from tlcourse.models import copy_of
from tlcourse.strategies.adaptation.source_trained import SourceTrained
from tlcourse.training import predict

_MOST_SEEN = 2000


class AdaBN(SourceTrained):
    """Replace all batch-normalisation statistics by the target's; train nothing.

    Layer by layer from the input: each layer's mean and variance are those of what reaches it from
    2,000 target images at most, once the layers before it have theirs.

    Args:
        start: as in `SourceTrained`.

    Reference:
        Li, Wang, Shi, Liu & Hou, "Revisiting Batch Normalization For Practical Domain
        Adaptation", ICLR Workshop 2017.
    """

    def __init__(self, start=None):
        super().__init__(start)  # and nothing of a training: there is none

    def _adapt(self, start, source, x_target, seed):
        backbone = copy_of(start.backbone)
        layers = [
            layer for layer in backbone.layers if isinstance(layer, keras.layers.BatchNormalization)
        ]
        if not layers:
            raise BadArgument(
                f"`start` must have batch normalisation in its backbone; '{backbone.name}' has "
                "none, and AdaBN nothing to change."
            )
        for layer in layers:
            seen = predict(keras.Model(backbone.input, layer.input), x_target[:_MOST_SEEN])
            axes = tuple(range(seen.ndim - 1))
            layer.moving_mean.assign(seen.mean(axis=axes, dtype="float64").astype("float32"))
            layer.moving_variance.assign(np.var(seen, axis=axes, dtype="float64").astype("float32"))
        head = copy_of(start.head)
        return {"backbone": backbone, "head": head, "n_trained": 0}
