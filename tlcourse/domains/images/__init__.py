"""Images: drawn for the course, or read from published data sets."""

from tlcourse.domains.images.cifar import cats_dogs, cifar10, objects8
from tlcourse.domains.images.doodles import doodles, doodles_animals
from tlcourse.domains.images.glyph_tasks import ManyLabels, glyph_tasks
from tlcourse.domains.images.glyphs import glyphs, letters
from tlcourse.domains.images.handwritten import handwritten
from tlcourse.domains.images.mnist import fashion_mnist, mnist, mnist_textured
from tlcourse.domains.images.omniglot import omniglot
from tlcourse.domains.images.photos import cats_vs_dogs, flowers
from tlcourse.domains.images.pictures import read_picture
from tlcourse.domains.images.textures import glyphs_textured
from tlcourse.domains.images.usps import usps

__all__ = [
    "ManyLabels",
    "cats_dogs",
    "cats_vs_dogs",
    "cifar10",
    "doodles",
    "doodles_animals",
    "fashion_mnist",
    "flowers",
    "glyph_tasks",
    "glyphs",
    "glyphs_textured",
    "handwritten",
    "letters",
    "mnist",
    "mnist_textured",
    "objects8",
    "omniglot",
    "read_picture",
    "usps",
]
