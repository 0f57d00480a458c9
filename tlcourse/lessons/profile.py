"""Resolve the settings of a run: profile, seed, data, hosts, backend.

Each comes from the argument, else from the environment, else from the default.
Both `tl.setup` in a notebook and `tlcourse run` outside read them here, so they
cannot disagree. Nothing heavy is imported.
"""

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path

from tlcourse.errors import BadArgument, UnknownName, near

PROFILES = ("quick", "full")
_LARGEST_SEED = 2**32 - 1  # limit of NumPy's and Keras' generators


def resolve_profile(profile: str | None = None) -> str:
    """Return the profile to run: `profile`, else TLCOURSE_PROFILE, else "quick".

    Raises:
        UnknownName: if it is not one of `PROFILES`.

    Example:
        >>> resolve_profile("full")
        'full'
    """
    name, value = _first(("`profile`", profile), "TLCOURSE_PROFILE", "quick")
    if value not in PROFILES:
        raise UnknownName(f"{name}: unknown profile {value!r}.{near(value, PROFILES)}")
    return value


def resolve_seed(seed: int | str | None = None) -> int:
    """Return the seed of all random numbers: `seed`, else TLCOURSE_SEED, else 0.

    Raises:
        BadArgument: if it is not a whole number from 0 to 2**32 - 1.

    Example:
        >>> resolve_seed("7")
        7
    """
    name, value = _first(("`seed`", seed), "TLCOURSE_SEED", 0)
    text = str(value).strip()
    # isdecimal() alone would accept digits of other scripts; int(2.7) would truncate.
    if not (text.isascii() and text.isdecimal()) or int(text) > _LARGEST_SEED:
        raise BadArgument(
            f"{name} must be a whole number from 0 to {_LARGEST_SEED}; got {value!r}."
        )
    return int(text)


def resolve_data(data: str | os.PathLike | None = None) -> str | None:
    """Return where to look for real data first: `data`, else TLCOURSE_DATA, else nowhere.

    Returns:
        A URL unchanged, a folder as an absolute path (a kernel works in another
        folder, where a relative path would point elsewhere), or None.

    Raises:
        BadArgument: if the folder does not exist.
    """
    name, value = _first(("`data`", data), "TLCOURSE_DATA", None)
    if value is None or "://" in str(value):
        return value
    folder = Path(value).expanduser().absolute()
    if not folder.is_dir():
        raise BadArgument(
            f"{name} must be an existing folder or a URL; got {str(value)!r}, and there is no"
            f" folder {folder}."
        )
    return str(folder)


def resolve_hosts() -> tuple[list[str], int]:
    """Return the processes that train together (TLCOURSE_HOSTS) and this one (TLCOURSE_PROCESS).

    `tlcourse run` sets both from `--hosts` and `--process`; a launcher may set them as well.

    Returns:
        (addresses "HOST:PORT", index of this process among them); ([], 0) for a single process.

    Raises:
        BadArgument: if only one is set, a value is invalid, or the Keras backend
            is not JAX.
    """
    hosts, process = os.environ.get("TLCOURSE_HOSTS", ""), os.environ.get("TLCOURSE_PROCESS", "")
    if hosts == process == "":
        return [], 0
    addresses = hosts.split(",")
    if len(addresses) < 2 or not all(re.fullmatch(r".+:[0-9]+", one) for one in addresses):
        raise BadArgument(
            "TLCOURSE_HOSTS (--hosts) must be HOST:PORT for each of at least two processes,"
            f" separated by commas; got {hosts!r}."
        )
    if not re.fullmatch("[0-9]+", process) or int(process) >= len(addresses):
        raise BadArgument(
            f"TLCOURSE_PROCESS (--process) must be a whole number from 0 to {len(addresses) - 1},"
            f" the index of one of the hosts; got {process!r}."
        )
    if keras_backend() != "jax":
        raise BadArgument(
            f"TLCOURSE_HOSTS (--hosts) needs KERAS_BACKEND=jax; got {keras_backend()!r}."
        )
    return addresses, int(process)


def keras_backend(environment: Mapping[str, str] = os.environ) -> str:
    """Return the backend that Keras will use, determined like Keras but without importing it.

    Args:
        environment: mapping with KERAS_BACKEND and KERAS_HOME.

    Example:
        >>> keras_backend({"KERAS_BACKEND": "jax"})
        'jax'
    """
    if environment.get("KERAS_BACKEND"):
        return environment["KERAS_BACKEND"]
    home = Path(environment.get("KERAS_HOME") or Path.home() / ".keras")
    try:
        return str(json.loads((home / "keras.json").read_text(encoding="utf-8"))["backend"])
    except (OSError, ValueError, KeyError, TypeError):  # no file, or not Keras' own
        return "tensorflow"


def _first(argument, variable, default):
    """Return (name for messages, value) of the first one given: argument, variable, default."""
    if argument[1] is not None:
        return argument
    if os.environ.get(variable):
        return variable, os.environ[variable]
    return argument[0], default
