"""AdaBN: replace batch-normalisation statistics by the target's."""

import numpy as np

from tlcourse.arguments import check_count
from tlcourse.errors import BadArgument
from tlcourse.models import copy_of
from tlcourse.strategies.adaptation.source_trained import SourceTrained
from tlcourse.training import reestimate_statistics


class AdaBN(SourceTrained):
    """Replace all batch-normalisation statistics by the target's; train nothing.

    Layer by layer from the input, however deep: each layer's mean and variance are those of what
    reaches it from the target's images, once the layers before it have theirs. It mends a change of
    light and contrast, often with twenty images, and not one of shape.

    Args:
        start: as in `SourceTrained`.
        n_images: int >= 2, how many of the target's training images are looked at, drawn at
            random; fewer where there are fewer.

    Reference:
        Li, Wang, Shi, Liu & Hou, "Revisiting Batch Normalization For Practical Domain
        Adaptation", ICLR Workshop 2017.
    """

    def __init__(self, start=None, *, n_images=2000):
        super().__init__(start)  # and nothing of a training: there is none
        check_count(n_images, "n_images", at_least=2)
        self.n_images = n_images

    def _adapt(self, start, source, x_target, seed):
        backbone = copy_of(start.backbone)
        order = np.random.default_rng(seed).permutation(len(x_target))
        try:
            reestimate_statistics(backbone, x_target[order[: self.n_images]])
        except BadArgument as error:
            raise BadArgument(
                "`start` must have batch normalisation in its backbone, and the target at least 2 "
                f"images: {error}"
            ) from error
        return {"backbone": backbone, "head": copy_of(start.head), "n_trained": 0}
