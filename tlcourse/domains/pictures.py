"""One image file, from disk or from an archive, turned into pixels."""

import io
import warnings

import numpy as np


def read_picture(file, size, channels):
    """Reads an image: upright, on white where it is transparent, cut to a square and resized.

    Args:
        file: path, or the file's content (bytes).
        size: int, height and width in pixels.
        channels: 3 for colour, 1 for grey.

    Returns:
        uint8 array (size, size, channels). Of a moving image, its first picture.

    Raises:
        ValueError: when it is no readable image; the message is the decoder's.
    """
    from PIL import Image, ImageOps

    try:
        # Pillow warns of an attack at 90 megapixels: here it is a large photograph of one's own.
        # At twice that it raises, and so do we.
        opened = io.BytesIO(file) if isinstance(file, bytes) else file
        with warnings.catch_warnings(action="ignore"), Image.open(opened) as image:
            upright = _eight_bits(ImageOps.exif_transpose(image))
            plain = _on_white(upright).convert("L" if channels == 1 else "RGB")
            pixels = np.asarray(ImageOps.fit(plain, (size, size), Image.Resampling.BILINEAR))
    except Exception as error:  # a damaged file makes decoders raise nearly anything
        raise ValueError(str(error)) from error
    return pixels.reshape(size, size, channels)


def _eight_bits(image):
    """Scales 16 bits a pixel to 8, where Pillow would clip; refuses numbers that are no greys."""
    from PIL import Image

    if not image.mode.startswith(("I", "F")):
        return image
    values = np.asarray(image)
    if image.mode == "F" or values.min() < 0 or values.max() > 65535:
        raise ValueError("its pixels are not of 8 or 16 bits")
    return Image.fromarray((values // 256).astype("uint8"))


def _on_white(image):
    """Lays a transparent image on white, as a page would: the colour beneath may be any."""
    from PIL import Image

    if not image.has_transparency_data:
        return image
    image = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
