"""Ridge regression in closed form: a probe that trains in no time, for classes and for numbers."""

from dataclasses import dataclass, field

import numpy as np

from tlcourse.arguments import check_number, verb
from tlcourse.domains import check_labels
from tlcourse.errors import BadArgument

PENALTIES = tuple(10.0**power for power in range(-3, 5))


@dataclass(frozen=True, kw_only=True)
class RidgeProbe:
    """A linear map of features, by ridge regression.

    Attributes:
        weights: float64 array (d, k), of the standardised features.
        intercept: float64 array (k,).
        mean: float64 array (d,), of the features.
        deviation: float64 array (d,), what they are divided by.
        penalty: float, λ per example.
        n_classes: int, or None where the outputs are numbers.
    """

    weights: np.ndarray = field(repr=False)
    intercept: np.ndarray = field(repr=False)
    mean: np.ndarray = field(repr=False)
    deviation: np.ndarray = field(repr=False)
    penalty: float
    n_classes: int | None

    def predict(self, features):
        """Return class numbers (m,), or numbers (m, k), of features (m, d)."""
        rows = (np.asarray(features, "float64") - self.mean) / self.deviation
        outputs = rows @ self.weights + self.intercept
        return outputs if self.n_classes is None else outputs.argmax(axis=1)

    def score(self, features, targets):
        """Return the accuracy in [0, 1], or R² (1 at best, 0 for the mean), on features (m, d)."""
        found = self.predict(features)
        if self.n_classes is not None:
            return float(np.mean(found == np.asarray(targets)))
        targets = _columns(targets)
        rest = np.square(targets - found).sum()
        return float(1 - rest / np.square(targets - targets.mean(axis=0)).sum())


@verb
def ridge_probe(features, targets, *, penalty=None, class_weight=None):
    """Fit a linear probe by ridge regression, in closed form.

    min over W, b of (1/n) Σ_i s_i ‖W·z_i + b − y_i‖² + λ ‖W‖², z the standardised features. For
    classes y is one-hot, and the largest output is the answer. A feature that varies less than the
    features do together (root mean square of their deviations) is divided by that, not by its own
    deviation: else a dead channel, and each of many principal components of mere noise, would count
    as much as any other.

    Args:
        features: float array (n, d).
        targets: int array (n,) of class numbers from 0; or float array (n,) or (n, k) of numbers.
        penalty: float > 0, λ; None takes the one of 0.001 to 10,000 whose leave-one-out error is
            least, which is computed exactly and needs no validation set.
        class_weight: None, or "balanced": examples of each class count the same together. For
            classes only.

    Returns:
        `RidgeProbe`.

    Raises:
        ValueError: if shapes do not fit, a feature is not finite, or a setting is out of range.

    Reference:
        Hoerl & Kennard, "Ridge Regression", Technometrics 1970; leave-one-out in closed form,
        Allen, "The Relationship between Variable Selection and Data Agumentation and a Method for
        Prediction", Technometrics 1974.
    """
    rows, outputs, n_classes = _checked(features, targets)
    if penalty is not None:
        check_number(penalty, "penalty", above=0)
    weight = _example_weights(targets, n_classes, class_weight)
    return Decomposed(rows, weight).probe(outputs, penalty, n_classes)


class Decomposed:
    """Standardised features and their decomposition, which serves any number of tasks.

    Args:
        rows: float64 array (n, d).
        weight: float64 array (n,) of mean 1, of the examples.
    """

    def __init__(self, rows, weight):
        self.mean = weight @ rows / len(rows)
        spread = np.sqrt(weight @ np.square(rows - self.mean) / len(rows))
        common = np.sqrt(np.mean(np.square(spread)))
        self.deviation = np.maximum(spread, common) if common else np.ones_like(spread)
        self._root = np.sqrt(weight)[:, None]
        z = self._root * (rows - self.mean) / self.deviation
        self._u, self._s, self._vt = np.linalg.svd(z, full_matrices=False)
        self._weight = weight

    def probe(self, outputs, penalty, n_classes):
        """Return the `RidgeProbe` of outputs (n, k), at a penalty or at the best one (None)."""
        n = len(outputs)
        intercept = self._weight @ outputs / n
        y = self._root * (outputs - intercept)
        uy = self._u.T @ y
        if penalty is None:
            penalty = min(PENALTIES, key=lambda each: self._left_out(y, uy, each))
        inner = (self._s / (self._s**2 + n * penalty))[:, None] * uy
        return RidgeProbe(
            weights=self._vt.T @ inner,
            intercept=intercept,
            mean=self.mean,
            deviation=self.deviation,
            penalty=float(penalty),
            n_classes=n_classes,
        )

    def _left_out(self, y, uy, penalty):
        """Return the leave-one-out error: residuals over 1 − h, the mean counted in h."""
        n = len(y)
        shrunk = self._s**2 / (self._s**2 + n * penalty)
        fitted = self._u @ (shrunk[:, None] * uy)
        leverage = np.square(self._u) @ shrunk + self._weight / n
        return np.mean(np.square((y - fitted) / np.maximum(1 - leverage, 1e-6)[:, None]))


def _checked(features, targets):
    rows = np.asarray(features)
    if rows.ndim != 2 or len(rows) < 2 or rows.dtype.kind not in "fiu":
        raise BadArgument(
            f"`features` must have shape (n, d), n at least 2; got {rows.shape} of {rows.dtype}."
        )
    rows = rows.astype("float64")
    if not np.isfinite(rows).all():
        raise BadArgument("`features` must be finite; got NaN or infinity.")
    given = np.asarray(targets)
    if given.dtype.kind in "iu" and given.ndim == 1:
        check_labels(given, len(rows), None, "targets", "features")
        n_classes = int(given.max()) + 1
        return rows, np.eye(n_classes)[given], n_classes
    outputs = _columns(given) if given.dtype.kind == "f" else np.empty((0, 1))
    if len(outputs) != len(rows) or outputs.ndim != 2 or not np.isfinite(outputs).all():
        raise BadArgument(
            f"`targets` must be class numbers (int), or finite numbers (float), one row for each "
            f"of the {len(rows)} examples; got shape {given.shape} of {given.dtype}."
        )
    return rows, outputs, None


def _columns(targets):
    targets = np.asarray(targets, "float64")
    return targets[:, None] if targets.ndim == 1 else targets


def _example_weights(targets, n_classes, class_weight):
    n = len(targets)
    if class_weight is None:
        return np.ones(n)
    if class_weight != "balanced" or n_classes is None:
        raise BadArgument(
            "`class_weight` must be None or 'balanced', and for classes only; "
            f"got {class_weight!r}."
        )
    counts = np.bincount(targets, minlength=n_classes)
    return n / (np.count_nonzero(counts) * counts[np.asarray(targets)])
