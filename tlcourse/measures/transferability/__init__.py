"""Transferability scores before training, and transfer gain after it."""

from tlcourse.measures.transferability.cka import linear_cka
from tlcourse.measures.transferability.h_score import h_score
from tlcourse.measures.transferability.leep import leep
from tlcourse.measures.transferability.logme import logme
from tlcourse.measures.transferability.nce import nce
from tlcourse.measures.transferability.nearest_mean import leave_one_out_nearest_mean
from tlcourse.measures.transferability.negative_transfer import TransferGain, negative_transfer
from tlcourse.measures.transferability.transrate import transrate

__all__ = [
    "TransferGain",
    "h_score",
    "leave_one_out_nearest_mean",
    "leep",
    "linear_cka",
    "logme",
    "nce",
    "negative_transfer",
    "transrate",
]
