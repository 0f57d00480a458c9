"""What happens to a model over time: it is fitted, watched, kept, and asked for predictions."""

from tlcourse.training.batches import OrderedBatches, ShuffledBatches, SideBySide
from tlcourse.training.devices import connect_hosts, jit_compile, precision, use_devices
from tlcourse.training.features import extract_features
from tlcourse.training.fit import fit_batches, train
from tlcourse.training.frozen_prefix import past_the_frozen
from tlcourse.training.history import Diverged, HistoryRecorder
from tlcourse.training.optimiser import OptimizerSettings
from tlcourse.training.predict import predict
from tlcourse.training.pull import PullTo
from tlcourse.training.seeding import seed_keras
from tlcourse.training.statistics import reestimate_statistics
from tlcourse.training.training import Training

__all__ = [
    "Diverged",
    "HistoryRecorder",
    "OptimizerSettings",
    "OrderedBatches",
    "PullTo",
    "ShuffledBatches",
    "SideBySide",
    "Training",
    "connect_hosts",
    "extract_features",
    "fit_batches",
    "jit_compile",
    "past_the_frozen",
    "precision",
    "predict",
    "reestimate_statistics",
    "seed_keras",
    "train",
    "use_devices",
]
