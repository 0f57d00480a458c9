"""Feature layers: build or load them, freeze them, run them, train what stands on them."""

from tlcourse.backbones.assembly import copy_of, join, new_head, with_augmentation
from tlcourse.backbones.card import Pretrained
from tlcourse.backbones.catalog import backbone_names, load_backbone
from tlcourse.backbones.causal_lm import (
    causal_lm,
    load_causal_lm,
    save_causal_lm,
    train_causal_lm,
    unigram_perplexity,
)
from tlcourse.backbones.checks import check_backbone, check_fits
from tlcourse.backbones.distribution import connect_hosts, precision, use_devices
from tlcourse.backbones.feature_scale import FeatureScale
from tlcourse.backbones.features import extract_features
from tlcourse.backbones.freezing import freeze, freeze_batchnorm, thaw
from tlcourse.backbones.language_model import LanguageModel
from tlcourse.backbones.multi_level import multi_level
from tlcourse.backbones.notes import Diverged, Notes
from tlcourse.backbones.optimiser import Optimiser
from tlcourse.backbones.pretraining import pretrain, pretrainings
from tlcourse.backbones.random_affine import RandomAffine
from tlcourse.backbones.seeding import seed_keras
from tlcourse.backbones.text_encoder import TextEncoder, load_text_encoder
from tlcourse.backbones.training import check_settings, fit_batches, predict, train
from tlcourse.backbones.words import load_words, save_words, train_words, word_encoder

__all__ = [
    "Diverged",
    "FeatureScale",
    "LanguageModel",
    "Notes",
    "Optimiser",
    "Pretrained",
    "RandomAffine",
    "TextEncoder",
    "backbone_names",
    "causal_lm",
    "check_backbone",
    "check_fits",
    "check_settings",
    "connect_hosts",
    "copy_of",
    "extract_features",
    "fit_batches",
    "freeze",
    "freeze_batchnorm",
    "join",
    "load_backbone",
    "load_causal_lm",
    "load_text_encoder",
    "load_words",
    "multi_level",
    "new_head",
    "precision",
    "predict",
    "pretrain",
    "pretrainings",
    "save_causal_lm",
    "save_words",
    "seed_keras",
    "thaw",
    "train",
    "train_causal_lm",
    "train_words",
    "unigram_perplexity",
    "use_devices",
    "with_augmentation",
    "word_encoder",
]
