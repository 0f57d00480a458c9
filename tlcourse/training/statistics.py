"""The statistics of batch normalisation, taken anew from given images."""

import keras
import numpy as np
from keras import ops

from tlcourse.arguments import verb
from tlcourse.errors import BadArgument
from tlcourse.models import single_layers
from tlcourse.training.predict import as_array, batch_that_fits


@verb
def reestimate_statistics(model, images, *, batch_size=None):
    """Give batch normalisation the statistics of what reaches it from these images.

    Layer by layer from the input, however deep in nested models: each layer's mean and variance are
    those of its inputs once the layers before it have theirs. No label is needed, no weight moves.

    Args:
        model: `keras.Model`, changed in place.
        images: float array (n, ...), n >= 2.
        batch_size: images at a time; None takes up to 1,024, fewer when they are large. More than
            one batch takes a pass over the images for every such layer.

    Returns:
        `model`.

    Raises:
        ValueError: if the model has no batch normalisation, or there are fewer than 2 images.

    Reference:
        Li, Wang, Shi, Liu & Hou, "Revisiting Batch Normalization For Practical Domain Adaptation",
        ICLR Workshop 2017.
    """
    images = as_array(images)
    layers = [x for x in single_layers(model) if isinstance(x, keras.layers.BatchNormalization)]
    if not layers:
        raise BadArgument(
            f"`model` must have batch normalisation; '{model.name}' has none, and no statistics."
        )
    if len(images) < 2:
        raise BadArgument(f"`images` must be at least 2; got {len(images)}.")
    size = batch_that_fits(images) if batch_size is None else batch_size
    batches = [images[i : i + size] for i in range(0, len(images), size)]
    # With one batch a layer can be set as soon as its input comes by.
    rounds = [layers] if len(batches) == 1 else [[layer] for layer in layers]
    for due in rounds:
        watched = [_Watched(layer) for layer in due]
        try:
            for batch in batches:
                model(batch, training=False)
        finally:
            for each in watched:
                each.leave()
    return model


class _Watched:
    """A layer that takes its statistics from what comes by, and adds it up over batches."""

    def __init__(self, layer):
        self._layer, self._run = layer, layer.call
        self._n, self._sum, self._squares = 0, 0.0, 0.0
        layer.call = self._call

    def _call(self, inputs, *args, **settings):
        x = ops.convert_to_numpy(inputs).astype("float64")
        axes = tuple(range(x.ndim - 1))
        self._n += x.size // x.shape[-1]
        self._sum = self._sum + x.sum(axis=axes)
        self._squares = self._squares + np.square(x).sum(axis=axes)
        self._settle()
        return self._run(inputs, *args, **settings)

    def _settle(self):
        """Set the layer to the mean and variance of all that came so far."""
        mean = self._sum / self._n
        variance = np.maximum(self._squares / self._n - mean**2, 0)
        self._layer.moving_mean.assign(mean.astype("float32"))
        self._layer.moving_variance.assign(variance.astype("float32"))

    def leave(self):
        """Leave the layer as it was but for its statistics."""
        self._layer.call = self._run
