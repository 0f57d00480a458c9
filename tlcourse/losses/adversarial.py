"""Domain-adversarial training: features from which no classifier can tell the domain."""

import math

from keras import ops

from tlcourse.arguments import check_number, verb
from tlcourse.errors import BadArgument
from tlcourse.losses.tensors import check_strength, differ, floats, is_tensor


@verb
def reverse_gradient(x, strength):
    """Identity forwards, −strength times the gradient backwards.

    y = stop_gradient((1 + strength) · x) − strength · x, so y = x and dy/dx = −strength.
    Placed between backbone and domain classifier, it trains both in one minimisation: the
    classifier learns to tell the domains apart, the backbone to hide them. It is plain arithmetic
    with a stopped gradient, so it needs no custom gradient and runs on any backend.

    Args:
        x: float array of any shape.
        strength: float >= 0, or a scalar tensor, such as from `adversarial_strength`. It gets no
            gradient.

    Returns:
        Array like `x`.

    Raises:
        ValueError: if `strength` is a number below 0 or not finite.

    Example:
        >>> import numpy as np
        >>> float(reverse_gradient(np.array(3.0), 0.5))
        3.0

    Reference:
        Ganin et al., "Domain-Adversarial Training of Neural Networks", JMLR 2016.
    """
    check_strength(strength)
    x = floats(x)
    if is_tensor(strength):
        strength = floats(strength, like=x)
        # The equation's terms in another order, to keep all digits of x.
    return ops.stop_gradient(x) + strength * (ops.stop_gradient(x) - x)


@verb
def domain_loss(source_logits, target_logits, *, source_weights=None, target_weights=None):
    """Binary cross-entropy of a domain classifier; source is 1, target is 0.

    loss = ½ · mean_i w_i · softplus(−z_i^s) + ½ · mean_j w_j · softplus(z_j^t),
    each domain's weights divided by their mean. Each domain counts one half, whatever its number
    of rows. A classifier that cannot tell the domains apart has loss log 2 = 0.693.

    Args:
        source_logits: float array (n_source,) or (n_source, 1).
        target_logits: float array (n_target,) or (n_target, 1).
        source_weights: float array >= 0, (n_source,) or (n_source, 1), weight of each row; None
            for equal weights. Weights get no gradient. If all are 0 the domain costs 0.
        target_weights: the same for the target.

    Returns:
        Scalar >= 0, input dtype, in nats.

    Raises:
        ValueError: if an input is not one number per row, or weights and logits differ in rows.

    Example:
        >>> import numpy as np
        >>> undecided = np.zeros((4, 1))
        >>> round(float(domain_loss(undecided, undecided)), 4)
        0.6931

    Reference:
        Ganin et al., "Domain-Adversarial Training of Neural Networks", JMLR 2016. The weights are
        those of CDAN+E, see `entropy_weights`.
    """
    source = _one_per_row(source_logits, "source_logits")
    target = _one_per_row(target_logits, "target_logits", like=source)
    source_cost = _weighted_mean(ops.softplus(-source), source_weights, "source")
    target_cost = _weighted_mean(ops.softplus(target), target_weights, "target")
    return (source_cost + target_cost) / 2


@verb
def adversarial_strength(progress, *, steepness=10.0):
    """Strength of the reversed gradient, from 0 at the start to nearly 1.

    strength = 2 / (1 + exp(−steepness · progress)) − 1.
    Early on the domain classifier is untrained, and its gradient would only disturb.

    Args:
        progress: float in [0, 1], the completed share of training; or a tensor.
        steepness: float > 0, γ in the paper.

    Returns:
        Float in [0, 1) for a number, tensor for a tensor.

    Raises:
        ValueError: if `progress` is a number outside [0, 1] or `steepness` is not above 0.

    Example:
        >>> [round(adversarial_strength(p), 3) for p in (0.0, 0.1, 0.5, 1.0)]
        [0.0, 0.462, 0.987, 1.0]

    Reference:
        Ganin et al., "Domain-Adversarial Training of Neural Networks", JMLR 2016 (γ = 10).
    """
    check_number(steepness, "steepness", above=0)
    # tanh(z / 2) = 2 / (1 + exp(−z)) − 1
    if is_tensor(progress):
        return ops.tanh(floats(progress) * (steepness / 2))
    check_number(progress, "progress", at_least=0, at_most=1)
    return math.tanh(progress * steepness / 2)


def _one_per_row(value, name, like=None):
    x = floats(value, like)
    shape = tuple(x.shape)
    if len(shape) not in (1, 2) or shape[1:] not in ((), (1,)):
        raise BadArgument(f"`{name}` must have shape (n,) or (n, 1); got {shape}.")
    return ops.reshape(x, (-1,))


def _weighted_mean(costs, weights, domain):
    if weights is None:
        return ops.mean(costs)
    weights = ops.stop_gradient(_one_per_row(weights, f"{domain}_weights", like=costs))
    if differ(weights.shape, costs.shape):
        raise BadArgument(
            f"`{domain}_weights` must hold {costs.shape[0]} numbers, one for each of "
            f"`{domain}_logits`; got {weights.shape[0]}."
        )
    total = ops.sum(weights)
    total = ops.where(total > 0, total, ops.ones_like(total))
    return ops.sum(weights * costs) / total
