"""Join backbones and heads; make independent copies."""

from keras import Input, Model, layers

from tlcourse.arguments import check_count, check_flag, check_number, check_several, verb
from tlcourse.errors import BadArgument
from tlcourse.models.checks import check_backbone
from tlcourse.models.cloning import clone_of, rebuilt
from tlcourse.models.feature_scale import FeatureScale
from tlcourse.models.variables import values_of


@verb
def new_head(backbone, n_classes, *, hidden=(), dropout=0.0, normalise=False, zero=False):
    """Build a classification head: features to one logit per class.

    Args:
        backbone: `keras.Model`, to features (n, d).
        n_classes: int, number of logits.
        hidden: widths of hidden ReLU layers; empty for a linear head.
        dropout: float, dropout rate of the features in training (Srivastava et al., 2014).
        normalise: bool, begin with a `FeatureScale` layer named "scale"; adapt it to features
            before training.
        zero: bool, initialise the last layer with zeros, so that nothing random remains in
            directions that few labels do not determine.

    Returns:
        `keras.Model`, (n, d) to (n, n_classes).

    Raises:
        ValueError: if the backbone does not give features (n, d), or an argument is out of range.
    """
    check_backbone(backbone)
    check_count(n_classes, "n_classes")
    hidden = check_several(hidden, "hidden", of="whole numbers", at_least=0)
    for width in hidden:
        check_count(width, "hidden")
    check_number(dropout, "dropout", at_least=0, below=1)
    check_flag(normalise, "normalise")
    check_flag(zero, "zero")
    x = features = Input(backbone.output_shape[1:], name="features")
    if normalise:
        x = FeatureScale(name="scale")(x)
    if dropout:
        x = layers.Dropout(dropout, name="dropout")(x)
    for number, width in enumerate(hidden, 1):
        x = layers.Dense(int(width), activation="relu", name=f"hidden{number}")(x)
    start = "zeros" if zero else "glorot_uniform"
    logits = layers.Dense(int(n_classes), kernel_initializer=start, name="logits")(x)
    return Model(features, logits, name="head")


@verb
def join(backbone, head):
    """Join a backbone and a head; the joint model shares their variables.

    Args:
        backbone: `keras.Model`, images to features (n, d).
        head: `keras.Model`, features (n, d) to logits.

    Returns:
        `keras.Model`, images through the backbone and then the head.

    Raises:
        ValueError: if the head expects features of another width.
    """
    check_backbone(backbone)
    if head.input_shape[1:] != backbone.output_shape[1:]:
        raise BadArgument(
            f"`head` must take the {backbone.output_shape[1]} features that '{backbone.name}' "
            f"gives; it takes {head.input_shape[1:]}."
        )
    images = Input(backbone.input_shape[1:], name="images")
    return Model(images, head(backbone(images)), name="classifier")


@verb
def with_augmentation(model, augment):
    """Prepend a random augmentation layer to a model, for training.

    Args:
        model: `keras.Model` of images; its variables are shared.
        augment: `keras.layers.Layer`, such as `RandomAffine` or `keras.layers.RandomFlip`, of
            which a copy is used; or None.

    Returns:
        `keras.Model`; `model` itself if `augment` is None.
    """
    if augment is None:
        return model
    images = Input(model.input_shape[1:], name="images")
    changed = rebuilt(augment)(images)
    return Model(images, model(changed), name=f"augmented_{model.name}")


@verb
def copy_of(model):
    """Copy a model; no variable is shared.

    Args:
        model: `keras.Model` whose layers can be rebuilt from their config, as all of Keras' can.

    Returns:
        `keras.Model`.

    Raises:
        ValueError: if a layer cannot be rebuilt.
    """
    try:
        twin = clone_of(model)
    except (TypeError, ValueError, NotImplementedError) as error:
        raise BadArgument(
            f"`model` '{model.name}' cannot be copied: {str(error).splitlines()[0]} "
            "A layer of your own needs `get_config`, and "
            "`@keras.saving.register_keras_serializable()` above its class."
        ) from error
    twin.set_weights(values_of(model.weights))
    _finalize(twin)
    return twin


def _finalize(model):
    """Let layers that keep constants beside their variables, as Normalization, renew them."""
    for layer in model.layers:
        if isinstance(layer, Model):
            _finalize(layer)
        elif hasattr(layer, "finalize_state"):
            layer.finalize_state()
