"""Insert layers into a model."""

from keras import Model

from tlcourse.arguments import verb
from tlcourse.errors import BadArgument
from tlcourse.models.calls import call_again, calls_of, inside


@verb
def insert_after(model, added):
    """Build a model with new layers inserted after some of its own.

    Args:
        model: `keras.Model`, functional or sequential, with one input and one output.
        added: dict, `keras.layers.Layer` of the model, or of nested models, to the new layer
            that transforms its output and keeps its shape.

    Returns:
        `keras.Model`.

    Raises:
        ValueError: if a layer is not in the model, or lies in a nested model that has several
            inputs or outputs.
    """
    (start,), calls, (end,) = calls_of(model)
    values, put_in = {}, set()
    for call in calls:
        within = inside(call.layer, added)
        opened = insert_after(call.layer, {x: added[x] for x in within}) if within else None
        given = call_again(call, values, opened)
        put_in.update(within)
        if call.layer in added:
            values[id(call.outputs[0])] = added[call.layer](given[0])
            put_in.add(call.layer)
    missing = [layer.name for layer in added if layer not in put_in]
    if missing:
        raise BadArgument(
            f"Nothing can be inserted after layer {missing[0]!r}: it must lie in '{model.name}', "
            "or in a model inside it that has one input and one output."
        )
    return Model(start, values[id(end)], name=model.name)
