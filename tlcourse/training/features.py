"""Features computed once: the step that makes feature extraction cheap."""

from dataclasses import replace

import numpy as np

from tlcourse.arguments import verb
from tlcourse.domains import Domain
from tlcourse.models import check_fits
from tlcourse.training.predict import predict


@verb
def extract_features(backbone, data, *, batch_size=None):
    """Compute features once, in inference mode.

    Training a head on these costs next to nothing, however many epochs it takes: the backbone is
    never run again.

    Args:
        backbone: `keras.Model`, images to features (n, d).
        data: a `Domain`, or images (n, height, width, channels) in [0, 1].
        batch_size: images at a time; None takes up to 1,024, fewer when they are large.

    Returns:
        For a `Domain`, a `Domain` whose examples are float32 features (n, d); for images, the
        features.

    Raises:
        ValueError: if the backbone does not give features (n, d), or takes another shape.
    """
    images = data.x_train if isinstance(data, Domain) else data
    check_fits(backbone, np.shape(images)[1:], "data")
    if not isinstance(data, Domain):
        return predict(backbone, data, batch_size=batch_size)
    return replace(
        data,
        name=f"{data.name} seen by {backbone.name}",
        x_train=predict(backbone, data.x_train, batch_size=batch_size),
        x_test=predict(backbone, data.x_test, batch_size=batch_size),
    )
