"""Where data comes from: domains, pairs of them, and images of one's own."""

from tlcourse.domains.arrays import from_arrays
from tlcourse.domains.catalog import available, domain_names, load_domain, load_pair
from tlcourse.domains.domain import Domain, DomainPair, stratified_split
from tlcourse.domains.folder import from_folder
from tlcourse.domains.spectrogram import log_mel
from tlcourse.domains.wav import read_wav

__all__ = [
    "Domain",
    "DomainPair",
    "available",
    "domain_names",
    "from_arrays",
    "from_folder",
    "load_domain",
    "load_pair",
    "log_mel",
    "read_wav",
    "stratified_split",
]
