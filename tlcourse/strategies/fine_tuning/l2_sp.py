"""L2-SP: penalise distance from the pretrained weights."""

from contextlib import contextmanager

from tlcourse.arguments import check_number
from tlcourse.models import values_of
from tlcourse.strategies.fine_tuning.fine_tune import FineTune
from tlcourse.training import PullTo


class L2SP(FineTune):
    """Fine-tune with a penalty on the distance from the pretrained weights.

    loss = cross-entropy + strength / 2 · ‖w − w_start‖² + head_strength / 2 · ‖v‖², with w the
    backbone's trained weights and v the head's.
    Weight decay would pull what was pretrained towards 0 and so forget it; this pulls back to it.
    The loss in the history holds the penalty too.

    Where we differ: the optimiser is Adam, which divides the penalty's gradient by its size as it
    does all of it, where the paper uses momentum; and offsets and scales are pulled as kernels are.

    Args:
        backbone: `keras.Model`, images to features; it is copied and never changed.
        strength: float >= 0, α in the paper; 0 is `FineTune`.
        head_strength: float >= 0, β in the paper: weight decay of the head, which has no
            pretrained weights to be pulled to.
        **settings: those of `FineTune`.

    Reference:
        Li, Grandvalet & Davoine, "Explicit Inductive Bias for Transfer Learning with Convolutional
        Networks", ICML 2018.
    """

    def __init__(self, backbone, *, strength=0.01, head_strength=0.01, **settings):
        super().__init__(backbone, **settings)
        check_number(strength, "strength", at_least=0)
        check_number(head_strength, "head_strength", at_least=0)
        self.strength = strength
        self.head_strength = head_strength

    def _train(self, model, backbone, head, examples, seed):
        kept = backbone.trainable_variables
        new = head.trainable_variables
        zeros = [0.0 * value for value in values_of(new)]
        with _pulled(kept, values_of(kept), self.strength), _pulled(new, zeros, self.head_strength):
            return super()._train(model, backbone, head, examples, seed)


@contextmanager
def _pulled(variables, start, strength):
    """Add to the loss, for as long as it lasts, what keeps variables near given values."""
    before = [variable.regularizer for variable in variables]
    try:
        for variable, value, already in zip(variables, start, before, strict=True):
            variable.regularizer = PullTo(value, strength, already)
        yield
    finally:
        for variable, already in zip(variables, before, strict=True):
            variable.regularizer = already
