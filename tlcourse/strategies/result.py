"""What a strategy gives back."""

import json
import math
from dataclasses import dataclass, field
from functools import cached_property

import keras

from tlcourse.domains import Domain
from tlcourse.measures import accuracy


@dataclass(frozen=True, kw_only=True)
class TransferResult:
    """A trained model, and what a fair comparison reports of it.

    Attributes:
        strategy: name of the strategy.
        backbone: `keras.Model`, images to features, as trained.
        head: `keras.Model`, features to logits, as trained.
        model: `keras.Model`, images to logits: the head on the backbone.
        history: dict of lists along the training, see `tlcourse.training.train`.
        target_accuracy: float in [0, 1], on the target's test set.
        seconds: float, of the whole `fit` up to the accuracies, compiling included.
        n_labels: labelled target examples used, those for validation included.
        n_trained: parameters that were trained.
        n_stored: parameters to keep for this task; a frozen backbone is shared, so not counted.
        selected: how the weights that are kept were chosen.
        seed: int.
        source: the source `Domain` when it has the target's classes, else None.
    """

    strategy: str
    backbone: keras.Model = field(repr=False)
    head: keras.Model = field(repr=False)
    model: keras.Model = field(repr=False)
    history: dict = field(repr=False)
    target_accuracy: float
    seconds: float
    n_labels: int
    n_trained: int
    n_stored: int
    selected: str
    seed: int
    source: Domain | None = field(repr=False, default=None)

    @cached_property
    def source_accuracy(self):
        """Accuracy on the source's test set; None when there is no source of the same classes."""
        return None if self.source is None else self.accuracy_on(self.source)

    def accuracy_on(self, domain):
        """Return the accuracy on the test set of a domain (float in [0, 1])."""
        return accuracy(self.model, domain.x_test, domain.labels_test)

    def to_json(self):
        """Return all but the models as one JSON document (str); a loss that is NaN is null."""
        left_out = ("backbone", "head", "model", "source")
        plain = {key: value for key, value in vars(self).items() if key not in left_out}
        plain["source_accuracy"] = self.source_accuracy
        plain["history"] = {
            name: [value if math.isfinite(value) else None for value in values]
            for name, values in self.history.items()
        }
        return json.dumps(plain, sort_keys=True, allow_nan=False)
