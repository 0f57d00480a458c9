"""Move weights between networks that differ in their input's channels or in their head."""

from dataclasses import dataclass, field

import numpy as np
from keras import Model, ops

from tlcourse.arguments import verb
from tlcourse.errors import BadArgument
from tlcourse.models.checks import check_model
from tlcourse.models.freezing import single_layers
from tlcourse.models.variables import values_of

_N_GREY = 4  # images that the proof is made on


@dataclass(frozen=True)
class MovedWeights:
    """What became of each layer of the target.

    Attributes:
        rows: dict, layer name to "fits", "inflated" (its input has more channels) or "anew" (it
            keeps its own weights).
        n_moved: int, weight arrays that were moved.
        n_weights: int, weight arrays of the target.
        grey_difference: float, the largest difference between what both models give for grey
            images, as a share of the largest value; about 1e-6 where the move changed nothing.
            None where the two cannot be compared, or a layer is anew.
    """

    rows: dict[str, str] = field(repr=False)
    n_moved: int
    n_weights: int
    grey_difference: float | None

    def __str__(self):
        width = max(map(len, self.rows))
        lines = [f"{name:{width}}  {what}" for name, what in self.rows.items()]
        proof = "" if self.grey_difference is None else f", {self.grey_difference:.0e} off on grey"
        return "\n".join([*lines, f"{self.n_moved} of {self.n_weights} weights moved{proof}"])


@verb
def move_weights(source, target):
    """Copy the weights of one model into another, layer by layer, by the layers' names.

    Where shapes are the same the values are copied. A kernel for grey images, one input channel,
    is inflated for k channels: each gets the kernel, divided by k, so that an image which is grey
    in all channels gives what it gave before. Every other layer stays as it is: a head for other
    classes, or a layer that the source does not have.

    Args:
        source: `keras.Model`; it is not changed.
        target: `keras.Model`, changed in place.

    Returns:
        `MovedWeights`, which prints as a table. Look at it: of all weights but those of the first
        layer, a network can make nothing.

    Raises:
        BadArgument: (a ValueError) if two layers of one model have one name, or nothing fits.

    Reference:
        Carreira & Zisserman, "Quo Vadis, Action Recognition? A New Model and the Kinetics
        Dataset", CVPR 2017, section 2.4, who inflated kernels so, in time.
    """
    check_model(source)
    check_model(target)
    theirs, mine = _by_name(source, "source"), _by_name(target, "target")
    rows, n_moved = {}, 0
    for name, layer in mine.items():
        values = _moved(theirs.get(name), layer)
        if values is None:
            rows[name] = "anew"
            continue
        new, what = values
        rows[name] = what
        for variable, value in zip(layer.weights, new, strict=True):
            variable.assign(value)
        n_moved += len(new)
    if not n_moved:
        raise BadArgument(
            f"`target` must have layers of the names and shapes of `source`; none of "
            f"'{target.name}' fits '{source.name}'."
        )
    whole = "anew" not in rows.values()
    n_weights = sum(len(layer.weights) for layer in mine.values())
    return MovedWeights(rows, n_moved, n_weights, _on_grey(source, target) if whole else None)


def _by_name(model, argument):
    named = {}
    for layer in single_layers(model):
        if layer.weights:
            if layer.name in named:
                raise BadArgument(
                    f"`{argument}` must have one layer of each name; '{model.name}' has several "
                    f"called {layer.name!r}."
                )
            named[layer.name] = layer
    return named


def _moved(theirs, mine):
    """Return `(values, what)` for a layer's weights, or None where they do not fit."""
    if theirs is None or len(theirs.weights) != len(mine.weights):
        return None
    values, what = [], "fits"
    for value, variable in zip(values_of(theirs.weights), mine.weights, strict=True):
        wanted = tuple(variable.shape)
        grey = value.ndim > 2 and value.shape[-2] == 1 and len(wanted) == value.ndim
        if value.shape == wanted:
            values.append(value)
        elif grey and value.shape[:-2] == wanted[:-2] and value.shape[-1] == wanted[-1]:
            channels = wanted[-2]
            values.append(np.repeat(value, channels, axis=-2) / channels)
            what = "inflated"
        else:
            return None
    return values, what


def _on_grey(source, target):
    """Return how far both are apart on grey images, None where sizes or outputs differ."""
    given, wanted = source.input_shape[1:], target.input_shape[1:]
    alike = isinstance(source, Model) and source.output_shape == target.output_shape
    if not alike or given[:-1] != wanted[:-1] or None in given or given[-1] != 1:
        return None
    grey = np.random.default_rng(0).random((_N_GREY, *given), dtype="float32")
    one, other = (
        ops.convert_to_numpy(model(images, training=False))
        for model, images in ((source, grey), (target, grey.repeat(wanted[-1], axis=-1)))
    )
    return float(np.abs(one - other).max() / max(np.abs(one).max(), 1e-12))
