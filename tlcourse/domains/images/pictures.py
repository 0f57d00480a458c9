"""Decode one image file, from disk or an archive."""

import io
import warnings
from importlib.metadata import version

import numpy as np

from tlcourse.domains.files import fingerprint
from tlcourse.errors import BadArgument


def read_picture(file, size, channels):
    """Read an image, cut to a square about its middle and resized.

    Args:
        file: path, or the file's content (bytes).
        size: int, height and width in pixels.
        channels: 3 for colour, 1 for grey.

    Returns:
        uint8 array (size, size, channels).

    Raises:
        ValueError: as `open_picture`.
    """
    from PIL import Image, ImageOps

    picture = open_picture(file, channels)
    pixels = np.asarray(ImageOps.fit(picture, (size, size), Image.Resampling.BILINEAR))
    return pixels.reshape(size, size, channels)


def open_picture(file, channels):
    """Open an image: upright, of 8 bits, on white where it is transparent.

    Args:
        file: path, or the file's content (bytes).
        channels: 3 for colour, 1 for grey.

    Returns:
        `PIL.Image.Image` of mode "RGB" or "L". Of an animation, its first frame.

    Raises:
        ValueError: if it is not a readable image; the message is the decoder's.
    """
    from PIL import Image, ImageOps

    try:
        # Pillow warns of an attack at 90 megapixels: here it is the user's own large photograph.
        # At twice that it raises, and so do we.
        opened = io.BytesIO(file) if isinstance(file, bytes) else file
        with warnings.catch_warnings(action="ignore"), Image.open(opened) as image:
            upright = _eight_bits(ImageOps.exif_transpose(image))
            return _on_white(upright).convert("L" if channels == 1 else "RGB")
    except Exception as error:  # a damaged file can make decoders raise nearly anything
        raise BadArgument(str(error)) from error


def picture_recipe(path, code):
    """Return what arrays depend on that are made of an archive of images, for `cached`.

    Args:
        path: `Path` of the archive.
        code: path of the source file that reads it.

    Returns:
        Dict of str.
    """
    import pooch

    # Not `fingerprint(path)`: an archive may be larger than the free memory.
    return {
        "file": pooch.file_hash(str(path)),
        "code": fingerprint(code, __file__),
        "pillow": version("pillow"),
    }


def _eight_bits(image):
    """Scale 16 bits a pixel to 8, where Pillow would clip; refuse numbers that are no greys."""
    from PIL import Image

    if not image.mode.startswith(("I", "F")):
        return image
    values = np.asarray(image)
    if image.mode == "F" or values.min() < 0 or values.max() > 65535:
        raise BadArgument("its pixels are not of 8 or 16 bits")
    return Image.fromarray((values // 256).astype("uint8"))


def _on_white(image):
    """Lay a transparent image on white, as a page would: the colour beneath may be any."""
    from PIL import Image

    if not image.has_transparency_data:
        return image
    image = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
