"""What is reported and compared: accuracy with intervals, and what foretells it.

Transferability scores rank backbones before any training; distances and bounds compare domains;
label-free scores choose a model without target labels (higher is better for each of them).
"""

from tlcourse.measures.accuracy import accuracy
from tlcourse.measures.bound import TargetErrorBound, target_error_bound
from tlcourse.measures.calibration import Reliability, expected_calibration_error, reliability
from tlcourse.measures.cka import linear_cka
from tlcourse.measures.forgetting import forgetting
from tlcourse.measures.gradient_conflict import conflicting_pairs, gradient_conflict
from tlcourse.measures.h_score import h_score
from tlcourse.measures.importance_weighting import (
    deep_embedded_score,
    density_ratio,
    importance_weighted_score,
)
from tlcourse.measures.interval import Interval, interval
from tlcourse.measures.leep import leep
from tlcourse.measures.logme import logme
from tlcourse.measures.nce import nce
from tlcourse.measures.negative_transfer import TransferGain, negative_transfer
from tlcourse.measures.prediction_entropy import entropy_score, information_maximisation_score
from tlcourse.measures.proxy_a_distance import proxy_a_distance
from tlcourse.measures.soft_neighbourhood_density import soft_neighbourhood_density
from tlcourse.measures.transrate import transrate

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
