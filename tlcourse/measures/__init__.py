"""Measures: accuracy with intervals, and scores that predict it.

Transferability scores rank backbones before any training; distances and bounds compare domains;
label-free scores select a model without target labels (for all of them, higher is better).
"""

from tlcourse.measures.accuracy import accuracy
from tlcourse.measures.calibration import Reliability, expected_calibration_error, reliability
from tlcourse.measures.forgetting import forgetting
from tlcourse.measures.gradient_conflict import conflicting_pairs, gradient_conflict
from tlcourse.measures.interval import Interval, interval, lead
from tlcourse.measures.selection import (
    TargetErrorBound,
    deep_embedded_score,
    density_ratio,
    entropy_score,
    importance_weighted_score,
    information_maximisation_score,
    proxy_a_distance,
    soft_neighbourhood_density,
    target_error_bound,
)
from tlcourse.measures.transferability import (
    TransferGain,
    h_score,
    leep,
    linear_cka,
    logme,
    nce,
    negative_transfer,
    transrate,
)

__all__ = [
    "Interval",
    "Reliability",
    "TargetErrorBound",
    "TransferGain",
    "accuracy",
    "conflicting_pairs",
    "deep_embedded_score",
    "density_ratio",
    "entropy_score",
    "expected_calibration_error",
    "forgetting",
    "gradient_conflict",
    "h_score",
    "importance_weighted_score",
    "information_maximisation_score",
    "interval",
    "lead",
    "leep",
    "linear_cka",
    "logme",
    "nce",
    "negative_transfer",
    "proxy_a_distance",
    "reliability",
    "soft_neighbourhood_density",
    "target_error_bound",
    "transrate",
]
