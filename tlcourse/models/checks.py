"""Validation of models and backbones."""

import keras

from tlcourse.errors import BadArgument


def check_backbone(backbone):
    """Check that a backbone is a graph of layers from one input to features (n, d).

    Args:
        backbone: `keras.Model`, or anything else given as one.

    Raises:
        ValueError: if it is anything else; says what it is and what to do.
    """
    if not isinstance(backbone, keras.Model):
        raise BadArgument(
            f"`backbone` must be a keras.Model, images to features; got {backbone!r}. "
            "`load_backbone(name)` builds one."
        )
    inputs, outputs = getattr(backbone, "inputs", None), getattr(backbone, "outputs", None)
    if not inputs or not outputs:
        raise BadArgument(
            f"`backbone` must be a functional or sequential model that begins with a keras.Input; "
            f"'{backbone.name}' does not say what it takes and gives."
        )
    if len(inputs) != 1 or len(outputs) != 1:
        raise BadArgument(
            f"`backbone` must have one input and one output; '{backbone.name}' has "
            f"{len(inputs)} and {len(outputs)}."
        )
    shape = tuple(outputs[0].shape)
    if len(shape) != 2 or shape[1] is None:
        raise BadArgument(
            f"`backbone` must give features (n, d); '{backbone.name}' gives {shape}. "
            "End it with GlobalAveragePooling2D or Flatten."
        )


def check_model(model):
    """Check that a model is one of Keras.

    Args:
        model: `keras.Model`, or anything else given as one.

    Raises:
        BadArgument: (a ValueError) that says what it is instead.
    """
    if not isinstance(model, keras.Model):
        raise BadArgument(f"`model` must be a keras.Model; got {model!r}.")


def check_fits(backbone, shape, name):
    """Check that a backbone takes examples of a shape.

    Args:
        backbone: `keras.Model`, or anything else given as one.
        shape: of one example, without the batch axis.
        name: str, the argument that holds the examples.

    Raises:
        ValueError: if the shapes differ, naming both; or as `check_backbone`.
    """
    check_backbone(backbone)
    takes = tuple(backbone.input_shape[1:])
    if len(takes) != len(shape) or any(
        size not in (None, given) for size, given in zip(takes, shape, strict=True)
    ):
        raise BadArgument(
            f"`{name}` must hold examples of shape {takes}, which backbone '{backbone.name}' "
            f"takes; got {tuple(shape)}."
        )
