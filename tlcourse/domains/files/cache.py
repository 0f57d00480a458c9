"""On-disk cache of arrays, keyed by a hash of their recipe."""

import hashlib
import io
import json
import os
import warnings
from pathlib import Path

import numpy as np

from tlcourse.atomic import write_atomically

_DIGEST_SIZE = hashlib.sha256().digest_size


def cache_folder():
    """Return the folder for things that can be made again (`TLCOURSE_CACHE` names another)."""
    named = os.environ.get("TLCOURSE_CACHE")
    if named:
        return Path(named).expanduser()
    import pooch

    return Path(pooch.os_cache("tlcourse"))


def cached(name, recipe, make):
    """Return the arrays that `make()` gives, from disk when the same recipe was made before.

    The file's name contains a SHA-256 of the recipe, so a changed recipe never reads an old file.
    Files are written atomically: several processes may ask at once. A damaged file is made again.
    If the folder cannot be written or the disk is full, this warns and returns the arrays
    all the same.

    Args:
        name: str, prefix of the file's name.
        recipe: JSON-able dict, everything that the arrays depend on.
        make: function without arguments that returns a dict of arrays.

    Returns:
        Dict of arrays.
    """
    digest = hashlib.sha256(json.dumps(recipe, sort_keys=True).encode()).hexdigest()
    path = cache_folder() / f"{name}-{digest[:16]}.npz"
    stored = _read(path)
    if stored is not None:
        return stored
    arrays = make()
    try:
        _write(path, arrays)
    except OSError as error:
        warnings.warn(
            f"{path.parent} could not be written ({error.strerror or error}); the course goes on "
            "without its cache. Set TLCOURSE_CACHE to a folder with space to keep things there.",
            stacklevel=2,
        )
    return arrays


def _read(path):
    try:
        raw = path.read_bytes()
    except OSError:  # missing, or a blocked folder, which is reported on writing
        return None
    body = raw[:-_DIGEST_SIZE]
    if _digest(body) != raw[-_DIGEST_SIZE:]:
        warnings.warn(f"{path} is damaged; it is made again.", stacklevel=3)
        return None
    with np.load(io.BytesIO(body), allow_pickle=False) as stored:
        return dict(stored)


def _write(path, arrays):
    body = io.BytesIO()
    np.savez(body, **arrays)
    body = body.getvalue()
    path.parent.mkdir(parents=True, exist_ok=True)
    # An archive verifies each of its arrays, but not that none is missing: the digest does.
    write_atomically(path, lambda file: file.write(body + _digest(body)))


def _digest(body):
    return hashlib.sha256(body).digest()


def fingerprint(*files):
    """Return the SHA-256 of source files, so that no cache outlives the code that filled it."""
    return hashlib.sha256(b"".join(Path(file).read_bytes() for file in files)).hexdigest()
