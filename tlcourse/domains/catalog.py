"""Load a domain, or a pair, by name."""

from dataclasses import replace
from functools import partial

import numpy as np

from tlcourse.arguments import verb
from tlcourse.domains.domain import DomainPair
from tlcourse.domains.files import how_to_get, locate
from tlcourse.domains.images import (
    cats_dogs,
    cats_vs_dogs,
    cifar10,
    doodles,
    doodles_animals,
    fashion_mnist,
    flowers,
    glyphs,
    glyphs_textured,
    handwritten,
    letters,
    mnist,
    mnist_textured,
    objects8,
    omniglot,
    usps,
)
from tlcourse.domains.sound import speaker, spoken_digits, spoken_digits_waves, vowels
from tlcourse.domains.text import reviews_a, reviews_b, rt_polarity
from tlcourse.errors import BadArgument, UnknownName, near

# name: (function that makes it, the data set it needs or None)
_MAKERS = {
    "glyphs": (glyphs, None),
    "glyphs-textured": (glyphs_textured, None),
    "handwritten": (handwritten, None),
    "letters": (letters, None),
    "doodles": (doodles, None),
    "doodles-animals": (doodles_animals, None),
    "vowels": (vowels, None),
    "reviews-a": (reviews_a, None),
    "reviews-b": (reviews_b, None),
    "mnist": (mnist, "mnist"),
    "mnist-textured": (mnist_textured, "mnist"),
    "fashion-mnist": (fashion_mnist, "fashion-mnist"),
    "usps": (usps, "usps"),
    "cifar10": (cifar10, "cifar10"),
    "objects8": (objects8, "cifar10"),
    "cats-dogs": (cats_dogs, "cifar10"),
    "omniglot": (omniglot, "omniglot"),
    "cats-vs-dogs": (cats_vs_dogs, "cats-vs-dogs"),
    "flowers": (flowers, "flowers"),
    "rt-polarity": (rt_polarity, "rt-polarity"),
    "spoken-digits": (spoken_digits, "fsdd"),
    "spoken-digits-waves": (spoken_digits_waves, "fsdd"),
    "speaker-george": (partial(speaker, "george"), "fsdd"),
    "speaker-jackson": (partial(speaker, "jackson"), "fsdd"),
    "speaker-theo": (partial(speaker, "theo"), "fsdd"),
    "speaker-yweweler": (partial(speaker, "yweweler"), "fsdd"),
}

# Domains that are drawn when they are loaded, and what can be said of the drawing.
_DRAWN = {
    "glyphs": ("n", "seed", "faces"),
    "letters": ("n", "seed", "faces"),
    "vowels": ("speakers", "takes", "seed", "voices"),
}

# Pairs with names of their own: (source, target). All others are named after their parts.
_PAIRS = {
    "digits->spoken-digits": ("glyphs", "spoken-digits"),
    "speaker->speaker": ("speaker-george", "speaker-yweweler"),
}


def domain_names():
    """List the names that `load_domain` knows.

    Returns:
        Tuple of str.
    """
    return tuple(_MAKERS)


@verb
def available(name):
    """Tell whether a domain can be loaded on this machine now.

    Args:
        name: str, one of `domain_names()`.

    Returns:
        `(ok, help)`: bool, and one line that says how to get it ("" if it is present).
    """
    data_set = _entry(name)[1]
    if data_set is not None and locate(data_set) is None:
        return False, how_to_get(data_set)
    return True, ""


@verb
def load_domain(name, **settings):
    """Load a domain by its name.

    Args:
        name: `glyphs`, `glyphs-textured`, `handwritten`, `letters`, `doodles`, `doodles-animals`,
            `vowels`, `reviews-a`, `reviews-b` (always there), or one of `domain_names()` that needs
            real data (`tlcourse data list`).
        **settings: of domains that are drawn here: `glyphs` and `letters` take `n`, `seed` and
            `faces`, a list of fonts such as `("DejaVu Sans", "cmr10")`; `vowels` takes `speakers`,
            `takes`, `seed` and `voices`, of "man", "woman" and "child".

    Returns:
        `Domain`.

    Raises:
        UnknownName: (a ValueError) for an unknown name; suggests similar ones.
        BadArgument: (a ValueError) for a setting that this domain does not have.
        DataError: if its data is not on this machine, or damaged; says how to get it.
    """
    make = _entry(name)[0]
    for setting in settings:
        if setting not in _DRAWN.get(name, ()):
            known = ", ".join(f"`{each}`" for each in _DRAWN.get(name, ())) or "none"
            raise BadArgument(f"`{setting}` is no setting of '{name}'; it has {known}.")
    return make(**settings)


@verb
def load_pair(name):
    """Load a source and a target domain, brought to one shape.

    The smaller images are padded with zeros and grey is repeated to colour, so that one backbone
    serves both.

    Args:
        name: `"source->target"`, two names for `load_domain`, such as `"glyphs->handwritten"`; or
            `"digits->spoken-digits"` (drawn digits, then spoken ones) or `"speaker->speaker"` (one
            voice, then another).

    Returns:
        `DomainPair`, named after its two domains.

    Raises:
        UnknownName: (a ValueError) for a wrong form or an unknown name; suggests similar ones.
        ValueError: if only one of the two contains images.
    """
    names = [part.strip() for part in name.split("->")] if isinstance(name, str) else []
    if len(names) != 2:
        raise UnknownName(
            f"A pair is called 'source->target', such as 'glyphs->handwritten'; got {name!r}. "
            f"Domains: {', '.join(_MAKERS)}."
        )
    names = _PAIRS.get("->".join(names), names)
    # Check both names first: a mistyped target must not cost the time to draw the source.
    source, target = (make() for make, _ in [_entry(part) for part in names])
    if len(source.input_shape) != len(target.input_shape):
        raise BadArgument(
            f"A pair needs examples of one kind; those of '{source.name}' have shape "
            f"{source.input_shape}, those of '{target.name}' {target.input_shape}."
        )
    shape = tuple(max(sizes) for sizes in zip(source.input_shape, target.input_shape, strict=True))
    return DomainPair(_fitted(source, shape), _fitted(target, shape))


def _entry(name):
    if not isinstance(name, str) or name not in _MAKERS:
        raise UnknownName(f"Unknown domain {name!r}.{near(name, _MAKERS)}")
    return _MAKERS[name]


def _fitted(domain, shape):
    """Pad the images of a domain to height and width, repeat grey to the channels, of `shape`."""
    if domain.input_shape == shape:
        return domain
    before = [(wide - narrow) // 2 for wide, narrow in zip(shape, domain.input_shape, strict=True)]
    after = [
        wide - narrow - first
        for wide, narrow, first in zip(shape, domain.input_shape, before, strict=True)
    ]
    pads = [(0, 0), (before[0], after[0]), (before[1], after[1]), (0, 0)]
    fitted = {
        part: np.repeat(np.pad(getattr(domain, part), pads), shape[2] // domain.input_shape[2], 3)
        for part in ("x_train", "x_test")
    }
    return replace(domain, **fitted)
