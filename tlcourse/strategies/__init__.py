"""Recipes that train, and what they give back."""

from tlcourse.strategies.ada_bn import AdaBN
from tlcourse.strategies.adapt_then_tune import AdaptThenTune
from tlcourse.strategies.adaptation import Adaptation
from tlcourse.strategies.adapters import Adapters
from tlcourse.strategies.advise import Advice, advise
from tlcourse.strategies.autoencoder import Autoencoder
from tlcourse.strategies.bias_only import BiasOnly
from tlcourse.strategies.bss import BSS
from tlcourse.strategies.cdan import CDAN, ConditionalDomainTerm
from tlcourse.strategies.coral import CORAL
from tlcourse.strategies.dan import DAN, MmdTerm
from tlcourse.strategies.dann import DANN, DomainTerm
from tlcourse.strategies.deep_coral import CoralTerm, DeepCORAL
from tlcourse.strategies.delta import Delta
from tlcourse.strategies.distil import Distil
from tlcourse.strategies.feature_extraction import FeatureExtraction, LinearProbe
from tlcourse.strategies.fine_tune import FineTune
from tlcourse.strategies.from_scratch import FromScratch
from tlcourse.strategies.gradual_unfreezing import GradualUnfreezing
from tlcourse.strategies.importance_weighting import ImportanceWeighting
from tlcourse.strategies.interpolation import closest_to_both, interpolate, interpolation_path
from tlcourse.strategies.l2_sp import L2SP
from tlcourse.strategies.lora import LoRA, merge_lora
from tlcourse.strategies.mcc import MCC, ConfusionTerm
from tlcourse.strategies.multi_task import MultiTask, MultiTaskResult
from tlcourse.strategies.pseudo_labels import PseudoLabels
from tlcourse.strategies.repeats import over_seeds, over_shots
from tlcourse.strategies.result import TransferResult
from tlcourse.strategies.rotation import RotationPrediction
from tlcourse.strategies.selection import selected_accuracies
from tlcourse.strategies.self_supervised import SelfSupervised, SelfSupervisedResult
from tlcourse.strategies.sim_clr import SimCLR
from tlcourse.strategies.source_only import SourceOnly
from tlcourse.strategies.source_trained import SourceTrained
from tlcourse.strategies.strategy import Strategy
from tlcourse.strategies.subspace_alignment import SubspaceAlignment
from tlcourse.strategies.task import Task
from tlcourse.strategies.task_gradients import gradients_of_tasks
from tlcourse.strategies.term import Term

__all__ = [
    "BSS",
    "CDAN",
    "CORAL",
    "DAN",
    "DANN",
    "L2SP",
    "MCC",
    "AdaBN",
    "AdaptThenTune",
    "Adaptation",
    "Adapters",
    "Advice",
    "Autoencoder",
    "BiasOnly",
    "ConditionalDomainTerm",
    "ConfusionTerm",
    "CoralTerm",
    "DeepCORAL",
    "Delta",
    "Distil",
    "DomainTerm",
    "FeatureExtraction",
    "FineTune",
    "FromScratch",
    "GradualUnfreezing",
    "ImportanceWeighting",
    "LinearProbe",
    "LoRA",
    "MmdTerm",
    "MultiTask",
    "MultiTaskResult",
    "PseudoLabels",
    "RotationPrediction",
    "SelfSupervised",
    "SelfSupervisedResult",
    "SimCLR",
    "SourceOnly",
    "SourceTrained",
    "Strategy",
    "SubspaceAlignment",
    "Task",
    "Term",
    "TransferResult",
    "advise",
    "closest_to_both",
    "gradients_of_tasks",
    "interpolate",
    "interpolation_path",
    "merge_lora",
    "over_seeds",
    "over_shots",
    "selected_accuracies",
]
