"""A model as the list of its layers' calls, to be made again on other tensors."""

from dataclasses import dataclass

import keras
from keras import tree


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


def calls_of(model):
    """Lists the calls of a model's layers, each after those whose outputs it takes.

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
        x = start = keras.Input(batch_shape=model.inputs[0].shape, dtype=model.inputs[0].dtype)
        for layer in model.layers:
            x = note(layer, x)
        return [start], calls, [x]
    same = keras.models.clone_model(model, clone_function=lambda layer: layer, call_function=note)
    return same.inputs, calls, same.outputs


def call_again(calls, values):
    """Makes calls again where some tensors are replaced.

    Args:
        calls: list of `Call`, in order.
        values: dict, `id` of a symbolic tensor to the one that stands for it now; what the calls
            give is added.
    """
    for call in calls:
        args, kwargs = tree.map_structure(lambda x: values.get(id(x), x), (call.args, call.kwargs))
        output = call.layer(*args, **kwargs)
        values.update(zip(map(id, call.outputs), tree.flatten(output), strict=True))
