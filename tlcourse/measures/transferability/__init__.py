"""Scores that rank backbones before any training, and the gain from transfer afterwards."""

from tlcourse.measures.transferability.cka import linear_cka
from tlcourse.measures.transferability.h_score import h_score
from tlcourse.measures.transferability.leep import leep
from tlcourse.measures.transferability.logme import logme
from tlcourse.measures.transferability.nce import nce
from tlcourse.measures.transferability.negative_transfer import TransferGain, negative_transfer
from tlcourse.measures.transferability.transrate import transrate

__all__ = [
    "TransferGain",
    "h_score",
    "leep",
    "linear_cka",
    "logme",
    "nce",
    "negative_transfer",
    "transrate",
]
