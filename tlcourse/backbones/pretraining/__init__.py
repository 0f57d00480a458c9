"""The pretraining of the course's backbones, so that anyone can repeat it."""

from tlcourse.backbones.pretraining.card import Pretrained
from tlcourse.backbones.pretraining.recipes import RECIPES
from tlcourse.backbones.pretraining.run import pretrain, pretrainings

__all__ = [
    "RECIPES",
    "Pretrained",
    "pretrain",
    "pretrainings",
]
