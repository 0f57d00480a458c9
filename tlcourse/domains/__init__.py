"""Where data comes from: domains, pairs of them, and images of one's own."""

from tlcourse.domains.arrays import from_arrays
from tlcourse.domains.catalog import available, domain_names, load_domain, load_pair
from tlcourse.domains.domain import Domain, DomainPair, stratified_split
from tlcourse.domains.download import DataError, fetch, locate, verify
from tlcourse.domains.folder import from_folder
from tlcourse.domains.glyph_tasks import ManyLabels, glyph_tasks
from tlcourse.domains.inventory import inventory
from tlcourse.domains.registry import data_sets
from tlcourse.domains.shipped import data_folder
from tlcourse.domains.spectrogram import log_mel
from tlcourse.domains.wav import read_wav

__all__ = [
    "DataError",
    "Domain",
    "DomainPair",
    "ManyLabels",
    "available",
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
