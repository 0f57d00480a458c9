"""Fine-tuning: probes, full, partial, regularised and parameter-efficient."""

from tlcourse.strategies.fine_tuning.adapters import Adapters
from tlcourse.strategies.fine_tuning.bias_only import BiasOnly
from tlcourse.strategies.fine_tuning.bss import BSS
from tlcourse.strategies.fine_tuning.delta import Delta
from tlcourse.strategies.fine_tuning.feature_extraction import FeatureExtraction, LinearProbe
from tlcourse.strategies.fine_tuning.fine_tune import FineTune
from tlcourse.strategies.fine_tuning.gradual_unfreezing import GradualUnfreezing
from tlcourse.strategies.fine_tuning.interpolation import (
    closest_to_both,
    interpolate,
    interpolation_path,
    soup,
)
from tlcourse.strategies.fine_tuning.l2_sp import L2SP
from tlcourse.strategies.fine_tuning.lora import LoRA, merge_lora
from tlcourse.strategies.fine_tuning.probe_then_tune import ProbeThenTune

__all__ = [
    "BSS",
    "L2SP",
    "Adapters",
    "BiasOnly",
    "Delta",
    "FeatureExtraction",
    "FineTune",
    "GradualUnfreezing",
    "LinearProbe",
    "LoRA",
    "ProbeThenTune",
    "closest_to_both",
    "interpolate",
    "interpolation_path",
    "merge_lora",
    "soup",
]
