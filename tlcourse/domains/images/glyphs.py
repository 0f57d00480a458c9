"""Digits and letters drawn from the TrueType fonts that matplotlib ships.

Each image is a character of a random face, made bolder, then rotated, sheared, scaled
and shifted. The drawing depends on the seed only.
"""

from importlib.metadata import version
from pathlib import Path

import numpy as np

from tlcourse.arguments import check_count, check_seed
from tlcourse.domains.arrays import to_unit
from tlcourse.domains.domain import Domain
from tlcourse.domains.files import cached, fingerprint
from tlcourse.domains.images.faces import FACES, HELD_OUT_FACES, check_faces

LICENCE = "drawn here, from DejaVu, STIX (SIL OFL 1.1) and Computer Modern (AMS) fonts"
DIGITS = "0123456789"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

_CANVAS = 128  # pixels of the drawing of a face, before it is transformed and reduced
_TALL = 70  # pixels of a capital's height on that canvas, at font size 96
_WEIGHTS = (0, 2, 4, 6)  # pixels added around a stroke on that canvas


def glyphs(n=8000, seed=0, faces=FACES):
    """Return digits drawn from fonts: 28×28 grey images, three quarters of them for training.

    Args:
        n: int, total number of images.
        seed: int; the same seed gives the same images.
        faces: list of str, faces ("DejaVuSans-Bold") or whole families ("DejaVu Sans", "DejaVu
            Sans Mono", "DejaVu Serif", "STIX", "Computer Modern").

    Returns:
        `Domain` with ten classes; its groups are the faces.

    Raises:
        UnknownName: (a ValueError) if there is no such face.
        BadArgument: (a ValueError) if `n` is no whole number >= 4, or `seed` is none.
    """
    n, seed = _plain(n, seed)
    return _in_faces("glyphs", DIGITS, check_faces(faces), n, seed)


def letters(n=8000, seed=0, faces=None):
    """Return capital letters: 28×28 grey images, the test set in faces that training never saw.

    Args:
        n: int, total number of images; three quarters of them for training.
        seed: int; the same seed gives the same images.
        faces: list of str, as in `glyphs`, for train and test alike; None takes all, and holds
            some of them out for the test.

    Returns:
        `Domain` with 26 classes; its groups are the faces.

    Raises:
        UnknownName: (a ValueError) if there is no such face.
        BadArgument: (a ValueError) if `n` is no whole number >= 4, or `seed` is none.
    """
    n, seed = _plain(n, seed)
    if faces is not None:
        return _in_faces("letters", LETTERS, check_faces(faces), n, seed)
    seen = tuple(face for face in FACES if face not in HELD_OUT_FACES)
    n_train = n * 3 // 4
    drawn = [
        (used, render_and_tell(LETTERS, used, size, seed=each))
        for used, size, each in ((seen, n_train, seed), (HELD_OUT_FACES, n - n_train, seed + 1))
    ]
    images, labels = (
        np.concatenate([each[kind] for _, each in drawn]) for kind in ("images", "labels")
    )
    groups = np.concatenate([np.array(used)[each["faces"]] for used, each in drawn])
    source = f"{len(seen)} font faces shipped with matplotlib; {len(HELD_OUT_FACES)} held out"
    return drawn_domain("letters", images, labels, LETTERS, source, groups)


def _plain(n, seed):
    check_count(n, "n", at_least=4)
    # Their cache knows drawings by what is written of these: plain numbers only.
    return int(n), check_seed(seed)


def _in_faces(name, characters, faces, n, seed):
    drawn = render_and_tell(characters, faces, n, seed=seed)
    source = f"{len(faces)} font faces shipped with matplotlib"
    groups = np.array(faces)[drawn["faces"]]
    return drawn_domain(name, drawn["images"], drawn["labels"], characters, source, groups)


def drawn_domain(name, images, labels, characters, source, groups=None):
    """Make a domain of drawn characters: the first three quarters of the images are for training.

    Args:
        name: str.
        images: uint8 (n, height, width, channels).
        labels: int32 (n,).
        characters: str, one class per character.
        source: str, origin of the drawings.
        groups: array (n,) of str, or None.

    Returns:
        `Domain`.
    """
    n_train = len(images) * 3 // 4
    return Domain(
        name=name,
        x_train=to_unit(images[:n_train]),
        labels_train=labels[:n_train],
        x_test=to_unit(images[n_train:]),
        labels_test=labels[n_train:],
        class_names=tuple(characters),
        licence=LICENCE,
        source=source,
        groups_train=None if groups is None else groups[:n_train],
        groups_test=None if groups is None else groups[n_train:],
    )


