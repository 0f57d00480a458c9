"""Base class of alignment losses."""

import keras
from keras import ops

from tlcourse.arguments import check_number
from tlcourse.errors import BadArgument
from tlcourse.losses import adversarial_strength


class AlignmentLoss(keras.layers.Layer):
    """Add `strength` times a loss of both domains' features and logits; labels are not given.

    A term says in `distance` what it measures. It may own layers, such as a domain classifier.

    Args:
        strength: float >= 0, its weight beside the cross-entropy on the source.
        ramp: let the strength grow from 0 as DANN's does (see `tlcourse.losses`): a term that
            trusts the predictions should wait until there are some.
        name: str, its column in the history; None takes `usual_name`.
        **kwargs: those of `keras.layers.Layer`.
    """

    usual_name = None

    def __init__(self, *, strength=1.0, ramp=False, name=None, **kwargs):
        super().__init__(name=name or self.usual_name, **kwargs)
        check_number(strength, "strength", at_least=0)
        self._given = float(strength)
        self.ramp = ramp

    @property
    def strength(self):
        """Its weight beside the cross-entropy: the number given, once built a `keras.Variable`."""
        return self._strength if self.built else self._given

    def build(
        self,
        source_features_shape,
        target_features_shape,
        source_logits_shape,
        target_logits_shape,
    ):
        """Make the strength, the counter of steps and the sum of what was measured."""
        # Weights, not a metric: on JAX a layer's own metric has no value in the midst of a fit.
        # And the strength is one so that a compiled step serves all strengths.
        self._strength = self._number("strength", self._given)
        self._steps = self._number("steps", 1.0)
        self._done = self._number("steps_done", 0.0)
        self._total = self._number("total", 0.0)

    def begin(self, *, strength, steps):
        """Set what this term counts, and the length of the training (int).

        Args:
            strength: float >= 0.
            steps: int, of the whole training.
        """
        self._strength.assign(strength)
        self._steps.assign(steps)

    def distance(self, source_features, target_features, source_logits, target_logits):
        """Return the loss before `strength`, a scalar."""
        raise NotImplementedError(f"{type(self).__name__} must say what it measures.")

    def progress(self):
        """Return the share of the training that is done (scalar in [0, 1])."""
        return ops.minimum(self._done / self._steps, 1.0)

    def weight(self):
        """Return what the term counts at this step (scalar): its strength, ramped if so."""
        return self.strength * (adversarial_strength(self.progress()) if self.ramp else 1.0)

    def call(self, source_features, target_features, source_logits, target_logits, training=None):
        """Add the loss and hand the source's logits on."""
        if not training:
            return source_logits
        distance = self.distance(source_features, target_features, source_logits, target_logits)
        self.add_loss(self.weight() * distance)
        self._note(distance)
        return source_logits

    def total(self):
        """Return the sum of what was measured in all steps so far (float)."""
        return float(ops.convert_to_numpy(self._total))

    def _note(self, value):
        """Count a step and what it measured."""
        self._done.assign_add(1.0)
        self._total.assign_add(ops.cast(ops.stop_gradient(value), self._total.dtype))

    def get_config(self):
        """Return the settings (dict)."""
        return {**super().get_config(), "strength": self._given, "ramp": self.ramp}

    def _number(self, name, start):
        start = keras.initializers.Constant(start)
        return self.add_weight(name=name, initializer=start, trainable=False)


def check_terms(terms):
    """Check that there are terms and that each has a name of its own.

    Args:
        terms: iterable of `AlignmentLoss`.

    Returns:
        Tuple of `AlignmentLoss`.

    Raises:
        ValueError: if one is no `AlignmentLoss`, or two have the same name.
    """
    terms = tuple(terms)
    others = [term for term in terms if not isinstance(term, AlignmentLoss)]
    if others:
        raise BadArgument(f"`terms` must be terms such as MmdTerm(); got {others[0]!r}.")
    names = [term.name for term in terms]
    for name in names:
        if names.count(name) > 1:
            raise BadArgument(f"`terms` must have different names; two are {name!r}.")
    return terms
