"""The domains that have a name, and pairs of them."""

import numpy as np

from tlcourse.domains.domain import Domain, DomainPair
from tlcourse.domains.glyphs import glyphs, letters
from tlcourse.domains.handwritten import handwritten
from tlcourse.domains.mnist import mnist, mnist_folder
from tlcourse.domains.textures import glyphs_textured
from tlcourse.errors import UnknownName, near

_MAKERS = {
    "glyphs": glyphs,
    "glyphs-textured": glyphs_textured,
    "handwritten": handwritten,
    "letters": letters,
    "mnist": mnist,
}


def domain_names():
    """Returns the names that `load_domain` knows (tuple of str)."""
    return tuple(_MAKERS)


def available(name):
    """Tells whether a domain can be loaded on this machine now.

    Args:
        name: str, one of `domain_names()`.

    Returns:
        `(ok, help)`: bool, and one line that says how to get it ("" when it is there).
    """
    _maker(name)
    if name == "mnist" and mnist_folder() is None:
        return False, (
            "MNIST is not here: set TLCOURSE_DATA to a folder that holds "
            "mnist/t10k-images-idx3-ubyte.gz and mnist/t10k-labels-idx1-ubyte.gz, and start again."
        )
    return True, ""


def load_domain(name):
    """Loads a domain by its name.

    Args:
        name: `glyphs`, `glyphs-textured`, `handwritten`, `letters` (always there) or `mnist`
            (where `TLCOURSE_DATA` holds it).

    Returns:
        `Domain`.

    Raises:
        UnknownName: (a ValueError) with the near names.
    """
    return _maker(name)()


def load_pair(name):
    """Loads a source and a target domain, brought to one shape.

    The smaller images are padded with zeros, and grey becomes colour by repetition, so that one
    backbone serves both.

    Args:
        name: `"source->target"`, both names that `load_domain` knows, such as
            `"glyphs->handwritten"`.

    Returns:
        `DomainPair`.

    Raises:
        UnknownName: (a ValueError) when the form or a name is wrong, with the near names.
    """
    names = [part.strip() for part in name.split("->")] if isinstance(name, str) else []
    if len(names) != 2:
        raise UnknownName(
            f"A pair is called 'source->target', such as 'glyphs->handwritten'; got {name!r}. "
            f"Domains: {', '.join(_MAKERS)}."
        )
    # Both names first: a mistyped target shall not cost the drawing of the source.
    source, target = (make() for make in [_maker(part) for part in names])
    shape = tuple(max(sizes) for sizes in zip(source.input_shape, target.input_shape, strict=True))
    return DomainPair(_fitted(source, shape), _fitted(target, shape))


def _maker(name):
    if not isinstance(name, str) or name not in _MAKERS:
        raise UnknownName(f"Unknown domain {name!r}.{near(name, _MAKERS)}")
    return _MAKERS[name]


def _fitted(domain, shape):
    """Pads the images of a domain to height and width, repeats grey to the channels, of `shape`."""
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
    return Domain(**{**vars(domain), **fitted})
