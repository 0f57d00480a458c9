"""Files of data sets: what is published, what is present, and how to fetch the rest."""

from tlcourse.domains.files.archives import damaged, read_members, unpack
from tlcourse.domains.files.cache import cache_folder, cached, fingerprint
from tlcourse.domains.files.download import (
    DataError,
    fetch,
    files_of,
    how_to_get,
    locate,
    verify,
    verify_all,
)
from tlcourse.domains.files.inventory import inventory
from tlcourse.domains.files.registry import data_sets
from tlcourse.domains.files.shipped import data_folder

__all__ = [
    "DataError",
    "cache_folder",
    "cached",
    "damaged",
    "data_folder",
    "data_sets",
    "fetch",
    "files_of",
    "fingerprint",
    "how_to_get",
    "inventory",
    "locate",
    "read_members",
    "unpack",
    "verify",
    "verify_all",
]
