"""The backbone that a training begins with: a new one by its name, or a copy of another."""

from tlcourse.backbones import load_backbone
from tlcourse.models import check_fits, copy_of, thaw


def starting_backbone(backbone, input_shape):
    """Return a backbone of one's own to train.

    Args:
        backbone: name, see `tlcourse.backbones.load_backbone`; or `keras.Model`, images to
            features, which is copied with its weights and never changed.
        input_shape: of one image.

    Returns:
        `keras.Model`, all of it trainable.

    Raises:
        ValueError: if there is no such name, or the backbone takes other images.
    """
    if isinstance(backbone, str):
        return thaw(load_backbone(backbone, input_shape=input_shape))
    check_fits(backbone, input_shape, "data")
    return thaw(copy_of(backbone))
