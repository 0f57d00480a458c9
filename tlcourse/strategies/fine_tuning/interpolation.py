"""Interpolate between pretrained and fine-tuned weights (WiSE-FT)."""

from itertools import zip_longest

import numpy as np
from keras import Model

from tlcourse.arguments import check_number, verb
from tlcourse.errors import BadArgument
from tlcourse.measures import accuracy
from tlcourse.models import copy_of, single_layers, values_of


@verb
def interpolate(start, end, share):
    """Interpolate linearly between the weights of two models.

    w = (1 − share) · w_start + share · w_end, for every weight, statistics of batch normalisation
    included.
    Fine-tuning on one domain costs accuracy on others; a point between often loses little of
    either (the weights must come from one training that went on from the other).

    Args:
        start: `keras.Model`, such as the pretrained backbone with its head.
        end: `keras.Model` of the same architecture, such as the fine-tuned one.
        share: float in [0, 1], of `end`.

    Returns:
        `keras.Model`, a copy; neither `start` nor `end` is changed.

    Raises:
        ValueError: if the models differ in their variables, or `share` is off.

    Example:
        >>> import keras
        >>> def line(slope):
        ...     model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
        ...     model.set_weights([np.array([[slope]])])
        ...     return model
        >>> interpolate(line(1.0), line(3.0), 0.25).get_weights()[0].item()
        1.5

    Reference:
        Wortsman et al., "Robust Fine-Tuning of Zero-Shot Models" (WiSE-FT), CVPR 2022.
    """
    for name, model in (("start", start), ("end", end)):
        if not isinstance(model, Model):
            raise BadArgument(f"`{name}` must be a keras.Model; got {model!r}.")
    check_number(share, "share", at_least=0, at_most=1)
    _check_alike(start, end)
    between = copy_of(end)
    pairs = zip(values_of(start.weights), values_of(end.weights), strict=True)
    _set_weights(between, [(1 - share) * a.astype("float64") + share * b for a, b in pairs])
    return between


@verb
def soup(models):
    """Average the weights of several models of one architecture (a uniform soup).

    w = mean of w_1 … w_n, statistics of batch normalisation included. The models must come from
    one start, or their average is none of them (see `interpolation_path`).

    Args:
        models: at least 2 `keras.Model` or `TransferResult`, of which the model is taken.

    Returns:
        `keras.Model`, a copy; none of the models is changed.

    Raises:
        ValueError: if there are fewer than 2, or they differ in their variables.

    Reference:
        Wortsman et al., "Model Soups: Averaging Weights of Multiple Fine-tuned Models Improves
        Accuracy without Increasing Inference Time", ICML 2022.
    """
    models = [getattr(model, "model", model) for model in models]
    if len(models) < 2 or not all(isinstance(model, Model) for model in models):
        raise BadArgument(
            f"`models` must be at least 2 keras.Model or results of a `fit`; got {models!r}."
        )
    for other in models[1:]:
        _check_alike(models[0], other)
    mixed = copy_of(models[0])
    several = zip(*(values_of(model.weights) for model in models), strict=True)
    _set_weights(mixed, [np.mean(values, axis=0, dtype="float64") for values in several])
    return mixed


@verb
def interpolation_path(start, end, domains, shares=(0.0, 0.25, 0.5, 0.75, 1.0)):
    """Measure test accuracy along the line between two models.

    Args:
        start: `keras.Model`, images to logits.
        end: `keras.Model` of the same architecture.
        domains: iterable of `Domain` with the models' classes, such as target and source.
        shares: iterable of float in [0, 1], of `end`.

    Returns:
        Dict, name of a domain to float array (len(shares),).

    Raises:
        ValueError: as `interpolate` does, or if there is no domain or two have one name.

    Reference:
        Wortsman et al., "Robust Fine-Tuning of Zero-Shot Models" (WiSE-FT), CVPR 2022.
    """
    domains, shares = list(domains), list(shares)
    names = [domain.name for domain in domains]
    if not names or len(set(names)) < len(names):
        raise BadArgument(f"`domains` must have names, each its own; got {names}.")
    path = {name: np.zeros(len(shares)) for name in names}
    for i, share in enumerate(shares):
        model = interpolate(start, end, share)
        for domain in domains:
            path[domain.name][i] = accuracy(model, domain.x_test, domain.labels_test)
    return path


@verb
def closest_to_both(source_weight, target_weight, strength):
    """The weights that lie near two given ones at once, in closed form.

    argmin over w of ½ ‖w − w_s‖² + λ / 2 · ‖w − w_t‖² = (w_s + λ · w_t) / (1 + λ), λ the strength.
    It is what L2-SP comes to where the task's loss is quadratic too: a point on the line between
    the two, at the share λ / (1 + λ).

    Args:
        source_weight: float array of any shape, w_s.
        target_weight: float array of the same shape, w_t.
        strength: float >= 0, how much the second distance counts.

    Returns:
        float64 array of that shape.

    Raises:
        ValueError: if the shapes differ, or `strength` is below 0 or not finite.

    Example:
        >>> closest_to_both([0.0, 1.0], [4.0, 1.0], strength=3.0).tolist()
        [3.0, 1.0]
    """
    check_number(strength, "strength", at_least=0)
    source = np.asarray(source_weight, dtype="float64")
    target = np.asarray(target_weight, dtype="float64")
    if source.shape != target.shape:
        raise BadArgument(
            f"`target_weight` must have shape {source.shape} like `source_weight`; "
            f"got {target.shape}."
        )
    return (source + strength * target) / (1 + strength)


def _check_alike(start, end):
    differing = [
        f"{_said(a)} and {_said(b)}"
        for a, b in zip_longest(start.weights, end.weights)
        if a is None or b is None or (a.name, a.shape) != (b.name, b.shape)
    ]
    if differing:
        more = f", and {len(differing) - 3} more" if len(differing) > 3 else ""
        raise BadArgument(
            f"`end` must have the variables of `start`; they differ in {'; '.join(differing[:3])}"
            f"{more}."
        )


def _set_weights(model, values):
    """Set a model's weights, and let layers renew the constants that they keep beside them."""
    pairs = zip(values, model.weights, strict=True)
    model.set_weights([value.astype(weight.dtype) for value, weight in pairs])
    for layer in single_layers(model):
        if hasattr(layer, "finalize_state"):
            layer.finalize_state()


def _said(weight):
    return "none" if weight is None else f"{weight.path} {tuple(weight.shape)}"
