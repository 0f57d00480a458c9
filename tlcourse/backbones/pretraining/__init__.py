"""How the backbones of the course were trained, so that anyone can train them anew."""

from tlcourse.backbones.pretraining.card import Pretrained
from tlcourse.backbones.pretraining.recipes import RECIPES
from tlcourse.backbones.pretraining.run import pretrain, pretrainings

__all__ = [
    "RECIPES",
    "Pretrained",
    "pretrain",
    "pretrainings",
]
