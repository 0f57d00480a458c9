"""The contract of all strategies, as checks that run on yours too."""

import inspect
import json
import tempfile
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import keras
import numpy as np

from tlcourse.arguments import verb
from tlcourse.errors import CourseError
from tlcourse.measures import accuracy
from tlcourse.models import join, values_of
from tlcourse.strategies.ground import make_ground
from tlcourse.strategies.result import TransferResult
from tlcourse.strategies.strategy import check_is_strategy
from tlcourse.training import predict

_SHORT = {"steps": 4, "batch_size": 8, "rounds": 2, "width": 4}


class ContractBroken(AssertionError):  # noqa: N818 (it reads better)
    """A strategy does not do what all strategies promise: the message names both."""


@verb
def check_strategy(strategy):
    """Check that a strategy keeps the contract that all strategies share.

    Args:
        strategy: a class, which is built with small settings and, where it asks for them, a small
            `backbone`, `teacher` or `adaptation`; or a function that builds a strategy from
            a `Ground`.

    Raises:
        ContractBroken: (an AssertionError) that names the strategy, the promise and what was seen.

    Example:
        >>> check_strategy(MyStrategy)  # doctest: +SKIP

    Reference:
        The idea is `check_estimator` of scikit-learn (Buitinck et al., 2013).
    """
    trial = Trial(strategy)
    for promise in Trial.PROMISES:
        trial.check(promise)


