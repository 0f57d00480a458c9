"""Expose intermediate layer outputs."""

from keras import Model

from tlcourse.arguments import verb
from tlcourse.errors import BadArgument
from tlcourse.models.calls import call_again, calls_of, inside


@verb
def with_inner_outputs(model, wanted):
    """Build a model that also returns intermediate outputs.

    Args:
        model: `keras.Model`, functional or sequential, with one input and one output.
        wanted: list of `keras.layers.Layer` of it, or of nested models. A layer that is used
            several times returns its first output.

    Returns:
        `keras.Model` from the same input to a list: the output, then each wanted layer's output.

    Raises:
        ValueError: if a layer is not in the model, or lies in a nested model that has several
            inputs or outputs.
    """
    (start,), calls, (end,) = calls_of(model)
    values, found = {}, {}
    for call in calls:
        within = inside(call.layer, wanted)
        if within:
            _, *given = call_again(call, values, with_inner_outputs(call.layer, within))
            found = dict(zip(map(id, within), given, strict=True)) | found
        else:
            found.setdefault(id(call.layer), call_again(call, values)[0])
    missing = [layer.name for layer in wanted if id(layer) not in found]
    if missing:
        raise BadArgument(
            f"What layer {missing[0]!r} gives cannot be read: it must lie in '{model.name}', "
            "or in a model inside it that has one input and one output."
        )
    inner = [found[id(layer)] for layer in wanted]
    return Model(start, [values[id(end)], *inner], name=model.name)
