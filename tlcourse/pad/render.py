"""Turn strokes into images that look like those of the domain `handwritten`."""

import numpy as np

from tlcourse.domains import check_examples

_SIZE = 28
_BOX = 20  # pixels of the longer side of the ink, as in `handwritten`
_PEN = 2.5  # pixels, the width of the pen
_FINE = 8  # drawn so many times larger, then averaged: soft edges
_SMALLEST = 0.05  # of the pad's side: a mere dot is not blown up to the whole box


def render_strokes(drawings):
    """Draw strokes as white ink on black, of one size, their box in the middle.

    The longer side of the ink takes 20 of the 28 pixels, however large it was on the pad, and the
    pen is 2.5 pixels wide, however fast it went.

    Args:
        drawings: list of drawings as `check_strokes` gives them, one or more.

    Returns:
        float32 array (n, 28, 28, 1) in [0, 1].
    """
    images = np.stack([_rendered(strokes) for strokes in drawings])[..., None]
    images = images.astype("float32") / np.float32(255)
    check_examples(images, "drawings")
    return images


def _rendered(strokes):
    from PIL import Image, ImageDraw

    points = np.concatenate([np.asarray(stroke, "float64") for stroke in strokes])
    low, high = points.min(axis=0), points.max(axis=0)
    scale = (_BOX - _PEN) / max(float((high - low).max()), _SMALLEST)
    canvas = Image.new("L", (_SIZE * _FINE, _SIZE * _FINE))
    pen = ImageDraw.Draw(canvas)
    radius = _PEN * _FINE / 2
    for stroke in strokes:
        at = ((np.asarray(stroke) - (low + high) / 2) * scale + _SIZE / 2) * _FINE
        # Round ends and joints: a disc at each point, a bar from each to the next. Pillow counts
        # pixels, their last one included, where `at` counts their edges.
        for x, y in at:
            pen.ellipse((x - radius, y - radius, x + radius - 1, y + radius - 1), fill=255)
        if len(at) > 1:
            pen.line([tuple(point - 0.5) for point in at], fill=255, width=round(2 * radius))
    return np.asarray(canvas.reduce(_FINE))
