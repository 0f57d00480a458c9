"""Adam with a schedule, and with a learning rate of its own for every variable."""

import math
from dataclasses import dataclass

import keras

from tlcourse.arguments import verb
from tlcourse.errors import BadArgument

SCHEDULES = ("constant", "cosine")


@verb
@dataclass(frozen=True, kw_only=True)
class AdamSettings:
    """How weights are updated: Adam (Kingma & Ba, ICLR 2015), its schedule and multipliers.

    Attributes:
        learning_rate: float > 0, the highest.
        schedule: "constant", or "cosine" down to 0 (Loshchilov & Hutter, ICLR 2017).
        warm_up: share of the steps, in [0, 1), over which the rate rises from 0.
        lr_multipliers: one number for each trainable variable, in their order, by which the
            learning rate is multiplied (Howard & Ruder, "ULMFiT", ACL 2018,
            section 3.2); None is 1 for all.
    """

    learning_rate: float
    schedule: str = "constant"
    warm_up: float = 0.0
    lr_multipliers: tuple[float, ...] | None = None

    def steps_matter(self):
        """Tell whether the rate depends on how many steps there are in all (bool)."""
        return self.schedule != "constant" or self.warm_up > 0

    def build(self, steps):
        """Return a `keras.optimizers.Optimizer` for a training of so many steps."""
        rate = self.learning_rate
        if self.steps_matter():
            rate = _Rate(rate, steps, round(self.warm_up * steps), self.schedule)
        if self.lr_multipliers is None:
            return keras.optimizers.Adam(rate)
        return MultipliedAdam(rate, lr_multipliers=self.lr_multipliers)


@keras.saving.register_keras_serializable(package="tlcourse")
class MultipliedAdam(keras.optimizers.Adam):
    """Adam whose learning rate is multiplied by a number of each variable's own.

    Multiplying the gradients instead would do nothing: Adam divides by their size.

    Args:
        learning_rate: float or schedule.
        lr_multipliers: one float for each variable that it is built with, in their order.
        **settings: those of `keras.optimizers.Adam`.
    """

    def __init__(self, learning_rate=1e-3, *, lr_multipliers, **settings):
        super().__init__(learning_rate, **settings)
        self.lr_multipliers = tuple(lr_multipliers)

    def build(self, variables):
        """Make the moments; one multiplier must have come for each variable."""
        if len(variables) != len(self.lr_multipliers):
            raise BadArgument(
                f"`lr_multipliers` must be one for each of the {len(variables)} trainable "
                f"variables; got {len(self.lr_multipliers)}."
            )
        super().build(variables)

    def update_step(self, gradient, variable, learning_rate):
        """Update one variable."""
        multiplier = self.lr_multipliers[self._get_variable_index(variable)]
        super().update_step(gradient, variable, learning_rate * multiplier)

    def get_config(self):
        """Return the settings (dict)."""
        return {**super().get_config(), "lr_multipliers": self.lr_multipliers}


@keras.saving.register_keras_serializable(package="tlcourse")
class _Rate(keras.optimizers.schedules.LearningRateSchedule):
    """Linear warm-up, then a constant or a cosine."""

    def __init__(self, highest, steps, rising, shape):
        super().__init__()
        self._highest, self._steps, self._rising, self._shape = highest, steps, rising, shape

    def __call__(self, step):
        step = keras.ops.cast(step, "float32")
        rate = 1.0
        if self._shape == "cosine":
            done = (step - self._rising) / max(1, self._steps - self._rising)
            rate = 0.5 * (1 + keras.ops.cos(math.pi * keras.ops.clip(done, 0.0, 1.0)))
        if self._rising:
            # The first step is taken with a rate above 0, or it would be none.
            rate = rate * keras.ops.minimum((step + 1) / self._rising, 1.0)
        return self._highest * rate * keras.ops.ones_like(step)

    def get_config(self):
        return {
            "highest": self._highest,
            "steps": self._steps,
            "rising": self._rising,
            "shape": self._shape,
        }
