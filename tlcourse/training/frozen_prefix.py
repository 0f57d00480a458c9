"""A model cut where its frozen layers end: what comes before the cut needs to run only once."""

import math

import keras
from keras import layers

from tlcourse.models import call_again, calls_of, is_graph
from tlcourse.training.predict import predict

_MAX_BYTES = 2**30  # of what crosses the cut, for all examples together


def split_at_freeze(model):
    """Split a model where its frozen layers end, if a single tensor crosses there.

    What a frozen layer gives for an example is the same at every step. Not so if it acts at
    random, as Dropout and augmentation do: such layers, and whatever comes after them, are left
    behind the cut, and so are layers that others wrote, of which we do not know it.

    Args:
        model: `keras.Model`, functional or sequential, from one input to one output, frozen as it
            is to be trained.

    Returns:
        `(prefix, rest)`, two `keras.Model` that share the model's variables, such that
        `rest(prefix(x))` is `model(x)`; None if there is nothing to cut off, or more than one
        tensor crosses, as in the midst of a residual block.
    """
    if not is_graph(model):
        return None
    (start,), calls, (end,) = calls_of(model)
    still, after = {id(start)}, []
    for call in calls:
        if all(id(x) in still for x in call.inputs) and _stands_still(call.layer):
            still.update(map(id, call.outputs))
        else:
            after.append(call)
    crossing = {id(x): x for call in after for x in call.inputs if id(x) in still}
    if len(crossing) != 1:
        return None
    (cut,) = crossing.values()
    takers = [call for call in after if id(cut) in map(id, call.inputs)]
    parts = len(takers) == 1 and _split_inside(takers[0])
    if parts:
        prefix, rest = parts
        cut, place = prefix(cut), takers[0].output
        after.remove(takers[0])
    elif cut is start or "float" not in cut.dtype:
        return None
    else:
        rest, place = (lambda x: x), cut
    crossed = keras.Input(batch_shape=cut.shape, dtype=cut.dtype, name="crossed")
    values = {id(place): rest(crossed)}
    for call in after:
        call_again(call, values)
    return (
        keras.Model(start, cut, name=f"{model.name}_frozen"),
        keras.Model(crossed, values[id(end)], name=f"{model.name}_rest"),
    )


def past_the_frozen(model, x, eval_data=None, *, epochs):
    """Precompute the frozen beginning of a model, where that saves work.

    Args:
        model: `keras.Model`, frozen as it is to be trained.
        x: float array (n, ...).
        eval_data: `(x, labels)` or None.
        epochs: float, how often the training will pass over the examples.

    Returns:
        `(model, x, eval_data)`: what is left to be trained, which shares its variables with
        `model`, and what it takes; or the three as they came, if the model cannot be cut (see
        `split_at_freeze`), the training would use less than the n examples, or what crosses
        the cut would fill more than a GiB.
    """
    parts = split_at_freeze(model) if epochs >= 1 else None
    if parts is None:
        return model, x, eval_data
    prefix, rest = parts
    n = len(x) + (0 if eval_data is None else len(eval_data[0]))
    shape = prefix.compute_output_shape((n, *x.shape[1:]))
    if 4 * math.prod(shape) > _MAX_BYTES:
        return model, x, eval_data
    return rest, predict(prefix, x), eval_data and (predict(prefix, eval_data[0]), eval_data[1])


def _split_inside(call):
    """Cut the model that a call is of, unless it is called with more than its input."""
    alone = len(call.args) == 1 and all(value is None for value in call.kwargs.values())
    return split_at_freeze(call.layer) if alone and isinstance(call.layer, keras.Model) else None


def _stands_still(layer):
    """Tell whether a layer gives the same for the same example at every step, and we know it."""
    if isinstance(layer, keras.Model):
        return is_graph(layer) and all(map(_stands_still, layer.layers))
    if isinstance(layer, layers.InputLayer) or not isinstance(layer, layers.Layer):
        return True  # operations such as `ops.flip` have no state
    return (
        not layer.trainable
        and not any(weight.trainable for weight in layer.weights)
        and type(layer).__module__.split(".")[0] in ("keras", "tlcourse")
        # A layer that acts at random has the state of a generator beside its weights.
        and len(layer.variables) == len(layer.weights)
        and layer.activity_regularizer is None
        # Masks do not cross; a Lambda may do anything; SpectralNormalization moves though frozen.
        and not getattr(layer, "mask_zero", False)
        and not isinstance(layer, (layers.Masking, layers.Lambda, layers.SpectralNormalization))
    )
