"""How weights are updated: any of Keras's optimisers, at a pace that a kept step can change."""

import json
import math
from dataclasses import dataclass
from functools import cache
from numbers import Real

import keras
from keras import ops

from tlcourse.arguments import check_choice, verb
from tlcourse.errors import BadArgument
from tlcourse.models import values_of

SCHEDULES = ("constant", "cosine")
OPTIMIZERS = {
    "adam": keras.optimizers.Adam,
    "sgd": keras.optimizers.SGD,
    "rmsprop": keras.optimizers.RMSprop,
}


@verb
@dataclass(frozen=True, kw_only=True)
class OptimizerSettings:
    """How weights are updated: an optimiser, its learning rate, schedule and multipliers.

    Attributes:
        optimizer: "adam" (Kingma & Ba, ICLR 2015), "sgd", "rmsprop", each as Keras has it by
            default; or a `keras.optimizers.Optimizer`, whose settings but for the learning rate
            are taken.
        learning_rate: float > 0, the highest.
        schedule: "constant", or "cosine" down to 0 (Loshchilov & Hutter, ICLR 2017).
        warm_up: share of the steps, in [0, 1), over which the rate rises from 0.
        lr_multipliers: one number for each trainable variable, in their order, by which the
            learning rate is multiplied (Howard & Ruder, "ULMFiT", ACL 2018,
            section 3.2); None is 1 for all.
    """

    learning_rate: float
    optimizer: str | keras.optimizers.Optimizer = "adam"
    schedule: str = "constant"
    warm_up: float = 0.0
    lr_multipliers: tuple[float, ...] | None = None

    def key(self):
        """Return all of it that a compiled step cannot change (hashable).

        The learning rate, its course and the multipliers are variables of the optimiser.
        """
        kind, settings = self._kind_and_settings()
        told = json.dumps(settings, sort_keys=True, default=str)
        return kind, told, self._has_course(), self.lr_multipliers is not None

    def build(self):
        """Return a `keras.optimizers.Optimizer`; `pace` sets it to a training."""
        kind, settings = self._kind_and_settings()
        rate = Course() if self._has_course() else self.learning_rate
        multiplied = self.lr_multipliers is not None
        return _paced(kind, multiplied=multiplied).from_config({**settings, "learning_rate": rate})

    def pace(self, optimizer, steps):
        """Set the rate, its course over so many steps and the multipliers of what `build` gave.

        Args:
            optimizer: built `keras.optimizers.Optimizer`.
            steps: int, of the whole training.
        """
        if self._has_course():
            rising, cosine = round(self.warm_up * steps), self.schedule == "cosine"
            optimizer.course.assign([self.learning_rate, steps, rising, float(cosine)])
        else:
            optimizer.learning_rate = self.learning_rate
        if self.lr_multipliers is not None:
            (n,) = optimizer.lr_multipliers.shape
            if len(self.lr_multipliers) != n:
                raise BadArgument(
                    f"`lr_multipliers` must be one for each of the {n} trainable variables; "
                    f"got {len(self.lr_multipliers)}."
                )
            optimizer.lr_multipliers.assign(self.lr_multipliers)

    def _has_course(self):
        return self.schedule != "constant" or self.warm_up > 0

    def _kind_and_settings(self):
        if isinstance(self.optimizer, str):
            return OPTIMIZERS[self.optimizer], {}
        settings = self.optimizer.get_config()
        del settings["learning_rate"], settings["name"]
        return type(self.optimizer), settings


def check_optimizer(optimizer):
    """Check an optimiser, and return its learning rate (float), 0.001 for a name.

    Args:
        optimizer: name, one of `OPTIMIZERS`, or `keras.optimizers.Optimizer`.

    Raises:
        BadArgument: (a ValueError) if it is neither, or brings a schedule of its own.
    """
    if isinstance(optimizer, str):
        check_choice(optimizer, "optimizer", tuple(OPTIMIZERS))
        return 1e-3
    if not isinstance(optimizer, keras.optimizers.Optimizer):
        given = " Call it first." if isinstance(optimizer, type) else ""
        raise BadArgument(
            f"`optimizer` must be one of {', '.join(map(repr, OPTIMIZERS))} or a "
            f"keras.optimizers.Optimizer; got {optimizer!r}.{given}"
        )
    rate = optimizer.get_config()["learning_rate"]
    if not isinstance(rate, Real):
        raise BadArgument(
            "`optimizer` must have a number as its learning rate, not a schedule of its own: give "
            "`schedule` and `warm_up`."
        )
    return float(rate)


class Course(keras.optimizers.schedules.LearningRateSchedule):
    """Linear warm-up, then a constant or a cosine.

    Attributes:
        numbers: `keras.Variable` (4,) of the optimiser, which a kept step reads anew: the highest
            rate, steps in all, steps of the warm-up, and 1 for a cosine.
    """

    numbers = None

    def __call__(self, step):
        """Return the rate at a step (scalar)."""
        highest, steps, rising, cosine = (self.numbers[i] for i in range(4))
        step = ops.cast(step, "float32")
        done = (step - rising) / ops.maximum(1.0, steps - rising)
        fall = 0.5 * (1 + ops.cos(math.pi * ops.clip(done, 0.0, 1.0)))
        # The first step is taken with a rate above 0, or it would be none.
        rise = ops.minimum((step + 1) / ops.maximum(1.0, rising), 1.0)
        return highest * rise * (1 - cosine + cosine * fall)

    def get_config(self):
        """Return the numbers (dict)."""
        return {"numbers": values_of([self.numbers])[0].tolist()}


@cache
def _paced(kind, *, multiplied):
    """Return a kind of optimiser that reads its course and multipliers from variables.

    Multiplying the gradients instead of the rate would do nothing: Adam divides by their size.
    """

    class Paced(kind):
        def build(self, variables):
            super().build(variables)
            if isinstance(self._learning_rate, Course):
                self.course = self.add_variable((4,), "ones", name="course")
                self._learning_rate.numbers = self.course
            if multiplied:
                shape = (len(variables),)
                self.lr_multipliers = self.add_variable(shape, "ones", name="lr_multipliers")

        def update_step(self, gradient, variable, learning_rate):
            if multiplied:
                multiplier = self.lr_multipliers[self._get_variable_index(variable)]
                learning_rate = learning_rate * multiplier
            super().update_step(gradient, variable, learning_rate)

        def get_config(self):
            config = super().get_config()
            if multiplied:
                config["lr_multipliers"] = values_of([self.lr_multipliers])[0].tolist()
            return config

    Paced.__name__ = Paced.__qualname__ = kind.__name__
    return Paced
