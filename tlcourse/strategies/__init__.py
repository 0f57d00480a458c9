"""Recipes that train, and what they give back."""

from tlcourse.strategies.distil import Distil
from tlcourse.strategies.feature_extraction import FeatureExtraction, LinearProbe
from tlcourse.strategies.fine_tune import FineTune
from tlcourse.strategies.from_scratch import FromScratch
from tlcourse.strategies.repeats import over_seeds, over_shots
from tlcourse.strategies.result import TransferResult
from tlcourse.strategies.source_only import SourceOnly
from tlcourse.strategies.strategy import Strategy

__all__ = [
    "Distil",
    "FeatureExtraction",
    "FineTune",
    "FromScratch",
    "LinearProbe",
    "SourceOnly",
    "Strategy",
    "TransferResult",
    "over_seeds",
    "over_shots",
]
