"""Importance weighting: weigh source examples by likeness to the target."""

from tlcourse.measures import density_ratio
from tlcourse.models import copy_of, join, thaw
from tlcourse.strategies.adaptation.source_trained import SourceTrained
from tlcourse.training import extract_features, train


class ImportanceWeighting(SourceTrained):
    """Continue training on the source with weights p_target(x) / p_source(x).

    The weights come from a classifier of the start's features that tells the domains apart. They
    answer covariate shift, P(X) changed and P(Y|X) not; they cannot teach what the source never
    shows. `n_effective` = (Σw)² / Σw² in the history says how many examples are left.

    Args:
        start: as in `SourceTrained`.
        **settings: those of `Trainable`; by default 2 epochs of batches of 64 at 0.001.

    Reference:
        Shimodaira, "Improving predictive inference under covariate shift by weighting the
        log-likelihood function", 2000; by a domain classifier, Bickel, Brückner & Scheffer, JMLR
        2009.
    """

    DEFAULTS = {"learning_rate": 1e-3, "epochs": 2, "batch_size": 64}  # noqa: RUF012

    def _adapt(self, start, source, x_target, seed):
        backbone, head = thaw(copy_of(start.backbone)), thaw(copy_of(start.head))
        weights = density_ratio(
            extract_features(backbone, source.x_train),
            extract_features(backbone, x_target),
            seed=seed,
        )
        weights = weights / weights.mean()
        model = join(backbone, head)
        history = train(
            model,
            source.x_train,
            source.labels_train,
            self.training,
            sample_weight=weights,
            seed=seed,
        )
        history["n_effective"] = [float(weights.sum() ** 2 / (weights**2).sum())]
        return {"backbone": backbone, "head": head, "history": history}
