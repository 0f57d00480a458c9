"""The font faces that matplotlib ships, and the families that they belong to."""

import numpy as np

from tlcourse.arguments import check_several
from tlcourse.errors import BadArgument, UnknownName, near

FACES = (
    *("DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-Oblique", "DejaVuSans-BoldOblique"),
    *("DejaVuSansMono", "DejaVuSansMono-Bold"),
    *("DejaVuSansMono-Oblique", "DejaVuSansMono-BoldOblique"),
    *("DejaVuSerif", "DejaVuSerif-Bold", "DejaVuSerif-Italic", "DejaVuSerif-BoldItalic"),
    *("STIXGeneral", "STIXGeneralBol", "STIXGeneralItalic", "STIXGeneralBolIta"),
    *("cmb10", "cmr10", "cmss10", "cmti10", "cmtt10"),
)
HELD_OUT_FACES = ("STIXGeneral", "STIXGeneralBolIta", "cmss10", "cmtt10", "DejaVuSansMono-Bold")

FAMILIES = ("DejaVu Sans", "DejaVu Sans Mono", "DejaVu Serif", "STIX", "Computer Modern")
_BEGINNINGS = ("DejaVuSans", "DejaVuSansMono", "DejaVuSerif", "STIX", "cm")


def family_of(faces):
    """Return which of `FAMILIES` each face belongs to.

    Args:
        faces: n names of faces (sequence of str).

    Returns:
        int32 array (n,).
    """
    # The longest matching prefix: DejaVuSansMono begins with DejaVuSans too.
    fits = [[len(b) * face.startswith(b) for b in _BEGINNINGS] for face in faces]
    return np.argmax(fits, axis=1).astype("int32")


def check_faces(faces):
    """Check names of font faces.

    Args:
        faces: list of str, some of `FACES`, or of `FAMILIES` for all faces of one; or one of them.

    Returns:
        Tuple of str, names of faces.

    Raises:
        UnknownName: (a ValueError) if there is no such face or family.
        BadArgument: (a ValueError) if it is no list, or a face comes twice.
    """
    given = (faces,) if isinstance(faces, str) else faces
    found = []
    for name in check_several(given, "faces", of="names of fonts"):
        if name in FAMILIES:
            belongs = family_of(FACES) == FAMILIES.index(name)
            found += [face for face, is_one in zip(FACES, belongs, strict=True) if is_one]
        elif name in FACES:
            found.append(name)
        else:
            raise UnknownName(f"`faces`: no font {name!r}.{near(name, (*FAMILIES, *FACES))}")
    twice = [face for face in found if found.count(face) > 1]
    if twice:
        raise BadArgument(f"`faces` must name each face once; {twice[0]!r} comes twice.")
    return tuple(found)
