"""What is reported and compared: accuracy with intervals, and what foretells it.

Transferability scores rank backbones before any training; distances and bounds compare domains;
label-free scores choose a model without target labels (higher is better for each of them).
"""

from tlcourse.measures.accuracy import accuracy
from tlcourse.measures.bound import TargetErrorBound, target_error_bound
from tlcourse.measures.cka import linear_cka
from tlcourse.measures.h_score import h_score
from tlcourse.measures.interval import Interval, interval
from tlcourse.measures.leep import leep
from tlcourse.measures.logme import logme
from tlcourse.measures.nce import nce
from tlcourse.measures.proxy_a_distance import proxy_a_distance
from tlcourse.measures.transrate import transrate

__all__ = [
    "Interval",
    "TargetErrorBound",
    "accuracy",
    "h_score",
    "interval",
    "leep",
    "linear_cka",
    "logme",
    "nce",
    "proxy_a_distance",
    "target_error_bound",
    "transrate",
]
