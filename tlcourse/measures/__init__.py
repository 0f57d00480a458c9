"""Measures: accuracy with intervals, and scores that predict it.

Transferability scores rank backbones before any training; distances and bounds compare domains;
label-free scores select a model without target labels (for all of them, higher is better).
"""

from tlcourse.measures.accuracy import accuracy, balanced_accuracy
from tlcourse.measures.calibration import Reliability, expected_calibration_error, reliability
from tlcourse.measures.forgetting import forgetting
from tlcourse.measures.gradient_conflict import conflicting_pairs, gradient_conflict
from tlcourse.measures.interval import Interval, interval, lead, paired_interval
from tlcourse.measures.rank_correlation import RankCorrelation, kendall_tau
from tlcourse.measures.selection import (
    TargetErrorBound,
    deep_embedded_score,
    density_ratio,
    domain_error,
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
    leave_one_out_nearest_mean,
    leep,
    linear_cka,
    logme,
    nce,
    negative_transfer,
    transrate,
)

__all__ = [
    "Interval",
    "RankCorrelation",
    "Reliability",
    "TargetErrorBound",
    "TransferGain",
    "accuracy",
    "balanced_accuracy",
    "conflicting_pairs",
    "deep_embedded_score",
    "density_ratio",
    "domain_error",
    "entropy_score",
    "expected_calibration_error",
    "forgetting",
    "gradient_conflict",
    "h_score",
    "importance_weighted_score",
    "information_maximisation_score",
    "interval",
    "kendall_tau",
    "lead",
    "leave_one_out_nearest_mean",
    "leep",
    "linear_cka",
    "logme",
    "nce",
    "negative_transfer",
    "paired_interval",
    "proxy_a_distance",
    "reliability",
    "soft_neighbourhood_density",
    "target_error_bound",
    "transrate",
]
