"""A model as a list of layer calls that can be replayed."""

from dataclasses import dataclass

import keras
from keras import tree

from tlcourse.arguments import verb
from tlcourse.models.freezing import single_layers


@dataclass(frozen=True)
class Call:
    """One call of a layer while the model was built.

    Attributes:
        layer: `keras.layers.Layer`, a model inside included, or an operation such as `ops.flip`.
        args: tuple, of symbolic tensors and constants.
        kwargs: dict, likewise.
        output: symbolic tensor, or a structure of some.
    """

    layer: keras.Operation
    args: tuple
    kwargs: dict
    output: object

    @property
    def inputs(self):
        """The tensors that it takes (list)."""
        return [x for x in tree.flatten((self.args, self.kwargs)) if keras.utils.is_keras_tensor(x)]

    @property
    def outputs(self):
        """The tensors that it gives (list)."""
        return tree.flatten(self.output)


@verb
def is_graph(model):
    """Say whether a model is a graph of layers from one input to one output.

    Args:
        model: `keras.Model`.

    Returns:
        bool; False for a subclass that is all code, or of several inputs or outputs.
    """
    return len(getattr(model, "inputs", None) or ()) == 1 == len(model.outputs)


@verb
def calls_of(model):
    """List the calls of a model's layers, each after those whose outputs it takes.

    Args:
        model: `keras.Model`, functional or sequential. A model inside it is one call.

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
        # A name of its own, not one that counts up: what is built on it may share a twin.
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
        values: dict, `id` of a symbolic tensor to the one that stands for it now; what the call
            gives is added.
        layer: what to call in place of the layer; it must give as many tensors or more, of which
            the first are taken.

    Returns:
        List of the tensors that were given.
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
        List of `keras.layers.Layer`, in their order; empty if `layer` is no model, or one of
        several inputs or outputs.
    """
    if not isinstance(layer, keras.Model) or not is_graph(layer):
        return []
    layers = set(map(id, single_layers(layer)))
    return [each for each in wanted if id(each) in layers]
