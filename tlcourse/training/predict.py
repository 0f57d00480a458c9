"""What a model gives for many examples, without filling the memory."""

import math

import keras
import numpy as np

from tlcourse.arguments import verb
from tlcourse.errors import BadArgument
from tlcourse.training.batches import OrderedBatches
from tlcourse.training.compiled_twin import compiled_twin_for
from tlcourse.training.devices import evenly, whole_batches

_FEW_BATCHES = 10


@verb
def predict(model, x, *, batch_size=None, times=1):
    """Predict in inference mode, in batches of bounded memory.

    Args:
        model: `keras.Model`.
        x: float array (n, ...), n >= 1.
        batch_size: examples at a time; None takes up to 1,024, fewer when they are large images.
        times: int, how often the model will be asked about as many; for many times it is compiled.

    Returns:
        Array (n, ...), float32.

    Raises:
        ValueError: if there is no example.
    """
    x = as_array(x)
    if len(x) == 0:
        raise BadArgument(f"`x` must hold at least one example; got shape {x.shape}.")
    if batch_size is None:
        batch_size = batch_that_fits(x)
    if is_short(x, batch_size, times):
        return outputs_of(model, x, batch_size)
    with compiled_twin_for(model).holding(model) as compiled:
        return outputs_of(compiled, x, batch_size, times=times)


def batch_that_fits(x):
    """Return a batch size: 1,024 images of 224 pixels would fill a laptop's memory in VGG16."""
    return min(1024, max(16, 2**20 // max(1, math.prod(x.shape[1:]))))


def is_short(x, batch_size, times=1):
    """Tell whether tracing costs more than it saves; TensorFlow also warns of such tracings."""
    few = times * len(x) <= _FEW_BATCHES * batch_size
    return keras.backend.backend() == "tensorflow" and few


def outputs_of(model, x, batch_size, *, times=1):
    """Predict in batches, in inference mode.

    Args:
        model: `keras.Model`, compiled when there are many examples.
        x: array (n, ...).
        batch_size: int, examples at a time.
        times: how often the model will be asked; for many times tracing is worth its price.

    Returns:
        Array (n, ...), float32.
    """
    batches = OrderedBatches(x, batch_size=evenly(batch_size), fill=True)
    if is_short(x, batch_size, times):
        parts = [model(batches[i][0], training=False) for i in range(len(batches))]
        outputs = np.concatenate([keras.ops.convert_to_numpy(part) for part in parts])
    elif times > 1:  # in the midst of a fit, where `predict` would end it
        with whole_batches():
            parts = [model.predict_on_batch(batches[i][0]) for i in range(len(batches))]
        outputs = np.concatenate(parts)
    else:
        with whole_batches():
            outputs = model.predict(batches, verbose=0)
    return outputs[: len(x)].astype("float32", copy=False)


def as_array(values):
    """Return a numpy array; tensors of any backend are turned into one."""
    if isinstance(values, (np.ndarray, list, tuple)):
        return np.asarray(values)
    return keras.ops.convert_to_numpy(values)
