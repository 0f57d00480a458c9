"""Gradient conflict: tasks that pull shared weights in opposite directions."""

import numpy as np

from tlcourse.arguments import verb
from tlcourse.errors import BadArgument
from tlcourse.measures.arrays import check_values


@verb
def gradient_conflict(gradients):
    """Cosines between the gradients of several tasks.

    cosine_ij = g_i · g_j / (‖g_i‖ · ‖g_j‖)
    Below 0, a small step along −g_i makes task j's loss grow: the tasks conflict on the weights
    they share.

    Args:
        gradients: t >= 2 flat float arrays (n_weights,), one per task: the gradient of its loss
            with respect to the shared weights, concatenated in one order. None may be all zeros.

    Returns:
        float64 array (t, t), symmetric, in [−1, 1], 1 on the diagonal.

    Raises:
        ValueError: if there are fewer than 2, one is not flat, lengths differ, a number is not
            finite, or a gradient is zero.

    Example:
        >>> gradient_conflict([[1.0, 0.0], [-2.0, 0.0], [0.0, 3.0]]).tolist()
        [[1.0, -1.0, 0.0], [-1.0, 1.0, 0.0], [0.0, 0.0, 1.0]]

    Reference:
        Yu et al., "Gradient Surgery for Multi-Task Learning" (PCGrad), NeurIPS 2020.
    """
    gradients = list(gradients)
    if len(gradients) < 2:
        raise BadArgument(f"`gradients` must hold at least 2 tasks; got {len(gradients)}.")
    first = check_values(gradients[0], "gradients[0]", least=1)
    units = []
    for i, gradient in enumerate(gradients):
        flat = check_values(gradient, f"gradients[{i}]", least=1, n=first.size)
        largest = np.abs(flat).max()
        if largest == 0:
            raise BadArgument(f"`gradients[{i}]` must not be all zeros: it has no direction.")
        flat = flat / largest  # so that no square overflows or underflows
        units.append(flat / np.linalg.norm(flat))
    cosines = np.array(units) @ np.array(units).T
    cosines = np.clip((cosines + cosines.T) / 2, -1, 1)  # rounding breaks the symmetry slightly
    np.fill_diagonal(cosines, 1)
    return cosines + 0.0  # not −0.0


@verb
def conflicting_pairs(gradients):
    """Share of task pairs whose gradients conflict.

    share = #{i < j : cosine_ij < 0} / (t (t − 1) / 2)

    Args:
        gradients: t >= 2 flat float arrays (n_weights,), one per task, as in `gradient_conflict`.

    Returns:
        Float in [0, 1].

    Raises:
        ValueError: as `gradient_conflict`.

    Example:
        >>> round(conflicting_pairs([[1.0, 0.0], [-2.0, 0.0], [0.0, 3.0]]), 4)  # 1 of 3 pairs
        0.3333

    Reference:
        Yu et al., "Gradient Surgery for Multi-Task Learning" (PCGrad), NeurIPS 2020.
    """
    cosines = gradient_conflict(gradients)
    return float(np.mean(cosines[np.triu_indices(len(cosines), k=1)] < 0))
