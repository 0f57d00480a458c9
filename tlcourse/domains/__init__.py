"""Data: domains, pairs of domains, and your own images as domains."""

from tlcourse.domains.arrays import from_arrays
from tlcourse.domains.catalog import available, domain_names, load_domain, load_pair
from tlcourse.domains.domain import Domain, DomainPair, check_same_classes, stratified_split
from tlcourse.domains.examples import check_examples, check_labels
from tlcourse.domains.files import (
    DataError,
    data_folder,
    data_sets,
    fetch,
    inventory,
    locate,
    verify,
)
from tlcourse.domains.folder import from_folder
from tlcourse.domains.images import ManyLabels, glyph_tasks
from tlcourse.domains.sound import log_mel, read_wav

__all__ = [
    "DataError",
    "Domain",
    "DomainPair",
    "ManyLabels",
    "available",
    "check_examples",
    "check_labels",
    "check_same_classes",
    "data_folder",
    "data_sets",
    "domain_names",
    "fetch",
    "from_arrays",
    "from_folder",
    "glyph_tasks",
    "inventory",
    "load_domain",
    "load_pair",
    "locate",
    "log_mel",
    "read_wav",
    "stratified_split",
    "verify",
]
