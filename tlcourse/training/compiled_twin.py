"""Compiled models that are kept and used again, and how a model's variables get there and back.

Tracing a training step takes longer than a short training on a CPU, and a lesson trains the same
network dozens of times (shots × seeds × strategies). So models of one architecture and one setting
share a *compiled twin*, which takes over the model's variables, works, and hands them back.
"""

from collections import OrderedDict
from contextlib import contextmanager
from weakref import WeakKeyDictionary

import keras
import numpy as np

from tlcourse.models import clone_of, hand_over, is_graph, values_of
from tlcourse.training.devices import check_lies_on_all, jit_compile, n_shares

_KEPT = OrderedDict()
_KEPT_BY_MODEL = WeakKeyDictionary()  # for what is too big for a twin, and only predicts
_MAX_KEPT = 8
_MAX_SHARED_PARAMETERS = 2_000_000  # beyond this a second copy in memory costs more than tracing


class CompiledTwin:
    """A compiled copy of a model, kept and reused on other variables.

    The model itself is never compiled, so what its owner has compiled stays as it is.

    Args:
        model: `keras.Model`.
        optimizer: `keras.optimizers.Optimizer`; None makes a twin that only predicts.
        loss: `keras.losses.Loss`; None takes cross-entropy of logits and class numbers.
        twin: True copies the architecture; False works on the very variables of the model.
    """

    def __init__(self, model, optimizer=None, loss=None, *, twin):
        self.compiled = _twin(model) if twin else _same_layers(model)
        self._warm = set()
        if optimizer is None:
            self.compiled.compile(jit_compile=jit_compile())
            self._optimiser_start = []
            return
        self.compiled.compile(
            optimizer=optimizer,
            loss=loss or keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            jit_compile=jit_compile(),
        )
        optimiser = self.compiled.optimizer
        optimiser.build(self.compiled.trainable_variables)
        # Adam's moments start at 0; learning rate, step and loss scale are single numbers.
        self._optimiser_start = [
            (variable, value if value.ndim == 0 else 0.0)
            for variable, value in zip(
                optimiser.variables, values_of(optimiser.variables), strict=True
            )
        ]

    @contextmanager
    def holding(self, model):
        """Lend a model's variables, the optimiser as new; hand them back whatever happens."""
        hand_over(model.variables, to=self.compiled.variables)
        for variable, start in self._optimiser_start:
            variable.assign(np.broadcast_to(start, variable.shape))
        try:
            yield self.compiled
        finally:
            hand_over(self.compiled.variables, to=model.variables)

    def warm_up(self, batches):
        """Trace the step for batches of this size, leaving the variables as they were."""
        if batches.batch_size in self._warm:
            return
        before = values_of(self.compiled.variables)
        try:
            self.compiled.fit(batches, shuffle=False, verbose=0)
        finally:
            for variable, value in zip(self.compiled.variables, before, strict=True):
                variable.assign(value)
        self._warm.add(batches.batch_size)


def compiled_twin_for(model, optimiser=None, *, steps=0, loss=None):
    """Return the `CompiledTwin` for a model: the kept one, where its architecture has one.

    Args:
        model: `keras.Model`.
        optimiser: `AdamSettings`; None asks for a twin that only predicts.
        steps: int, of the training, for an optimiser whose rate depends on it.
        loss: as in `CompiledTwin`; with a loss of its own a model shares no twin.
    """
    check_lies_on_all(model)
    build = optimiser and (lambda: optimiser.build(steps))
    if loss is not None or not _can_be_shared(model):
        if optimiser is None and is_graph(model) and _config_says_all(model):
            return _kept_by(model)
        return CompiledTwin(model, build and build(), loss, twin=False)
    trainable = tuple(variable.trainable for variable in model.variables)
    length = steps if optimiser and optimiser.steps_matter() else None
    key = (model.to_json(), trainable, optimiser, length)
    if key not in _KEPT:
        _KEPT[key] = CompiledTwin(model, build and build(), twin=True)
        while len(_KEPT) > _MAX_KEPT:
            _KEPT.popitem(last=False)
    _KEPT.move_to_end(key)
    return _KEPT[key]


def _kept_by(model):
    """Return the twin on a model's own variables, made anew when its layers have changed."""
    # What is enabled later, such as LoRA, shows in the variables and not always in the config.
    key = (model.to_json(), [id(variable) for variable in model.variables])
    kept = _KEPT_BY_MODEL.get(model)
    if kept is None or kept[0] != key:
        kept = _KEPT_BY_MODEL[model] = key, CompiledTwin(model, twin=False)
    return kept[1]


def _can_be_shared(model):
    return (
        n_shares() == 1  # a copy on every device, and all of them to hand over, would cost more
        and is_graph(model)  # and so it is built, and its parameters can be counted
        and model.count_params() <= _MAX_SHARED_PARAMETERS
        and _config_says_all(model)
        # What is added to the loss for a variable may be about that very variable's start.
        and all(getattr(variable, "regularizer", None) is None for variable in model.variables)
    )


def _twin(model):
    """Return a copy of a model with variables of its own, frozen one by one as the model's are."""
    twin = clone_of(model)
    for variable, mine in zip(model.variables, twin.variables, strict=True):
        mine.trainable = variable.trainable
    return twin


def _config_says_all(layer):
    """Tell whether a layer is fully told by its config and variables: then a twin does the same.

    Not so for layers that others wrote, for Lambda, for layers that keep constants beside their
    variables, as Normalization does, and where a layer inside a layer was given LoRA.
    """
    if type(layer).__module__.split(".")[0] not in ("keras", "tlcourse"):
        return False
    if isinstance(layer, keras.Model):
        is_built_of_layers = bool(getattr(layer, "inputs", None))
        return is_built_of_layers and all(map(_config_says_all, layer.layers))
    lora_inside = not getattr(layer, "lora_enabled", False) and any(
        variable.name.startswith("lora_") for variable in layer.variables
    )
    unsaid = lora_inside or isinstance(layer, keras.layers.Lambda)
    return not unsaid and not hasattr(layer, "finalize_state")


def _same_layers(model):
    """Return a model of the same layers and variables; one that is all code can only be itself."""
    if not is_graph(model):
        return model
    return keras.Model(model.inputs[0], model.outputs[0], name=model.name)
