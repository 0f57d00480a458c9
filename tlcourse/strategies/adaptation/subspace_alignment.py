"""Subspace alignment: rotate source principal components to the target's."""

import keras
import numpy as np

from tlcourse.arguments import check_count
from tlcourse.errors import BadArgument
from tlcourse.models import copy_of, freeze
from tlcourse.strategies.adaptation.source_trained import SourceTrained
from tlcourse.strategies.counting import n_parameters
from tlcourse.training import extract_features, seed_keras, train


class SubspaceAlignment(SourceTrained):
    """Train a linear head on source features rotated to the target's principal subspace.

    With bases P_s and P_t (d, k) of the first k principal components, the head is trained on
    (x_s − m_s) · P_s · P_sᵀ · P_t and then sees (x_t − m_t) · P_t.

    Args:
        start: as in `SourceTrained`.
        width: int k, of the subspaces; at most the features and the images of each domain.
        **settings: those of `Trainable`, for the head; by default 300 steps of 64 at 0.01.

    Reference:
        Fernando, Habrard, Sebban & Tuytelaars, "Unsupervised Visual Domain Adaptation Using
        Subspace Alignment", ICCV 2013.
    """

    DEFAULTS = {"learning_rate": 1e-2, "steps": 300, "batch_size": 64}  # noqa: RUF012

    def __init__(self, start=None, *, width=32, **settings):
        super().__init__(start, **settings)
        check_count(width, "width")
        self.width = width

    def _adapt(self, start, source, x_target, seed):
        backbone = freeze(copy_of(start.backbone))
        of_source = extract_features(backbone, source.x_train)
        of_target = extract_features(backbone, x_target)
        aligned, mean, basis = align(of_source, of_target, width=self.width)
        # Divided by one number, or the head's learning rate would depend on the features' scale.
        scale = float(aligned.std()) or 1.0
        seed_keras(seed)  # anew: the features may have made models, which draw numbers too
        classifier = keras.Sequential(
            [keras.Input((self.width,)), keras.layers.Dense(source.n_classes, name="logits")]
        )
        history = train(
            classifier,
            aligned / scale,
            source.labels_train,
            self.training,
            seed=seed,
        )
        head = _head(backbone, mean, basis / scale, classifier)
        return {
            "backbone": backbone,
            "head": head,
            "history": history,
            "n_trained": n_parameters(classifier.trainable_variables),
        }


def align(source_features, target_features, *, width):
    """Turn the source's principal subspace into the target's.

    Args:
        source_features: float array (n, d).
        target_features: float array (m, d).
        width: int k, of the subspaces.

    Returns:
        `(aligned, mean, basis)`: the source's features in the target's subspace, float32 (n, k);
        the target's mean (d,) and basis P_t (d, k).

    Raises:
        ValueError: if the subspaces cannot be so wide.
    """
    source, target = (np.asarray(x, "float64") for x in (source_features, target_features))
    most = min(len(source) - 1, len(target) - 1, source.shape[1])
    if width > most:
        raise BadArgument(
            f"`width` must be at most {most}, by the features and images that there are; "
            f"got {width}."
        )
    bases = [
        np.linalg.svd(x - x.mean(axis=0), full_matrices=False)[2][:width].T
        for x in (source, target)
    ]
    aligned = (source - source.mean(axis=0)) @ bases[0] @ bases[0].T @ bases[1]
    return aligned.astype("float32"), target.mean(axis=0), bases[1]


def _head(backbone, mean, basis, classifier):
    """Return a head that takes the target's features: into the subspace, then the classifier."""
    into = keras.layers.Dense(basis.shape[1], name="into_subspace", trainable=False)
    features = keras.Input(backbone.output_shape[1:], name="features")
    head = keras.Model(features, classifier(into(features)), name="head")
    into.set_weights([basis.astype("float32"), (-mean @ basis).astype("float32")])
    return head
