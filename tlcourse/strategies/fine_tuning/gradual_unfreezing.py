"""Gradual unfreezing: the head first, then one more stage at a time."""

from dataclasses import replace
from itertools import pairwise

import numpy as np

from tlcourse.errors import BadArgument
from tlcourse.models import freeze_stages, layers_up_to, single_layers, stages, values_of
from tlcourse.strategies.fine_tuning.fine_tune import FineTune
from tlcourse.strategies.history import append_history


class GradualUnfreezing(FineTune):
    """Fine-tune in phases: the head, then also the last stage, then the one before it.

    A new head's first gradients are large and mean little. Until it has learned something, they do
    not reach what was pretrained. The steps are shared out evenly over the phases.

    Where we differ: the paper unfreezes a layer after each epoch, under one schedule. Here Adam,
    the schedule and the order of the examples begin anew in each phase.

    Args:
        backbone: `keras.Model`, images to features; it is copied and never changed. Its parts are
            those of `tlcourse.models.stages`.
        freeze_to: as in `FineTune`: what never thaws; it takes no phase.
        n_evals: how often accuracy is written into the history in all; rounded up to the same
            number in each phase.
        **settings: those of `FineTune`.

    Raises:
        ValueError: if there are fewer `steps` than phases.

    Reference:
        Howard & Ruder, "Universal Language Model Fine-tuning for Text Classification", ACL 2018,
        section 3.3.
    """

    _TAKES_ONLY = False

    def __init__(self, backbone, *, freeze_to=None, **settings):
        super().__init__(backbone, freeze_to=freeze_to, **settings)
        never = [] if freeze_to is None else layers_up_to(backbone, freeze_to)
        moving = [stage for stage in stages(backbone) if not set(stage) <= set(never)]
        self.n_phases = 1 + len(moving)
        n_evals = self.n_phases * -(-self.training.n_evals // self.n_phases)
        self.training = replace(self.training, n_evals=n_evals)
        if self.training.steps is not None:
            self._check_steps(self.training.steps)

    def _check_steps(self, steps):
        if steps < self.n_phases:
            raise BadArgument(
                f"`steps` must be at least {self.n_phases}, one for the head and one for each "
                f"stage; got {steps}."
            )

    def _train(self, model, backbone, head, examples, seed):
        total = self.training.for_examples(len(examples.x)).steps
        self._check_steps(total)
        whole = self._trained(model, backbone, head)
        n_stages = len(stages(backbone))
        never = [layer for layer in single_layers(backbone) if not layer.trainable]
        ends = [total * (phase + 1) // self.n_phases for phase in range(self.n_phases)]
        history, best = {}, None
        for phase, (begin, end) in enumerate(pairwise([0, *ends])):
            freeze_stages(backbone, n_stages - phase)
            for layer in never:
                layer.trainable = False
            part = replace(
                self.training,
                steps=end - begin,
                epochs=None,
                n_evals=self.training.n_evals // self.n_phases,
            )
            phase_seed = (seed + phase) % 2**32
            found = self._train_unfrozen(whole, backbone, examples, part, phase_seed)
            before = max(history.get("accuracy", ()), default=-np.inf)
            now = max(found.get("accuracy", ()), default=-np.inf)
            if self.training.validation and now > before:
                best = values_of(model.weights)
            append_history(history, found, begin)
            if not found["step"] or found["step"][-1] < end - begin:
                break  # the loss was no longer finite, as a warning has said
        if best is not None:
            for variable, value in zip(model.weights, best, strict=True):
                variable.assign(value)
        return history
