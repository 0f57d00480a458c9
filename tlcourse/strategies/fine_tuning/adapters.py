"""Adapters: train small bottleneck layers inside a frozen backbone."""

import keras
from keras import ops

from tlcourse.arguments import check_count
from tlcourse.errors import BadArgument
from tlcourse.models import freeze, insert_after, layers_up_to, stage_ends
from tlcourse.strategies.fine_tuning.fine_tune import FineTune


class Adapters(FineTune):
    """Freeze a backbone and train a `BottleneckAdapter` after each stage.

    They begin as the identity, and so training begins at the pretrained network. A task costs
    2 · width numbers a channel. Unlike LoRA's they stay in the network and cost time to run; what
    comes before the first of them runs only once over the examples.

    Where we differ: Houlsby and others put two into each block of a transformer and train the
    layers' norms too; Rebuffi and others put a 1×1 convolution, without a bottleneck, beside each
    3×3 one. Here there is one adapter a stage, and all norms are frozen.

    Args:
        backbone: `keras.Model`, images to features, channels last; it is copied and never changed.
            Its stages are those of `tlcourse.models.stages`.
        width: int, of the bottleneck.
        freeze_to: as in `FineTune`: there are no adapters up to there.
        **settings: those of `FineTune`, but for `freeze_statistics`: all of them are frozen.

    Raises:
        ValueError: if no stage ends after `freeze_to`, or a setting is out of range.

    Reference:
        Houlsby et al., "Parameter-Efficient Transfer Learning for NLP", ICML 2019; Rebuffi, Bilen &
        Vedaldi, "Learning multiple visual domains with residual adapters", NeurIPS 2017.
    """

    _TAKES_ONLY = False

    def __init__(self, backbone, *, width=8, freeze_to=None, **settings):
        super().__init__(backbone, freeze_to=freeze_to, freeze_statistics=True, **settings)
        check_count(width, "width")
        self.width = width
        if not self._ends(backbone):
            raise BadArgument(
                f"`backbone` must have a stage that ends after `freeze_to`; '{backbone.name}' has "
                "none."
            )

    def _ends(self, backbone):
        never = [] if self.freeze_to is None else layers_up_to(backbone, self.freeze_to)
        return [layer for layer in stage_ends(backbone) if layer not in never]

    def _prepare(self, target):
        backbone, head = super()._prepare(target)
        freeze(backbone)
        adapters = {
            layer: BottleneckAdapter(width=self.width, name=f"{layer.name}_adapter")
            for layer in self._ends(backbone)
        }
        return insert_after(backbone, adapters), head


@keras.saving.register_keras_serializable(package="tlcourse")
class BottleneckAdapter(keras.layers.Layer):
    """y = x + relu(x · D + d) · U + u, along the last axis: for maps, two 1×1 convolutions.

    U and u begin at 0, and y at x.

    Args:
        width: int, columns of D and rows of U.
        **kwargs: those of `keras.layers.Layer`.
    """

    def __init__(self, *, width=8, **kwargs):
        super().__init__(**kwargs)
        self.width = width
        self.supports_masking = True

    def build(self, input_shape):
        """Make D, d, U and u for inputs of so many channels."""
        channels = input_shape[-1]
        self.down = self.add_weight(
            name="down", shape=(channels, self.width), initializer="he_normal"
        )
        self.down_bias = self.add_weight(name="down_bias", shape=(self.width,), initializer="zeros")
        self.up = self.add_weight(name="up", shape=(self.width, channels), initializer="zeros")
        self.up_bias = self.add_weight(name="up_bias", shape=(channels,), initializer="zeros")

    def call(self, inputs):
        """Return what came and its change, in the same shape."""
        narrow = ops.relu(ops.matmul(inputs, self.down) + self.down_bias)
        return inputs + ops.matmul(narrow, self.up) + self.up_bias

    def get_config(self):
        """Return the settings (dict)."""
        return {**super().get_config(), "width": self.width}
