"""Losses besides cross-entropy, as pure functions of arrays.

All are written with `keras.ops`, so gradients flow on every backend, and return a scalar: a mean
over the batch unless the docstring says otherwise. Results have the dtype of the first argument,
but half precision is computed in float32, where squares do not overflow (Keras keeps float64 on
TensorFlow only).
"""

from tlcourse.losses.adversarial import adversarial_strength, domain_loss, reverse_gradient
from tlcourse.losses.bss import bss_loss
from tlcourse.losses.cdan import conditional_map, entropy_weights
from tlcourse.losses.contrastive import nt_xent
from tlcourse.losses.coral import coral_loss
from tlcourse.losses.delta import delta_loss
from tlcourse.losses.distillation import distillation_loss, hint_loss
from tlcourse.losses.entropy import entropy, information_maximisation, mean_entropy
from tlcourse.losses.l2_sp import l2_sp
from tlcourse.losses.mcc import mcc_loss
from tlcourse.losses.mmd import mmd_loss
from tlcourse.losses.uncertainty import uncertainty_weighted

__all__ = [
    "adversarial_strength",
    "bss_loss",
    "conditional_map",
    "coral_loss",
    "delta_loss",
    "distillation_loss",
    "domain_loss",
    "entropy",
    "entropy_weights",
    "hint_loss",
    "information_maximisation",
    "l2_sp",
    "mcc_loss",
    "mean_entropy",
    "mmd_loss",
    "nt_xent",
    "reverse_gradient",
    "uncertainty_weighted",
]
