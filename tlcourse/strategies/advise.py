"""Recommend a strategy, freezing depth and learning rate, with reasons."""

from dataclasses import dataclass, field

import keras
import numpy as np

from tlcourse.arguments import check_number, verb
from tlcourse.domains import DomainPair
from tlcourse.errors import BadArgument
from tlcourse.measures import Interval, proxy_a_distance
from tlcourse.models import stage_ends
from tlcourse.strategies.adaptation import (
    MCC,
    AdaptThenTune,
    SourceOnly,
    mmd_with_mcc,
)
from tlcourse.strategies.fine_tuning import FineTune, LinearProbe
from tlcourse.strategies.from_scratch import FromScratch
from tlcourse.strategies.strategy import Strategy
from tlcourse.training import extract_features, predict, seed_keras

_FEW, _MANY = 20, 500  # labels a class: below, statistics stay frozen; above, all is trained fast
_NEAR = 0.5  # of a distance between 0 and 2
_LONG = 30.0  # seconds: a longer adaptation takes about as much on a CPU
_MOST_SEEN = 1000
_FOLDS = 4


@dataclass(frozen=True, kw_only=True)
class Advice:
    """A strategy ready to `fit`, and the reasons for it.

    Attributes:
        strategy: `Strategy`, configured.
        name: str, what it is.
        freeze_to: name of the last frozen layer, or None.
        learning_rate: float, of Adam.
        reasons: tuple of str, one sentence each, with the numbers that were measured.
        measured: dict of float: "labels_per_class"; "shift", the proxy A-distance of the
            backbone's features; and, where there are labels, "pretrained" and "random", the
            cross-validated accuracy of a linear classifier on the backbone's features and on those
            of the same network with random weights, and "source_head", the source head's accuracy.
    """

    strategy: Strategy = field(repr=False)
    name: str
    freeze_to: str | None
    learning_rate: float
    reasons: tuple[str, ...]
    measured: dict

    def __str__(self):
        return "\n".join([self.name, *(f"- {reason}" for reason in self.reasons)])


@verb
def advise(pair, *, backbone, head=None, shots=None, budget=60.0, augment=None, seed=0):
    """Recommend a strategy from the labels, the domain shift and the features.

    It trains nothing but linear classifiers, and never looks at the target's test set. It is a
    place to begin, not a proof: `tests/benchmarks/advice.py` says how much accuracy following it
    costs against the best of all strategies.

    Args:
        pair: `DomainPair`.
        backbone: `keras.Model` trained on the source, images to features.
        head: `keras.Model` trained on the source's classes; None when there is none.
        shots: labels per class of the target that may be used; 0 for none, None for all.
        budget: seconds that a training may take; 0 < budget. Below 5 nothing but a probe is
            advised where there are labels; below 30 no long adaptation is.
        augment: `keras.layers.Layer` that changes an image and not its class, such as
            `RandomAffine`; None when there is none. Adaptation gains most from it.
        seed: int, of the shots and folds.

    Returns:
        `Advice`.

    Raises:
        ValueError: if there are neither labels nor a head for the target's classes, or `budget` is
            not positive.
    """
    if not isinstance(pair, DomainPair):
        raise BadArgument(f"`pair` must be a DomainPair; got {type(pair).__name__}.")
    check_number(budget, "budget", above=0)
    head = head if pair.same_classes else None
    shift = _shift(backbone, pair)
    measured = {"shift": shift.mean}
    if shots == 0:
        if head is None:
            raise BadArgument(
                "`shots` must be at least 1 when source and target have other classes, or no "
                "`head` is given: without labels nothing says what the classes are."
            )
        return _without_labels(shift, measured | {"labels_per_class": 0}, augment, budget)
    x, labels = _labelled(pair.target, shots, seed)
    measured |= {"labels_per_class": len(labels) / pair.target.n_classes}
    measured |= _worth(backbone, x, labels, seed)
    if head is not None:
        scores = predict(head, extract_features(backbone, x))
        measured["source_head"] = float((scores.argmax(axis=1) == labels).mean())
    return _with_labels(backbone, head, measured, budget, augment)


def _labelled(target, shots, seed):
    if shots is None:
        return target.x_train, target.labels_train
    return target.shots(shots, seed)


def _shift(backbone, pair):
    """Return the proxy A-distance of both domains' features (`Interval`)."""
    parts = [
        extract_features(backbone, domain.x_train[:_MOST_SEEN])
        for domain in (pair.source, pair.target)
    ]
    return proxy_a_distance(*parts, seeds=range(3))


