"""CORAL in closed form: match source features to the target's covariance."""

import numpy as np

from tlcourse.arguments import check_number
from tlcourse.errors import BadArgument
from tlcourse.models import copy_of, freeze, new_head
from tlcourse.strategies.adaptation.source_trained import SourceTrained
from tlcourse.strategies.counting import n_parameters
from tlcourse.training import extract_features, seed_keras, train


class CORAL(SourceTrained):
    """Give source features the target's covariance and train a new linear head on them.

    X' = (X − m_s) · C_s^(−½) · C_t^(½) + m_t,
    each C a covariance + shrinkage · its mean variance · I.
    The paper adds I itself, which suits features of unit variance; and it leaves the means to the
    reader: here they are the target's.

    Args:
        start: as in `SourceTrained`.
        shrinkage: float > 0; it is what lets fewer images than features have a covariance.
        **settings: those of `Trainable`, for the head; by default 300 steps of 64 at 0.01.

    Reference:
        Sun, Feng & Saenko, "Return of Frustratingly Easy Domain Adaptation", AAAI 2016,
        algorithm 1.
    """

    DEFAULTS = {"learning_rate": 1e-2, "steps": 300, "batch_size": 64}  # noqa: RUF012

    def __init__(self, start=None, *, shrinkage=0.1, **settings):
        super().__init__(start, **settings)
        check_number(shrinkage, "shrinkage", above=0)
        self.shrinkage = shrinkage

    def _adapt(self, start, source, x_target, seed):
        backbone = freeze(copy_of(start.backbone))
        of_source = extract_features(backbone, source.x_train)
        of_target = extract_features(backbone, x_target)
        recoloured = recolour(of_source, of_target, shrinkage=self.shrinkage)
        seed_keras(seed)  # anew: the features may have made models, which draw numbers too
        head = new_head(backbone, source.n_classes, normalise=True)
        head.get_layer("scale").adapt(recoloured)
        history = train(
            head,
            recoloured,
            source.labels_train,
            self.training,
            seed=seed,
        )
        return {
            "backbone": backbone,
            "head": head,
            "history": history,
            "n_trained": n_parameters(head.trainable_variables),
        }


def recolour(source_features, target_features, *, shrinkage=0.1):
    """Give the source's features the target's mean and covariance.

    Args:
        source_features: float array (n, d), n >= 2.
        target_features: float array (m, d), m >= 2.
        shrinkage: float > 0, see `CORAL`.

    Returns:
        Float32 array (n, d).

    Raises:
        ValueError: if there are fewer than 2 rows, or the widths differ.
    """
    source, target = (np.asarray(x, "float64") for x in (source_features, target_features))
    for name, x in (("source_features", source), ("target_features", target)):
        if x.ndim != 2 or len(x) < 2 or x.shape[1] != source.shape[1]:
            raise BadArgument(
                f"`{name}` must have shape (n, {source.shape[-1]}) with n at least 2: a "
                f"covariance needs two rows; got {x.shape}."
            )
    whiten = _power(source, -0.5, shrinkage)
    colour = _power(target, 0.5, shrinkage)
    return ((source - source.mean(axis=0)) @ whiten @ colour + target.mean(axis=0)).astype(
        "float32"
    )


def _power(x, exponent, shrinkage):
    """Return a power of the shrunk covariance of the rows of x."""
    covariance = np.atleast_2d(np.cov(x, rowvar=False))
    mean_variance = np.trace(covariance) / len(covariance) or 1.0
    values, vectors = np.linalg.eigh(
        covariance + shrinkage * mean_variance * np.eye(len(covariance))
    )
    return (vectors * values**exponent) @ vectors.T
