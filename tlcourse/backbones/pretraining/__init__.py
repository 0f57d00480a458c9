"""Pretraining recipes, so that anyone can retrain the course's backbones."""

from tlcourse.backbones.pretraining.card import Pretrained
from tlcourse.backbones.pretraining.recipes import RECIPES
from tlcourse.backbones.pretraining.run import pretrain, pretrainings

__all__ = [
    "RECIPES",
    "Pretrained",
    "pretrain",
    "pretrainings",
]
