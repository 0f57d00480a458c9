"""DELTA: keep layer outputs near the pretrained ones."""

import keras

from tlcourse.arguments import check_number
from tlcourse.errors import UnknownName, near
from tlcourse.losses import delta_loss
from tlcourse.models import copy_of, freeze, single_layers, stage_ends, with_inner_outputs
from tlcourse.strategies.fine_tuning.fine_tune import FineTune


class Delta(FineTune):
    """Fine-tune with a penalty on the change of layer outputs.

    loss = cross-entropy + strength · Σ over layers of `delta_loss`.
    Weights may move as they like as long as the features stay: `L2SP` holds the weights themselves.
    The loss in the history holds the penalty too.

    Where we differ: all channels count alike, as in the paper's DELTA without attention.

    Args:
        backbone: `keras.Model`, images to features; it is copied and never changed.
        strength: float >= 0; 0 is `FineTune`.
        layers: names of the layers whose outputs are kept; None takes the end of each of
            `tlcourse.models.stages`.
        **settings: those of `FineTune`.

    Raises:
        UnknownName: (a ValueError) if the backbone has no such layer.

    Reference:
        Li et al., "DELTA: Deep Learning Transfer using Feature Map with Attention for Convolutional
        Networks", ICLR 2019.
    """

    def __init__(self, backbone, *, strength=0.01, layers=None, **settings):
        super().__init__(backbone, **settings)
        check_number(strength, "strength", at_least=0)
        self.strength = strength
        self.layers = layers if layers is None else tuple(layers)
        self._kept(backbone)

    def _trained(self, model, backbone, head):
        source = freeze(copy_of(self.backbone))
        source = with_inner_outputs(source, self._kept(source))
        images = keras.Input(backbone.input_shape[1:], name="images")
        features, *maps = with_inner_outputs(backbone, self._kept(backbone))(images)
        keep = KeepMaps(source, strength=self.strength, name="keep_maps")
        return keras.Model(images, keep(images, head(features), maps), name="classifier")

    def _kept(self, backbone):
        """Return the layers of a copy of the backbone whose outputs are kept."""
        if self.layers is None:
            return stage_ends(backbone)
        by_name = {layer.name: layer for layer in single_layers(backbone)}
        for name in self.layers:
            if name not in by_name:
                raise UnknownName(
                    f"`layers` must name layers of '{backbone.name}', not {name!r}."
                    f"{near(name, by_name)}"
                )
        return [by_name[name] for name in self.layers]


@keras.saving.register_keras_serializable(package="tlcourse")
class KeepMaps(keras.layers.Layer):
    """Add to the loss how far maps are from those of a source, and hand logits on.

    Args:
        source: `keras.Model`, images to a list: features, then maps. It is frozen, and runs in
            inference mode.
        strength: float >= 0.
        **kwargs: those of `keras.layers.Layer`.
    """

    def __init__(self, source, *, strength, **kwargs):
        super().__init__(**kwargs)
        self.source = source
        self.strength = strength

    def call(self, images, logits, maps, training=None):
        """Return the logits; in training it adds the loss."""
        if training:
            _, *start_maps = self.source(images, training=False)
            pairs = zip(maps, start_maps, strict=True)
            self.add_loss(self.strength * sum(delta_loss(now, then) for now, then in pairs))
        return logits

    def get_config(self):
        """Return the settings (dict), the source's layers among them."""
        source = keras.saving.serialize_keras_object(self.source)
        return {**super().get_config(), "source": source, "strength": self.strength}

    @classmethod
    def from_config(cls, config):
        """Build the layer from its settings."""
        source = keras.saving.deserialize_keras_object(config["source"])
        return cls(**{**config, "source": source})
