"""Doodles: drawings of things and animals by players of a game, rendered from their strokes.

Data: The Quick, Draw! Dataset, made available by Google, Inc. under CC BY 4.0,
https://github.com/googlecreativelab/quickdraw-dataset. Changed for the course: of each thing the
first 25 drawings of the simplified files, without country and time; drawn as 28×28 images.
"""

import gzip
import hashlib
import json
from importlib.metadata import version

import numpy as np

from tlcourse.domains.arrays import to_unit
from tlcourse.domains.domain import Domain, stratified_split
from tlcourse.domains.files import DataError, cached, data_folder, fingerprint

LICENCE = "CC BY 4.0"
SOURCE = "The Quick, Draw! Dataset, made available by Google, Inc.; rendered from its strokes"

# The ten of `doodles-animals`.
CHOSEN_ANIMALS = (
    *("bird", "butterfly", "cat", "dog", "elephant"),
    *("fish", "giraffe", "rabbit", "snail", "spider"),
)
# In neither domain: the other animals, and what is drawn as one (the last row).
OTHER_ANIMALS = (
    *("ant", "bat", "bear", "bee", "camel", "cow", "crab", "crocodile", "dolphin", "duck"),
    *("flamingo", "frog", "hedgehog", "horse", "kangaroo", "lion", "lobster", "monkey"),
    *("mosquito", "mouse", "octopus", "owl", "panda", "parrot", "penguin", "pig", "raccoon"),
    *("rhinoceros", "scorpion", "sea turtle", "shark", "sheep", "snake", "squirrel", "swan"),
    *("tiger", "whale", "zebra"),
    *("animal migration", "dragon", "mermaid", "teddy-bear"),
)

_SHA256 = "d680e426f9994fba21d5ccad88aa590b33b67cea349b22962e3d136d1a893764"
_SIZE = 28
_MARGIN = 2  # pixels that stay empty on each side
_FINER = 6  # drawn so many times larger, then averaged: Pillow's lines have no grey edges
# Of the larger drawing; 1.5 pixels of the image. Wider lines fill eyes and wheels, thinner ones
# fade beside other domains' ink. Pillow centres lines of an odd number of pixels only.
_LINE = 9


def doodles():
    """Return drawings of things that are no animals: 28×28 grey images, white lines on black.

    Players of a game drew each in at most 20 seconds, so some are unfinished, and some are not
    what they should be. People and parts of a body count as things; a pond may have a duck on it,
    since nobody looked through all of them. Of each thing 20 drawings are for training and 5 for
    testing, the same ones always.

    Returns:
        `Domain` with 292 classes, named by the word that was to be drawn.

    Raises:
        DataError: if the file of drawings is missing or damaged.

    Reference:
        The Quick, Draw! Dataset, made available by Google, Inc. under CC BY 4.0; Ha & Eck, "A
        Neural Representation of Sketch Drawings", ICLR 2018.
    """
    words = set(_drawn()["words"].tolist()).difference(CHOSEN_ANIMALS, OTHER_ANIMALS)
    return _domain("doodles", words, test_share=0.2)


def doodles_animals():
    """Return drawings of ten animals, which `doodles` holds none of: 28×28 grey images.

    Bird, butterfly, cat, dog, elephant, fish, giraffe, rabbit, snail and spider; all else is as
    in `doodles`. Of each animal 15 drawings are for training and 10 for testing, the same ones
    always.

    Returns:
        `Domain` with ten classes.

    Raises:
        DataError: if the file of drawings is missing or damaged.

    Reference:
        As for `doodles`.
    """
    return _domain("doodles-animals", CHOSEN_ANIMALS, test_share=0.4)


def _domain(name, words, test_share):
    drawn = _drawn()
    class_names = tuple(sorted(words))
    chosen = np.isin(drawn["words"], class_names)
    images = to_unit(drawn["images"][chosen])
    labels = np.searchsorted(class_names, drawn["words"][chosen])
    train, test = stratified_split(labels, test_share, seed=0)
    return Domain(
        name=name,
        x_train=images[train],
        labels_train=labels[train],
        x_test=images[test],
        labels_test=labels[test],
        class_names=class_names,
        licence=LICENCE,
        source=SOURCE,
    )


def _drawn():
    """Return all drawings of the file, from the cache if they were drawn before.

    Returns:
        Dict of arrays in the order of the file: "images", uint8 (n, 28, 28, 1), and "words", str
        (n,).
    """
    path = data_folder() / "doodles.ndjson.gz"
    packed = _read(path)
    recipe = {
        "file": _SHA256,
        "code": fingerprint(__file__),
        "numpy": np.__version__,
        "pillow": version("pillow"),
    }
    return cached("doodles", recipe, lambda: _draw_all(packed))


def _read(path):
    """Return the content of the shipped file (bytes), which is whole."""
    try:
        packed = path.read_bytes()
    except OSError as error:
        raise DataError(
            f"{path} cannot be read ({error.strerror}); install the course again."
        ) from error
    if hashlib.sha256(packed).hexdigest() != _SHA256:
        raise DataError(f"{path} is damaged (its checksum is wrong); install the course again.")
    return packed


def _draw_all(packed):
    rows = [json.loads(line) for line in gzip.decompress(packed).splitlines()]
    images = np.stack([_rendered(row["drawing"]) for row in rows])
    return {"images": images[..., None], "words": np.array([row["word"] for row in rows])}


def _rendered(strokes):
    """Draw strokes, each ((x, ...), (y, ...)), in the middle of an image and as large as fits."""
    from PIL import Image, ImageDraw

    corners = np.concatenate(strokes, axis=1)
    low, high = corners.min(axis=1), corners.max(axis=1)
    scale = ((_SIZE - 2 * _MARGIN) * _FINER - _LINE) / max(high - low)
    # A whole number names a pixel's middle, so that the middle of the image is half a pixel less.
    offset = (_SIZE * _FINER - 1) / 2 - scale * (low + high) / 2
    canvas = Image.new("L", (_SIZE * _FINER, _SIZE * _FINER))
    draw = ImageDraw.Draw(canvas)
    reach = (_LINE - 1) / 2  # of a line, from its middle pixel to its last one
    for stroke in strokes:
        points = [tuple(point) for point in (scale * np.array(stroke).T + offset).tolist()]
        draw.line(points, fill=255, width=_LINE, joint="curve")
        for x, y in (points[0], points[-1]):  # round ends, as a pen makes them
            draw.ellipse((x - reach, y - reach, x + reach, y + reach), fill=255)
    return np.asarray(canvas.reduce(_FINER))
