"""Uncertainty weighting: balance task losses by learned weights."""

from keras import ops

from tlcourse.arguments import verb
from tlcourse.errors import BadArgument, UnknownName, near
from tlcourse.losses.tensors import floats

_FACTORS = {"classification": 1.0, "regression": 0.5}


@verb
def uncertainty_weighted(losses, log_variances, kinds):
    """Sum of losses, each divided by a learned variance.

    loss = Σ_t c_t · exp(−s_t) · L_t + s_t / 2, s_t = log σ_t²,
    with c = 1 for classification and c = ½ for regression.
    A noisy task gets a large variance and so a small weight; s_t / 2 keeps the variances from
    growing without bound. At the optimal s_t, exp(s_t) = 2 · c_t · L_t: a task's weight is about
    one over its loss, so units (metres or millimetres) stop mattering.

    Args:
        losses: k scalars (a list) or array (k,): mean cross-entropies and mean squared errors.
        log_variances: k scalars (a list) or array (k,), trainable; start at 0. As logarithms
            they may take any value.
        kinds: list of k names, "classification" or "regression".

    Returns:
        Scalar, dtype of the losses; may be negative.

    Raises:
        ValueError: if there is not one number per kind.
        UnknownName: (a ValueError) if a kind is neither of the two.

    Example:
        >>> kinds = ["classification", "regression"]
        >>> float(uncertainty_weighted([0.5, 4.0], [0.0, 0.0], kinds))  # 0.5 + ½ · 4
        2.5

    Reference:
        Kendall, Gal & Cipolla, "Multi-Task Learning Using Uncertainty to Weigh Losses", CVPR 2018.
    """
    kinds = tuple(kinds)
    for kind in kinds:
        if kind not in _FACTORS:
            raise UnknownName(f"`kinds` holds {kind!r}.{near(kind, _FACTORS)}")
    losses = _one_per_task(losses, "losses", len(kinds))
    log_variances = _one_per_task(log_variances, "log_variances", len(kinds), like=losses)
    factors = ops.convert_to_tensor([_FACTORS[kind] for kind in kinds], dtype=losses.dtype)
    return ops.sum(factors * ops.exp(-log_variances) * losses + log_variances / 2)


def _one_per_task(values, name, n_tasks, like=None):
    if isinstance(values, (list, tuple)):
        scalars = [floats(value, like) for value in values]
        shapes = [tuple(scalar.shape) for scalar in scalars]
        if shapes != [()] * n_tasks:
            raise BadArgument(
                f"`{name}` must hold {n_tasks} scalars, one for each of `kinds`; "
                f"got {len(shapes)} of shapes {shapes}."
            )
        return ops.stack(scalars)
    x = floats(values, like)
    if tuple(x.shape) != (n_tasks,):
        raise BadArgument(
            f"`{name}` must have shape ({n_tasks},), one for each of `kinds`; got {tuple(x.shape)}."
        )
    return x
