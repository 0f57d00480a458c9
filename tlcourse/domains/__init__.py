"""Domains: named data sets, pairs of them, and your own images."""

from tlcourse.domains.arrays import from_arrays
from tlcourse.domains.catalog import available, domain_names, load_domain, load_pair
from tlcourse.domains.changes import (
    bands_flipped,
    bands_shifted,
    bands_shuffled,
    faint,
    inverted,
    lit_from_one_side,
    noisy,
    on_grey_paper,
)
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
    "bands_flipped",
    "bands_shifted",
    "bands_shuffled",
    "check_examples",
    "check_labels",
    "check_same_classes",
    "data_folder",
    "data_sets",
    "domain_names",
    "faint",
    "fetch",
    "from_arrays",
    "from_folder",
    "glyph_tasks",
    "inventory",
    "inverted",
    "lit_from_one_side",
    "load_domain",
    "load_pair",
    "locate",
    "log_mel",
    "noisy",
    "on_grey_paper",
    "read_wav",
    "stratified_split",
    "verify",
]
