"""Feature layers: build or load them, freeze them, run them, train what stands on them."""

from tlcourse.backbones.assembly import copy_of, join, new_head
from tlcourse.backbones.catalog import backbone_names, load_backbone
from tlcourse.backbones.features import check_fits, extract_features
from tlcourse.backbones.freezing import freeze, freeze_batchnorm
from tlcourse.backbones.training import predict, train

__all__ = [
    "backbone_names",
    "check_fits",
    "copy_of",
    "extract_features",
    "freeze",
    "freeze_batchnorm",
    "join",
    "load_backbone",
    "new_head",
    "predict",
    "train",
]
