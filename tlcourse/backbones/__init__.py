"""Named backbones: architectures, pretrained weights and model cards."""

from tlcourse.backbones.catalog import backbone_names, load_backbone
from tlcourse.backbones.pixels import pca
from tlcourse.backbones.pretraining import Pretrained, pretrain, pretrainings
from tlcourse.backbones.random_affine import RandomAffine
from tlcourse.backbones.text import (
    LanguageModel,
    TextEncoder,
    causal_lm,
    load_causal_lm,
    load_text_encoder,
    load_words,
    save_causal_lm,
    save_words,
    train_causal_lm,
    train_words,
    unigram_perplexity,
    word_encoder,
)

__all__ = [
    "LanguageModel",
    "Pretrained",
    "RandomAffine",
    "TextEncoder",
    "backbone_names",
    "causal_lm",
    "load_backbone",
    "load_causal_lm",
    "load_text_encoder",
    "load_words",
    "pca",
    "pretrain",
    "pretrainings",
    "save_causal_lm",
    "save_words",
    "train_causal_lm",
    "train_words",
    "unigram_perplexity",
    "word_encoder",
]
