"""L2-SP: weight decay towards the starting point instead of towards zero."""

from keras import ops

from tlcourse.arguments import verb
from tlcourse.errors import BadArgument
from tlcourse.losses.tensors import check_shape, check_strength, floats, is_tensor


@verb
def l2_sp(weights, start, *, strength):
    """Half the squared distance of weights from their pretrained values.

    loss = strength / 2 · Σ ‖w − w_start‖², summed over all entries of all arrays.
    Weight decay pulls towards 0 and so away from the pretrained weights; this pulls towards them.

    Where we differ: the paper also decays the new head towards 0. That is weight decay, left to
    the caller.

    Args:
        weights: list of float arrays or Keras variables, those with a pretrained value.
        start: list of float arrays of the same shapes, the pretrained values. Get no gradient.
        strength: float >= 0, α in the paper; or a scalar tensor.

    Returns:
        Scalar >= 0, dtype of the weights. A sum: it grows with the number of weights.

    Raises:
        ValueError: if the lists are empty or differ in length, two arrays differ in shape, or
            `strength` is a number below 0 or not finite.

    Example:
        >>> import numpy as np
        >>> float(l2_sp([np.array([1.0, 2.0])], [np.array([0.0, 4.0])], strength=0.1))
        0.25

    Reference:
        Li, Grandvalet & Davoine, "Explicit Inductive Bias for Transfer Learning with Convolutional
        Networks", ICML 2018.
    """
    check_strength(strength)
    weights, start = [floats(w) for w in weights], list(start)
    if not weights:
        raise BadArgument("`weights` must hold at least one array; got none.")
    if len(weights) != len(start):
        raise BadArgument(
            f"`start` must hold {len(weights)} arrays like `weights`; got {len(start)}."
        )
    distances = []
    for i, (now, then) in enumerate(zip(weights, start, strict=True)):
        then = ops.stop_gradient(floats(then, like=now))
        check_shape(then, f"start[{i}]", now, f"weights[{i}]")
        distances.append(ops.sum(ops.square(now - then)))
    total = sum(distances)
    if is_tensor(strength):
        strength = floats(strength, like=total)
    return strength * total / 2