class Trial:
    """The checks of one strategy; fits that several of them need are run once.

    Args:
        strategy: as in `check_strategy`.
    """

    def __init__(self, strategy):
        self._given = strategy
        self.name = getattr(strategy, "__name__", type(strategy).__name__)

    def check(self, promise):
        """Check one promise.

        Args:
            promise: str, one of `PROMISES`.

        Raises:
            ContractBroken: that names the strategy, the promise and what was seen.
        """
        try:
            self.PROMISES[promise](self)
        except ContractBroken:
            raise
        except Exception as error:
            raise ContractBroken(f"{self.name}: {promise}: {error!r}") from error

    def _make(self, ground):
        if not isinstance(self._given, type):
            strategy = self._given(ground)
            check_is_strategy(strategy, "strategy")
            return strategy
        parameters = inspect.signature(self._given).parameters
        models = {"backbone": ground.backbone, "teacher": ground.model}
        settings = {
            name: models[name]
            for name, parameter in parameters.items()
            if name in models and parameter.default is parameter.empty
        }
        if "start" in parameters:
            settings["start"] = ground.start
        return self._given(
            **settings, **{name: _SHORT[name] for name in _SHORT if name in parameters}
        )

    def _fit(self, ground, *, seed=4, **more):
        return self._make(ground).fit(ground.pair, seed=seed, **more)

    def _demand(self, kept, seen):
        if not kept:
            raise ContractBroken(f"{self.name}: {seen}")

    @cached_property
    def _ground(self):
        return make_ground()

    @cached_property
    def _first(self):
        return self._fit(self._ground, shots=3)

    def _with_labels(self, part):
        """The ground with other labels for half of the target's examples of one part."""
        target = self._ground.pair.target
        labels = getattr(target, f"labels_{part}").copy()
        labels[::2] = 0
        return replace(
            self._ground,
            pair=replace(self._ground.pair, target=replace(target, **{f"labels_{part}": labels})),
        )

    def _one_line(self):
        strategy = self._make(self._ground)
        data = self._ground.pair
        calls = {
            "no_such_argument in the constructor": lambda: type(strategy)(no_such_argument=1),
            "no_such_argument in fit": lambda: strategy.fit(data, no_such_argument=1),
            "data=None": lambda: strategy.fit(None),
            "seed=-1": lambda: strategy.fit(data, seed=-1),
            "seed=1.5": lambda: strategy.fit(data, seed=1.5),
        }
        for what, call in calls.items():
            try:
                call()
            except (CourseError, ValueError) as error:
                self._demand("\n" not in str(error), f"{what}: more than one line: {error}")
            except Exception as error:
                raise ContractBroken(f"{self.name}: {what} ends in a raw {error!r}") from error
            else:
                raise ContractBroken(f"{self.name}: {what} is taken")

    def _same(self):
        again = self._fit(self._with_labels("test"), shots=3)
        self._demand(_same_weights(self._first, again), "the same seed gave other weights")

    def _other(self):
        other = self._fit(self._ground, seed=5, shots=3)
        self._demand(
            not _same_weights(self._first, other) or self._first.n_trained == 0,
            "another seed gave the same weights",
        )

    def _untouched(self):
        ground = make_ground()
        strategy = self._make(ground)
        models = [ground.backbone, ground.model, *_models_in(strategy)]
        before = [(values_of(m.variables), [v.trainable for v in m.variables]) for m in models]
        strategy.fit(ground.pair, shots=3, seed=4)
        for model, (values, flags) in zip(models, before, strict=True):
            same = all(map(np.array_equal, values, values_of(model.variables)))
            self._demand(same, f"the given model '{model.name}' has other values now")
            now = [v.trainable for v in model.variables]
            self._demand(flags == now, f"the given model '{model.name}' was frozen or thawed")
        for domain, as_it_was in zip(_domains(ground), _domains(make_ground()), strict=True):
            for part in ("x_train", "labels_train", "x_test", "labels_test"):
                same = np.array_equal(getattr(domain, part), getattr(as_it_was, part))
                self._demand(same, f"`{part}` of '{domain.name}' has changed")

    def _frozen(self):
        given = _models_in(self._make(self._ground))
        if not given or len(given[0].variables) != len(self._first.backbone.variables):
            return  # it begins with a network of its own, or adds to the one that is given
        for then, now in zip(given[0].variables, self._first.backbone.variables, strict=True):
            if then.trainable and not now.trainable and "seed" not in now.path:
                same = np.array_equal(np.asarray(then), np.asarray(now))
                self._demand(same, f"'{now.path}' is frozen and has moved")

    def _labels(self):
        changed = self._fit(self._with_labels("train"), shots=3)
        same = _same_weights(self._first, changed)
        if self._first.n_labels == 0:
            self._demand(same, "no label of the target is used, it says, and they change its model")
        else:
            self._demand(not same, "labels of the target are used, it says, and change nothing")
            self._demand(self._first.n_labels == 9, f"3 shots are {self._first.n_labels} labels")

    def _told(self):
        result, target = self._first, self._ground.pair.target
        self._demand(isinstance(result, TransferResult), f"`fit` gave {type(result).__name__}")
        told = accuracy(result.model, target.x_test, target.labels_test)
        self._demand(result.target_accuracy == told, f"{result.target_accuracy}, and not {told}")
        outputs = predict(join(result.backbone, result.head), target.x_test)
        same = np.allclose(outputs, predict(result.model, target.x_test), atol=1e-5)
        self._demand(same, "backbone and head together do not give what the model gives")
        self._demand(result.seed == 4, f"`seed` is {result.seed}")

    def _json(self):
        document = json.loads(self._first.to_json())
        self._demand(
            document["strategy"] == self._first.strategy
            and document["target_accuracy"] == self._first.target_accuracy,
            f"`to_json` says {document}",
        )

    def _saved(self):
        x = self._ground.pair.target.x_test
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "model.keras")
            self._first.model.save(path)
            loaded = keras.saving.load_model(path)
        same = np.allclose(predict(loaded, x), predict(self._first.model, x), atol=1e-4)
        self._demand(same, "a saved model predicts other logits when it is loaded")

    def _data(self):
        self._fits("sorted")
        # Two images are too few for some statistics of a domain.
        self._fits("one image a class", may_refuse=self._first.n_labels == 0)

    def _backbones(self):
        if _models_in(self._make(self._ground)):
            for kind in ("nested", "sequential", "features"):
                self._fits(kind, may_refuse=kind == "features" or self._first.n_labels == 0)

    def _fits(self, kind, *, may_refuse=False):
        ground = make_ground(kind)
        try:
            result = self._fit(ground)
        except ValueError as error:
            self._demand(may_refuse and "\n" not in str(error), f"{kind}: {error}")
            return
        logits = predict(result.model, ground.pair.target.x_test)
        self._demand(logits.shape == (12, 3) and np.isfinite(logits).all(), f"{kind}: {logits}")

    PROMISES = {  # noqa: RUF012
        "wrong keywords and arguments say one line": _one_line,
        "the same seed gives the same numbers, whatever the test labels say": _same,
        "another seed gives other numbers": _other,
        "inputs and given models stay untouched": _untouched,
        "frozen stays frozen": _frozen,
        "target labels change what they should and nothing else": _labels,
        "the result tells of its model": _told,
        "to_json is a document": _json,
        "the model saves and loads": _saved,
        "sorted data, one image a class": _data,
        "any backbone: nested, sequential, of features": _backbones,
    }


def _domains(ground):
    return ground.pair.source, ground.pair.target


def _models_in(strategy):
    """List the models that a strategy was given, its backbone first."""
    given = [each for each in vars(strategy).values() if isinstance(each, keras.Model)]
    start = getattr(strategy, "start", None)
    return [*given, start.backbone, start.head] if isinstance(start, TransferResult) else given


def _same_weights(one, two):
    return all(map(np.array_equal, values_of(one.model.weights), values_of(two.model.weights)))
