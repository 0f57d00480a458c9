"""Feature layers: build or load them, freeze them, run them, train what stands on them."""

from tlcourse.backbones.assembly import copy_of, join, new_head
from tlcourse.backbones.catalog import backbone_names, load_backbone
from tlcourse.backbones.checks import check_backbone, check_fits
from tlcourse.backbones.feature_scale import FeatureScale
from tlcourse.backbones.features import extract_features
from tlcourse.backbones.freezing import freeze, freeze_batchnorm, thaw
from tlcourse.backbones.pretraining import Pretrained, pretrain
from tlcourse.backbones.seeding import seed_keras
from tlcourse.backbones.text_encoder import TextEncoder, load_text_encoder
from tlcourse.backbones.training import check_settings, predict, train
from tlcourse.backbones.words import load_words, save_words, train_words, word_encoder

__all__ = [
    "FeatureScale",
    "Pretrained",
    "TextEncoder",
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
    "load_text_encoder",
    "load_words",
    "new_head",
    "predict",
    "pretrain",
    "save_words",
    "seed_keras",
    "thaw",
    "train",
    "train_words",
    "word_encoder",
]
