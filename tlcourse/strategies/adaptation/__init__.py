"""Domain adaptation: labelled source, unlabelled target."""

from tlcourse.strategies.adaptation.ada_bn import AdaBN
from tlcourse.strategies.adaptation.adapt_then_tune import AdaptThenTune
from tlcourse.strategies.adaptation.adaptation import Adaptation
from tlcourse.strategies.adaptation.alignment_loss import AlignmentLoss
from tlcourse.strategies.adaptation.cdan import CDAN, ConditionalDomainTerm
from tlcourse.strategies.adaptation.coral import CORAL
from tlcourse.strategies.adaptation.dan import DAN, MmdTerm
from tlcourse.strategies.adaptation.dann import DANN, DomainTerm
from tlcourse.strategies.adaptation.deep_coral import CoralTerm, DeepCORAL
from tlcourse.strategies.adaptation.importance_weighting import ImportanceWeighting
from tlcourse.strategies.adaptation.mcc import MCC, ConfusionTerm, mmd_with_mcc
from tlcourse.strategies.adaptation.pseudo_labels import PseudoLabels, surest
from tlcourse.strategies.adaptation.selection import selected_accuracies
from tlcourse.strategies.adaptation.source_only import SourceOnly
from tlcourse.strategies.adaptation.source_trained import SourceTrained
from tlcourse.strategies.adaptation.subspace_alignment import SubspaceAlignment

__all__ = [
    "CDAN",
    "CORAL",
    "DAN",
    "DANN",
    "MCC",
    "AdaBN",
    "AdaptThenTune",
    "Adaptation",
    "AlignmentLoss",
    "ConditionalDomainTerm",
    "ConfusionTerm",
    "CoralTerm",
    "DeepCORAL",
    "DomainTerm",
    "ImportanceWeighting",
    "MmdTerm",
    "PseudoLabels",
    "SourceOnly",
    "SourceTrained",
    "SubspaceAlignment",
    "mmd_with_mcc",
    "selected_accuracies",
    "surest",
]
