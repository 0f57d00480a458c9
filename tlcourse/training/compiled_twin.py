"""Compiled models that are kept and used again, and how a model's variables get there and back.

Tracing a training step takes longer than a short training on a CPU, and a lesson trains the same
network dozens of times (shots × seeds × strategies). So models of one architecture and one setting
share a *compiled twin*, which takes over the model's variables, works, and hands them back. What
changes from one training to the next, such as the learning rate, is a variable of the twin.
"""

import json
from collections import OrderedDict
from contextlib import contextmanager
from weakref import WeakKeyDictionary

import keras
import numpy as np

from tlcourse.models import clone_of, hand_over, is_graph, values_of
from tlcourse.training.architecture import (
    architecture_of,
    is_ours_or_keras,
    outputs_of_model,
    told_by_config,
)
from tlcourse.training.devices import check_lies_on_all, jit_compile, n_shares
from tlcourse.training.pull import Pulls, pull_of

_KEPT = OrderedDict()
_KEPT_BY_MODEL = WeakKeyDictionary()  # for what is too big for a twin, and only predicts
_MAX_KEPT = 16  # about 15 MB each, for a small network
_MAX_SHARED_PARAMETERS = 2_000_000  # beyond this a second copy in memory costs more than tracing


class CompiledTwin:
    """A compiled copy of a model, kept and reused on other variables.

    The model itself is never compiled, so what its owner has compiled stays as it is.

    Args:
        model: `keras.Model`.
        settings: `OptimizerSettings`; None makes a twin that only predicts.
        loss: `keras.losses.Loss`; None takes what the layers add alone.
        metrics: as `Model.compile` takes its `weighted_metrics`.
        twin: True copies the architecture; False works on the very variables of the model.
    """

    def __init__(self, model, settings=None, loss=None, metrics=None, *, twin):
        self.compiled = _twin(model) if twin else _same_layers(model)
        self._shared = self.compiled.variables
        self._pulls = None
        if twin:
            self._pulls = _pulls_like(model, self.compiled)
        self._warm = set()
        if settings is None:
            self.compiled.compile(jit_compile=jit_compile())
            self._optimiser_start = []
            return
        self.compiled.compile(
            optimizer=settings.build(),
            loss=loss,
            weighted_metrics=metrics,
            jit_compile=jit_compile(),
        )
        optimiser = self.compiled.optimizer
        optimiser.build(self.compiled.trainable_variables)
        # Moments start at 0; step, loss scale and the like are single numbers.
        self._optimiser_start = [
            (variable, value if value.ndim == 0 else 0.0)
            for variable, value in zip(
                optimiser.variables, values_of(optimiser.variables), strict=True
            )
        ]

    @contextmanager
    def holding(self, model, settings=None, *, steps=1):
        """Lend a model's variables, the optimiser as new; hand them back whatever happens.

        Args:
            model: `keras.Model` of the twin's architecture.
            settings: `OptimizerSettings` of the training, where there is one.
            steps: int, its length.

        Yields:
            The compiled `keras.Model`.
        """
        hand_over(model.variables, to=self._shared)
        if self._pulls is not None:
            self._pulls.take(_pulls_in(model))
        for variable, start in self._optimiser_start:
            variable.assign(np.broadcast_to(start, variable.shape))
        if settings is not None:
            settings.pace(self.compiled.optimizer, steps)
        try:
            yield self.compiled
        finally:
            self.hand_back(model)

    def hand_back(self, model):
        """Give the model the values that the twin has now."""
        hand_over(self._shared, to=model.variables)

    def warm_up(self, batches, batch_size):
        """Trace the step for batches of this size, leaving the variables as they were.

        Args:
            batches: `keras.utils.PyDataset` of a few.
            batch_size: int.
        """
        if batch_size in self._warm:
            return
        before = values_of(self.compiled.variables)
        try:
            self.compiled.fit(batches, shuffle=False, verbose=0)
        finally:
            for variable, value in zip(self.compiled.variables, before, strict=True):
                variable.assign(value)
        self._warm.add(batch_size)


def compiled_twin_for(model, settings=None, *, loss=None, metrics=None):
    """Return the `CompiledTwin` for a model: the kept one, where its architecture has one.

    Args:
        model: `keras.Model`.
        settings: `OptimizerSettings`; None asks for a twin that only predicts.
        loss: as in `CompiledTwin`; with a loss that others wrote a model shares no twin.
        metrics: as in `CompiledTwin`; dict of lists of `keras.metrics.Metric`, or None.
    """
    check_lies_on_all(model)
    if not _can_be_shared(model) or not (loss is None or is_ours_or_keras(loss)):
        if settings is None and is_graph(model) and told_by_config(model):
            return _kept_by(model)
        return CompiledTwin(model, settings, loss, metrics, twin=False)
    key = (architecture_of(model), settings and settings.key(), _told(loss), _told(metrics))
    if key not in _KEPT:
        _KEPT[key] = CompiledTwin(model, settings, loss, metrics, twin=True)
        while len(_KEPT) > _MAX_KEPT:
            _KEPT.popitem(last=False)
    _KEPT.move_to_end(key)
    return _KEPT[key]


def _told(things):
    """Return what tells losses or metrics (str)."""
    return json.dumps(keras.saving.serialize_keras_object(things), sort_keys=True)


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
        and _is_of_layers(model)  # and so it is built, and its parameters can be counted
        and model.count_params() <= _MAX_SHARED_PARAMETERS
        and told_by_config(model)
        and all(map(_is_told, model.variables))
    )


def _is_of_layers(model):
    return bool(getattr(model, "inputs", None))


def _is_told(variable):
    """Tell whether what is added to the loss for a variable is known to a twin."""
    regularizer, pull = getattr(variable, "regularizer", None), pull_of(variable)
    return regularizer is None or (pull is not None and pull.already is None)


def _pulls_like(model, twin):
    """Return `Pulls` on a twin's variables as there are on a model's; None where there are none."""
    pairs = zip(model.variables, twin.variables, strict=True)
    pulled = [(mine, theirs) for theirs, mine in pairs if pull_of(theirs)]
    if not pulled:
        return None
    twin.pulls = Pulls([mine for mine, _ in pulled])  # the model tracks it, as JAX needs
    return twin.pulls


def _pulls_in(model):
    return [pull for pull in map(pull_of, model.variables) if pull]


def _twin(model):
    """Return a copy of a model with variables of its own, frozen one by one as the model's are."""
    twin = clone_of(model)
    for variable, mine in zip(model.variables, twin.variables, strict=True):
        mine.trainable = variable.trainable
    return twin


def _same_layers(model):
    """Return a model of the same layers and variables; one that is all code can only be itself."""
    if not _is_of_layers(model):
        return model
    inputs = model.inputs if len(model.inputs) > 1 else model.inputs[0]
    return keras.Model(inputs, outputs_of_model(model), name=model.name)
