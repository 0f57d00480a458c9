"""Distances between domains, and model selection without target labels."""

from tlcourse.measures.selection.bound import TargetErrorBound, target_error_bound
from tlcourse.measures.selection.importance_weighting import (
    deep_embedded_score,
    density_ratio,
    importance_weighted_score,
)
from tlcourse.measures.selection.prediction_entropy import (
    entropy_score,
    information_maximisation_score,
)
from tlcourse.measures.selection.proxy_a_distance import domain_error, proxy_a_distance
from tlcourse.measures.selection.soft_neighbourhood_density import soft_neighbourhood_density

__all__ = [
    "TargetErrorBound",
    "deep_embedded_score",
    "density_ratio",
    "domain_error",
    "entropy_score",
    "importance_weighted_score",
    "information_maximisation_score",
    "proxy_a_distance",
    "soft_neighbourhood_density",
    "target_error_bound",
]
