"""A penalty on the distance of a variable from a given value, which kept steps can read anew."""

import keras
from keras import ops

from tlcourse.losses import l2_sp


class PullTo(keras.regularizers.Regularizer):
    """Regulariser strength / 2 · ‖w − start‖², added to one that was there already.

    Args:
        start: array of the variable's shape, or `keras.Variable`.
        strength: float >= 0, or `keras.Variable`.
        already: the variable's regulariser so far, or None.
    """

    def __init__(self, start, strength, already=None):
        self.start, self.strength, self.already = start, strength, already

    def __call__(self, weights):
        """Return the penalty of weights (scalar)."""
        start, strength = (ops.convert_to_tensor(each) for each in (self.start, self.strength))
        pull = l2_sp([weights], [start], strength=strength)
        return pull if self.already is None else pull + self.already(weights)


def pull_of(variable):
    """Return the `PullTo` of a variable, or None."""
    regularizer = getattr(variable, "regularizer", None)
    return regularizer if isinstance(regularizer, PullTo) else None


class Pulls(keras.layers.Layer):
    """What pulls the variables of a twin, as variables of its own.

    Args:
        variables: list of `keras.Variable` of the twin, those that are pulled.
        **kwargs: those of `keras.layers.Layer`.
    """

    def __init__(self, variables, **kwargs):
        super().__init__(**kwargs)
        for i, variable in enumerate(variables):
            start = self._number(f"start{i}", variable.shape, variable.dtype)
            variable.regularizer = PullTo(start, self._number(f"strength{i}", (), variable.dtype))
        self._pulled = list(variables)
        self.built = True

    def take(self, pulls):
        """Take over starts and strengths from a list of `PullTo`."""
        for variable, pull in zip(self._pulled, pulls, strict=True):
            mine = variable.regularizer
            mine.start.assign(ops.convert_to_numpy(pull.start))
            mine.strength.assign(pull.strength)

    def _number(self, name, shape, dtype):
        return self.add_weight(
            shape=shape, dtype=dtype, initializer="zeros", trainable=False, name=name
        )