def _worth(backbone, x, labels, seed):
    """Return what linear classifiers make of the pretrained and of random features (dict)."""
    fewest = int(np.bincount(labels).min())
    if fewest < 2:
        return {}
    seed_keras(seed)
    random = keras.models.clone_model(backbone)
    folds = min(_FOLDS, fewest)
    return {
        name: _cross_validated(extract_features(model, x[:_MOST_SEEN]), labels[:_MOST_SEEN], folds)
        for name, model in (("pretrained", backbone), ("random", random))
    }


def _cross_validated(features, labels, folds):
    from sklearn.linear_model import RidgeClassifierCV
    from sklearn.model_selection import cross_val_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    classifier = make_pipeline(StandardScaler(), RidgeClassifierCV(np.logspace(0, 4, 5)))
    return float(cross_val_score(classifier, features, labels, cv=folds).mean())


def _without_labels(shift: Interval, measured, augment, budget):
    told = f"The domains' features differ by {shift:.2f} (proxy A-distance, 0 to 2)"
    if shift.mean < _NEAR:
        return Advice(
            strategy=SourceOnly(),
            name="source-only",
            freeze_to=None,
            learning_rate=3e-3,
            reasons=("No label of the target may be used.", f"{told}: near enough to go as it is."),
            measured=measured,
        )
    reasons = (
        "No label of the target may be used.",
        f"{told}: too far to go as it is, and the classes are the same, so adaptation can bring "
        "them together.",
    )
    if augment is not None and budget >= _LONG:
        strategy, name = (
            mmd_with_mcc(augment=augment),
            "adaptation by MMD and minimum class confusion",
        )
    else:
        strategy = MCC(epochs=6, learning_rate=2e-3, schedule="cosine")
        name = "adaptation by minimum class confusion"
        reasons += ("With `augment` and 30 seconds or more, a longer adaptation would gain more.",)
    return Advice(
        strategy=strategy,
        name=name,
        freeze_to=None,
        learning_rate=2e-3,
        reasons=reasons,
        measured=measured,
    )


def _with_labels(backbone, head, measured, budget, augment):
    k = measured["labels_per_class"]
    reasons = [f"There are {k:.0f} labels per class."]
    gain = measured.get("pretrained", 1.0) - measured.get("random", 0.0)
    if "pretrained" in measured:
        reasons.append(
            f"A linear classifier gets {measured['pretrained']:.2f} from the pretrained features "
            f"and {measured['random']:.2f} from random ones (cross-validated)."
        )
    if gain < 0 and k >= _FEW:
        return Advice(
            strategy=FromScratch(steps=300),
            name="from scratch",
            freeze_to=None,
            learning_rate=3e-3,
            reasons=(
                *reasons,
                "The pretraining is worth nothing here: transfer would be negative.",
            ),
            measured=measured,
        )
    keep = head is not None and measured["source_head"] > measured.get("pretrained", 0.0) - 0.1
    if head is not None:
        reasons.append(
            f"The source's head gets {measured['source_head']:.2f} as it is: "
            f"{'it is kept' if keep else 'a new one begins better'}."
        )
    if budget < 5:
        return Advice(
            strategy=LinearProbe(backbone),
            name="linear probe",
            freeze_to=stage_ends(backbone)[-1].name,
            learning_rate=1e-2,
            reasons=(*reasons, f"{budget:g} seconds are enough for a probe alone."),
            measured=measured,
        )
    far = head is not None and measured["shift"] >= _NEAR
    if far and k <= _FEW and augment is not None and budget >= _LONG:
        return Advice(
            strategy=AdaptThenTune(
                mmd_with_mcc(augment=augment),
                augment=augment,
                steps=300,
                learning_rate=1e-3,
                schedule="cosine",
            ),
            name="adaptation, then fine-tuning",
            freeze_to=None,
            learning_rate=1e-3,
            reasons=(
                *reasons,
                f"The domains' features differ by {measured['shift']:.2f} (proxy A-distance, 0 to "
                "2) and the classes are the same: images without labels say more than few labels.",
            ),
            measured=measured,
        )
    freeze_to = stage_ends(backbone)[0].name if k < 3 else None
    rate = 1e-3 if k < _MANY else 3e-3
    if freeze_to:
        reasons.append(f"So few labels cannot teach edges anew: '{freeze_to}' stays frozen.")
    strategy = FineTune(
        backbone,
        head=head if keep else None,
        freeze_to=freeze_to,
        freeze_statistics=k < _MANY,
        learning_rate=rate,
        steps=150 if k < _FEW else 300,
    )
    return Advice(
        strategy=strategy,
        name="partial fine-tuning" if freeze_to else "full fine-tuning",
        freeze_to=freeze_to,
        learning_rate=rate,
        reasons=tuple(reasons),
        measured=measured,
    )
