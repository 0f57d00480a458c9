"""A model that also gives what layers inside it give."""

from keras import Model, tree

from tlcourse.backbones.calls import call_again, calls_of
from tlcourse.backbones.freezing import single_layers


def with_inner_outputs(model, wanted):
    """Builds a model of the same layers and variables that gives more than its last output.

    Args:
        model: `keras.Model`, functional or sequential, from one input to one output.
        wanted: list of `keras.layers.Layer` of it, or of models inside it. Of a layer that is used
            several times the first output is given.

    Returns:
        `keras.Model` from the same input to a list: what each wanted layer gives, then the output.

    Raises:
        ValueError: if a layer is not in the model, or lies in a model inside that has several
            inputs or outputs.
    """
    (start,), calls, (end,) = calls_of(model)
    values, found = {}, {}
    for call in calls:
        inside = _inside(call.layer, wanted)
        if inside:
            opened = with_inner_outputs(call.layer, inside)
            args, kwargs = tree.map_structure(
                lambda x: values.get(id(x), x), (call.args, call.kwargs)
            )
            *inner, values[id(call.output)] = opened(*args, **kwargs)
            found = dict(zip(map(id, inside), inner, strict=True)) | found
        else:
            call_again([call], values)
            found.setdefault(id(call.layer), values.get(id(call.output)))
    missing = [layer.name for layer in wanted if id(layer) not in found]
    if missing:
        raise ValueError(
            f"What layer {missing[0]!r} gives cannot be read: it must lie in '{model.name}', "
            "or in a model inside it that has one input and one output."
        )
    outputs = [*(found[id(layer)] for layer in wanted), values[id(end)]]
    return Model(start, outputs, name=model.name)


def _inside(layer, wanted):
    if not isinstance(layer, Model) or len(layer.inputs) != 1 or len(layer.outputs) != 1:
        return []
    layers = set(map(id, single_layers(layer)))
    return [each for each in wanted if id(each) in layers]
