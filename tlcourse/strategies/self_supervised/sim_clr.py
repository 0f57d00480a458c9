"""SimCLR: two random views of one image shall lie together, apart from those of all others."""

import keras
import numpy as np
from keras import layers, ops

from tlcourse.arguments import check_number
from tlcourse.backbones import RandomAffine
from tlcourse.errors import BadArgument
from tlcourse.losses import nt_xent
from tlcourse.models import rebuilt
from tlcourse.strategies.self_supervised.self_supervised import SelfSupervised


class SimCLR(SelfSupervised):
    """Pretrain by contrasting views of images; the projection head is discarded.

    min over θ, g of NT-Xent of g(f_θ(view(x))) and g(f_θ(view'(x))), see `nt_xent`. Which changes
    the views make is which changes the features learn not to see: choose them so that the class
    stays the same. Every other image of a batch is a negative, so large batches help.

    Where we differ: the views are affine maps and contrast, which suit small grey images, in place
    of the paper's crops, colours and blur; and the optimiser is Adam.

    Args:
        temperature: float > 0, of `nt_xent`.
        projection: widths of the head's hidden layer and of the projections.
        augment: list of `keras.layers.Layer` that change images in training; None takes
            `RandomAffine` and Keras's `RandomContrast`.
        **settings: those of `SelfSupervised`; by default batches of 128, two views of each image.

    Reference:
        Chen, Kornblith, Norouzi & Hinton, "A Simple Framework for Contrastive Learning of Visual
        Representations", ICML 2020.
    """

    DEFAULTS = {**SelfSupervised.DEFAULTS, "batch_size": 128}  # noqa: RUF012

    def __init__(self, *, temperature=0.5, projection=(128, 64), augment=None, **settings):
        super().__init__(**settings)
        if self.training.batch_size < 2:
            raise BadArgument(
                "`batch_size` must be at least 2, to have negatives; "
                f"got {self.training.batch_size}."
            )
        if len(tuple(projection)) != 2 or min(projection) < 1:
            raise BadArgument(f"`projection` must be two widths, at least 1; got {projection!r}.")
        self.loss = ViewsTogether(temperature=temperature)
        self.projection = tuple(projection)
        if augment is None:
            # Two numbers, down and up: with a single one Keras only ever raises the contrast.
            contrast = layers.RandomContrast((0.5, 0.5), value_range=(0.0, 1.0))
            augment = [RandomAffine(shear=0.2, scale=0.2, shift=0.1), contrast]
        if not all(isinstance(layer, layers.Layer) for layer in augment):
            raise BadArgument(f"`augment` must be a list of keras.layers.Layer; got {augment!r}.")
        self.augment = list(augment)

    def _check(self, x):
        if len(x) < 2:
            raise BadArgument(f"`data` must hold at least 2 images to contrast; got {len(x)}.")

    def _pretext(self, backbone):
        shape = backbone.input_shape[1:]
        images = keras.Input(shape, name="images")
        both = ops.reshape(ops.stack([images, images], axis=1), (-1, *shape))
        for layer in self.augment:
            both = rebuilt(layer)(both)
        # One pass for both views: batch normalisation sees them together.
        hidden, width = self.projection
        x = layers.Dense(hidden, activation="relu", name="projection_hidden")(backbone(both))
        x = layers.Dense(width, name="projection")(x)
        return keras.Model(images, ops.reshape(x, (-1, 2, width)), name="sim_clr")

    def _projector(self, model):
        names = ("projection_hidden", "projection")
        hidden, projection = (model.get_layer(name) for name in names)
        features = keras.Input((hidden.kernel.shape[0],), name="features")
        return keras.Model(features, projection(hidden(features)), name="projector")

    def _targets(self, x):
        return np.zeros((len(x), 1), "float32")  # there are none, but Keras hands them on

    def _loss(self):
        return self.loss


@keras.saving.register_keras_serializable(package="tlcourse")
class ViewsTogether(keras.losses.Loss):
    """`nt_xent` of two views for Keras; targets are not looked at.

    Args:
        temperature: float > 0.
        name: str.
        **settings: those of `keras.losses.Loss`.
    """

    def __init__(self, *, temperature=0.5, name="views_together", **settings):
        check_number(temperature, "temperature", above=0)
        super().__init__(name=name, **settings)
        self.temperature = temperature

    def call(self, y_true, y_pred):
        """Return the scalar loss of projections (n, 2, d)."""
        return nt_xent(y_pred[:, 0], y_pred[:, 1], temperature=self.temperature)

    def get_config(self):
        """Return the settings (dict)."""
        return {**super().get_config(), "temperature": self.temperature}
