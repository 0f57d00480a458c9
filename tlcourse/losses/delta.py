"""DELTA: keep layer outputs, not weights, near the pretrained ones."""

from keras import ops

from tlcourse.arguments import verb
from tlcourse.errors import BadArgument
from tlcourse.losses.tensors import check_shape, differ, floats


@verb
def delta_loss(feature_maps, start_maps, *, channel_weights=None):
    """Distance between the maps of a layer before and during fine-tuning, channel by channel.

    loss = mean_i Σ_c a_c · ‖F_ic − F*_ic‖² / (h · w).
    Weights that move without changing the output cost nothing, unlike in `l2_sp`; and channels
    that matter for the task can be held more firmly than others.

    Where we differ: the caller measures the importance of channels (the paper masks one channel
    at a time and observes the loss); the factor ½ and the weight decay of the head are left to the
    caller's strength and optimiser.

    Args:
        feature_maps: float array (n, h, w, c) or (n, d), a layer's current output; axes between
            the first and the last are positions.
        start_maps: float array of the same shape, the same layer's output with pretrained weights
            on the same inputs. Gets no gradient.
        channel_weights: float array (c,), a_c; None for 1 each.

    Returns:
        Scalar >= 0, input dtype, in units of feature scale ** 2.

    Raises:
        ValueError: if an input is not 2-D to 4-D, the shapes differ, or there is not one weight
            per channel.

    Example:
        >>> import numpy as np
        >>> now, then = np.ones((2, 3, 3, 2)), np.zeros((2, 3, 3, 2))
        >>> float(delta_loss(now, then)), float(delta_loss(now, then, channel_weights=[0.5, 0.0]))
        (2.0, 0.5)

    Reference:
        Li et al., "DELTA: Deep Learning Transfer using Feature Map with Attention for Convolutional
        Networks", ICLR 2019.
    """
    now = floats(feature_maps)
    then = floats(start_maps, like=now)
    if len(now.shape) not in (2, 3, 4):
        raise BadArgument(
            f"`feature_maps` must have shape (n, h, w, c) or (n, d); got {tuple(now.shape)}."
        )
    check_shape(then, "start_maps", now, "feature_maps")
    squared = ops.square(now - ops.stop_gradient(then))
    per_channel = ops.mean(squared, axis=tuple(range(len(now.shape) - 1)))
    if channel_weights is not None:
        weights = floats(channel_weights, like=now)
        if differ(weights.shape, per_channel.shape):
            raise BadArgument(
                f"`channel_weights` must have shape {tuple(per_channel.shape)}, one for each "
                f"channel of `feature_maps`; got {tuple(weights.shape)}."
            )
        per_channel = weights * per_channel
    return ops.sum(per_channel)
