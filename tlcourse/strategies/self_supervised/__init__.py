"""Features learned from images alone, by tasks that the images set themselves."""

from tlcourse.strategies.self_supervised.autoencoder import Autoencoder
from tlcourse.strategies.self_supervised.rotation import RotationPrediction
from tlcourse.strategies.self_supervised.self_supervised import SelfSupervised, SelfSupervisedResult
from tlcourse.strategies.self_supervised.sim_clr import SimCLR

__all__ = [
    "Autoencoder",
    "RotationPrediction",
    "SelfSupervised",
    "SelfSupervisedResult",
    "SimCLR",
]
