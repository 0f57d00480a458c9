"""Feature layers: build or load them, freeze them, run them, train what stands on them."""

from tlcourse.backbones.assembly import copy_of, join, new_head
from tlcourse.backbones.catalog import backbone_names, load_backbone
from tlcourse.backbones.checks import check_backbone, check_fits
from tlcourse.backbones.feature_scale import FeatureScale
from tlcourse.backbones.features import extract_features
from tlcourse.backbones.freezing import freeze, freeze_batchnorm, thaw
from tlcourse.backbones.pretraining import Pretrained, pretrain
from tlcourse.backbones.seeding import seed_keras
from tlcourse.backbones.training import check_settings, predict, train

__all__ = [
    "FeatureScale",
    "Pretrained",
    "backbone_names",
    "check_backbone",
    "check_fits",
    "check_settings",
    "copy_of",
    "extract_features",
    "freeze",
    "freeze_batchnorm",
    "join",
    "load_backbone",
    "new_head",
    "predict",
    "pretrain",
    "seed_keras",
    "thaw",
    "train",
]
