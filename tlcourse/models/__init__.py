"""Take Keras networks apart and put them together; no training, no data."""

from tlcourse.models.assembly import copy_of, join, new_head, with_augmentation
from tlcourse.models.calls import call_again, calls_of, is_graph
from tlcourse.models.checks import check_backbone, check_fits
from tlcourse.models.cloning import clone_of, rebuilt
from tlcourse.models.feature_scale import FeatureScale
from tlcourse.models.freezing import (
    freeze,
    freeze_batchnorm,
    freeze_but,
    layers_named,
    layers_up_to,
    single_layers,
    thaw,
)
from tlcourse.models.inner_outputs import with_inner_outputs
from tlcourse.models.insertion import insert_after
from tlcourse.models.moving import MovedWeights, move_weights
from tlcourse.models.multi_level import multi_level
from tlcourse.models.stages import freeze_stages, stage_ends, stages
from tlcourse.models.variables import hand_over, values_of

__all__ = [
    "FeatureScale",
    "MovedWeights",
    "call_again",
    "calls_of",
    "check_backbone",
    "check_fits",
    "clone_of",
    "copy_of",
    "freeze",
    "freeze_batchnorm",
    "freeze_but",
    "freeze_stages",
    "hand_over",
    "insert_after",
    "is_graph",
    "join",
    "layers_named",
    "layers_up_to",
    "move_weights",
    "multi_level",
    "new_head",
    "rebuilt",
    "single_layers",
    "stage_ends",
    "stages",
    "thaw",
    "values_of",
    "with_augmentation",
    "with_inner_outputs",
]
