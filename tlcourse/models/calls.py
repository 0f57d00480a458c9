"""A model as a list of layer calls that can be replayed."""

from dataclasses import dataclass

import keras
from keras import tree

from tlcourse.arguments import verb
from tlcourse.models.freezing import single_layers


@dataclass(frozen=True)
class Call:
    """One call of a layer during the construction of a model.

    Attributes:
        layer: `keras.layers.Layer`, possibly a nested model, or an operation such as `ops.flip`.
        args: tuple of symbolic tensors and constants.
        kwargs: dict of the same.
        output: symbolic tensor, or a structure of them.
    """

    layer: keras.Operation
    args: tuple
    kwargs: dict
    output: object

    @property
    def inputs(self):
        """The call's input tensors (list)."""
        return [x for x in tree.flatten((self.args, self.kwargs)) if keras.utils.is_keras_tensor(x)]

    @property
    def outputs(self):
        """The call's output tensors (list)."""
        return tree.flatten(self.output)


@verb
def is_graph(model):
    """Say whether a model is a graph of layers from one input to one output.

    Args:
        model: `keras.Model`.

    Returns:
        bool; False for a subclassed model, or several inputs or outputs.
    """
    return len(getattr(model, "inputs", None) or ()) == 1 == len(model.outputs)


@verb
def calls_of(model):
    """List the calls of a model's layers, each after those whose outputs it takes.

    Args:
        model: `keras.Model`, functional or sequential. A nested model is one call.

    Returns:
        `(inputs, calls, outputs)`: lists of symbolic tensors, of `Call` and of symbolic tensors.
    """
    calls = []

    def note(layer, *args, **kwargs):
        output = layer(*args, **kwargs)
        calls.append(Call(layer, args, kwargs, output))
        return output

    if isinstance(model, keras.Sequential):
        given = model.inputs[0]
        # A unique name, not a counter: a model built on it may share a twin.
        x = start = keras.Input(batch_shape=given.shape, dtype=given.dtype, name=f"{model.name}_in")
        for layer in model.layers:
            x = note(layer, x)
        return [start], calls, [x]
    same = keras.models.clone_model(model, clone_function=lambda layer: layer, call_function=note)
    return same.inputs, calls, same.outputs


@verb
def call_again(call, values, layer=None):
    """Make a call again where some tensors are replaced.

    Args:
        call: `Call`.
        values: dict, `id` of a symbolic tensor to its replacement; the call's outputs are
            added.
        layer: layer to call instead; it must return at least as many tensors, of which the
            first are used.

    Returns:
        List of output tensors.
    """
    args, kwargs = tree.map_structure(lambda x: values.get(id(x), x), (call.args, call.kwargs))
    given = tree.flatten((layer or call.layer)(*args, **kwargs))
    values.update(zip(map(id, call.outputs), given, strict=False))
    return given


def inside(layer, wanted):
    """List those of some layers that lie in a model which can be opened.

    Args:
        layer: `keras.layers.Layer` or operation.
        wanted: iterable of `keras.layers.Layer`.

    Returns:
        List of `keras.layers.Layer`, in their order; empty if `layer` is not a model, or has
        several inputs or outputs.
    """
    if not isinstance(layer, keras.Model) or not is_graph(layer):
        return []
    layers = set(map(id, single_layers(layer)))
    return [each for each in wanted if id(each) in layers]
