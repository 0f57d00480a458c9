"""FitNets hints: match a teacher's intermediate features."""

import keras
from keras import Model, layers

from tlcourse.errors import BadArgument, UnknownName, near
from tlcourse.losses import hint_loss
from tlcourse.training import predict, train


def learn_hint(student, teacher, hints, x, training, *, seed=0):
    """Train a student's layers up to one of them, by the features of a teacher's layer.

    A dense layer along the last axis (for maps, a 1×1 convolution) brings the student's width to
    the teacher's; it is thrown away.

    Where we differ: the paper's regressor is a convolution with a larger kernel, for maps of
    different sizes; here the maps must be of one size.

    Args:
        student: `keras.Model`, its layers up to the first of `hints` are trained in place.
        teacher: `keras.Model`, images to logits. Never changed.
        hints: pair of str, names of a layer of the student and one of the teacher, or of the
            backbone within it.
        x: float array (n, ...).
        training: `Training`.
        seed: int, of the order of the examples and of dropout.

    Returns:
        The history of `train` (dict).

    Raises:
        UnknownName: (a ValueError) if there is no such layer.
        ValueError: if the layers' features do not match in all but their width.

    Reference:
        Romero et al., "FitNets: Hints for Thin Deep Nets", ICLR 2015.
    """
    guided, guide = _up_to(student, hints[0], 0), _up_to(teacher, hints[1], 1)
    if guided.output_shape[1:-1] != guide.output_shape[1:-1]:
        raise BadArgument(
            f"`hints` must name layers whose features differ in the last axis at most; "
            f"'{hints[0]}' gives {guided.output_shape[1:]}, '{hints[1]}' {guide.output_shape[1:]}."
        )
    width = layers.Dense(guide.output_shape[-1], name="to_teachers_width")
    model = Model(guided.inputs[0], width(guided.outputs[0]), name="guided")
    return train(model, x, predict(guide, x), training, loss=Hint(), seed=seed)


@keras.saving.register_keras_serializable(package="tlcourse")
class Hint(keras.losses.Loss):
    """`hint_loss` as a Keras loss; targets are the teacher's features."""

    def call(self, y_true, y_pred):
        """Return the scalar loss."""
        return hint_loss(y_pred, y_true)


def _up_to(model, name, index):
    """Return the part of a model, or of one inside that takes the same images, up to a layer."""
    inside = [layer for layer in model.layers if isinstance(layer, Model)]
    found = [each for each in inside if each.input_shape == model.input_shape]
    for each in (model, *found):
        if name in {layer.name for layer in each.layers}:
            return Model(each.inputs[0], each.get_layer(name).output)
    names = [layer.name for each in (model, *found) for layer in each.layers]
    raise UnknownName(f"`hints[{index}]`: no layer {name!r}.{near(name, names)}")