def render(characters, faces, n, *, size=28, seed=0):
    """Draw n images of random characters, or take them from the cache.

    Args:
        characters: str, one class per character.
        faces: matplotlib's font files, without extension.
        n: int, images.
        size: int, height and width in pixels.
        seed: int; the same seed gives the same images.

    Returns:
        `(images, labels)`: uint8 (n, size, size, 1), white ink on black, and int32 (n,), the
        classes shuffled and, overall and in any prefix, as balanced as possible.
    """
    arrays = render_and_tell(characters, faces, n, size=size, seed=seed)
    return arrays["images"], arrays["labels"]


def render_and_tell(characters, faces, n, *, size=28, seed=0):
    """Draw as `render` does and also tell how each image was drawn.

    Args:
        characters: as in `render`, like all arguments.
        faces: as in `render`.
        n: int, images.
        size: int, height and width in pixels.
        seed: int, seed of the drawing.

    Returns:
        Dict of arrays: "images" and "labels" of `render`; "faces", int64 (n,), index into `faces`;
        "degrees", float64 (n,), rotation, clockwise.
    """
    recipe = {
        "characters": characters,
        "faces": list(faces),
        "n": n,
        "size": size,
        "seed": seed,
        "code": fingerprint(__file__),
        "numpy": np.__version__,
        "pillow": version("pillow"),
        "matplotlib": version("matplotlib"),
    }
    return cached("glyphs", recipe, lambda: _draw_all(characters, faces, n, size, seed))


def _draw_all(characters, faces, n, size, seed):
    from PIL import Image

    rng = np.random.default_rng(seed)
    # Every run of len(characters) images has each of them once, which balances train and test.
    rounds = np.tile(np.arange(len(characters), dtype="int32"), (-(-n // len(characters)), 1))
    labels = rng.permuted(rounds, axis=1).ravel()[:n]
    face = rng.integers(len(faces), size=n)
    weight = rng.integers(len(_WEIGHTS), size=n)
    matrices, degrees = _inverse_affines(rng, n, size)
    templates = {}
    images = np.empty((n, size, size, 1), "uint8")
    for i in range(n):
        key = (labels[i], face[i], weight[i])
        if key not in templates:
            templates[key] = _template(characters[labels[i]], faces[face[i]], _WEIGHTS[weight[i]])
        # Draw at twice the size and average: thin strokes keep their grey.
        drawn = templates[key].transform(
            (2 * size, 2 * size), Image.Transform.AFFINE, matrices[i], Image.Resampling.BILINEAR
        )
        images[i, :, :, 0] = drawn.reduce(2)
    return {"images": images, "labels": labels, "faces": face, "degrees": degrees}


def _inverse_affines(rng, n, size):
    """Return n rows (a, b, c, d, e, f) that map output pixels to the template, and the degrees."""
    degrees = rng.uniform(-20, 20, n)
    angle = np.deg2rad(degrees)
    shear = rng.uniform(-0.25, 0.25, n)
    scale = rng.uniform(0.7, 1.1, n)
    aspect = np.exp(rng.uniform(-0.2, 0.2, n))
    shift = rng.uniform(-0.07, 0.07, (n, 2)) * 2 * size
    cos, sin = np.cos(angle), np.sin(angle)
    rotate = np.stack([np.stack([cos, -sin], -1), np.stack([sin, cos], -1)], -2)
    ones, zeros = np.ones(n), np.zeros(n)
    slant = np.stack([np.stack([ones, shear], -1), np.stack([zeros, ones], -1)], -2)
    # A capital is to be 20 of 28 output pixels tall at scale 1.
    stretch = np.stack([scale * aspect, scale / aspect], -1)[:, None, :] * (
        2 * size * 20 / 28 / _TALL
    )
    inverse = np.linalg.inv(rotate @ slant * stretch)
    offset = _CANVAS / 2 - np.einsum("nij,nj->ni", inverse, size + shift)
    return np.concatenate([inverse, offset[:, :, None]], axis=2).reshape(n, 6), degrees


def _template(character, face, weight):
    """Draw one character in the middle of the canvas, its strokes made thicker."""
    import matplotlib
    from PIL import Image, ImageDraw, ImageFont

    file = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / f"{face}.ttf"
    # Every Pillow has the basic layout engine; the other depends on the system.
    font = ImageFont.truetype(str(file), 96, layout_engine=ImageFont.Layout.BASIC)
    left, top, right, bottom = font.getbbox(character)
    canvas = Image.new("L", (_CANVAS, _CANVAS))
    place = ((_CANVAS - left - right) / 2, (_CANVAS - top - bottom) / 2)
    ImageDraw.Draw(canvas).text(
        place, character, font=font, fill=255, stroke_width=weight, stroke_fill=255
    )
    return canvas
