"""Unsupervised domain adaptation with any mix of alignment losses."""

import keras
import numpy as np
from keras import ops

from tlcourse.arguments import check_choice
from tlcourse.domains import check_same_classes, stratified_split
from tlcourse.errors import BadArgument
from tlcourse.models import copy_of, new_head, rebuilt, single_layers, thaw
from tlcourse.strategies.adaptation.alignment_loss import check_terms
from tlcourse.strategies.adaptation.selection import LABEL_FREE, label_free_scores
from tlcourse.strategies.starting_backbone import starting_backbone
from tlcourse.strategies.strategy import Strategy
from tlcourse.training import HistoryRecorder, ShuffledBatches, SideBySide, fit_batches, predict

_COLUMN = {"source": "source_validation"}  # of the history, where it is called otherwise
_SELECTED = {
    "last": "last step, nothing selected",
    "source": "best of {} on held-out source labels",
    "oracle": "best of {} on the target's test labels: a bound, not a method",
}
_HELD = 0.1  # share of the source's training examples held back where one selects by them
_MOST_SEEN = 2000  # target training images that a label-free score looks at


class Adaptation(Strategy):
    """Train on labelled source and unlabelled target images under any alignment losses.

    min over θ of the mean source cross-entropy + Σ strength · term(source, target). No label of
    the target is used, whatever the pair holds.

    Args:
        backbone: name of an architecture, which begins with new weights, or a `keras.Model`,
            which is copied and begins with its own.
        head: `keras.Model` to begin with, for the source's classes; None begins with a new one.
        terms: `AlignmentLoss`s, each with a name of its own.
        augment: `keras.layers.Layer` that changes images of both domains in training, such as
            `RandomAffine`; None changes nothing.
        select: which weights are kept: "last"; "source", the best on held-out source labels; a
            score that needs no labels (`entropy`, `information_maximisation`,
            `neighbourhood_density`); or "oracle", by the target's test labels, to be shown beside
            the others and never to be reported alone.
        dropout: of a new head.
        **settings: those of `Strategy` but `validation`; by default 4 epochs, passes over the
            source, in batches of 64 of each domain.

    Reference:
        Wilson & Cook, "A Survey of Unsupervised Deep Domain Adaptation", ACM TIST 2020; on the
        three ways to select, Musgrave, Belongie & Lim, "Unsupervised Domain Adaptation: A Reality
        Check", 2021.
    """

    DEFAULTS = {"learning_rate": 3e-3, "epochs": 4, "batch_size": 64}  # noqa: RUF012

    def __init__(
        self,
        backbone="small_cnn",
        *,
        head=None,
        terms=(),
        augment=None,
        select="last",
        dropout=0.3,
        **settings,
    ):
        super().__init__(**settings)
        if self.training.validation:
            raise BadArgument("`validation` is for labelled targets; give `select` instead.")
        check_choice(select, "select", (*_SELECTED, *LABEL_FREE))
        self.backbone = backbone
        self.head = head
        self.terms = check_terms(terms)
        self.augment = augment
        self.select = select
        self.dropout = dropout

    def fit(self, data, *, shots=None, seed=0, eval_test=False):
        """Train on a pair and measure on both test sets.

        Args:
            data: a `DomainPair` whose domains have the same classes.
            shots: changes nothing, since no label of the target is used; it is taken so that this
                strategy can stand in a table beside the others.
            seed: int, of the new weights, the order of examples, augmentation and dropout.
            eval_test: write the target's test accuracy into the history, as "oracle".

        Returns:
            `TransferResult`, `n_labels` 0. Its history has one column for each term and, when
            something is selected or watched, "source_validation" and the label-free scores.

        Raises:
            ValueError: if `data` is not a pair, the classes differ, or there is one class only.
        """
        check_same_classes(data)
        if data.source.n_classes < 2:
            raise BadArgument(f"`data` must have at least 2 classes; got {data!r}.")
        if self.select == "oracle" and not eval_test:
            raise BadArgument("`select='oracle'` needs `eval_test=True`: it looks at test labels.")
        return super().fit(data, seed=seed, eval_test=eval_test)

    def _labelled(self, target, source, shots, seed):
        return source.x_train, source.labels_train

    def _target_labels(self, labels):
        return 0

    def _prepare(self, target):
        backbone = starting_backbone(self.backbone, target.input_shape)
        if self.head is None:
            return backbone, new_head(backbone, target.n_classes, dropout=self.dropout)
        return backbone, thaw(copy_of(self.head))

    def _train(self, model, backbone, head, examples, seed):
        x, labels, look = examples.x, examples.labels, None
        watched = self.select != "last" or examples.eval_data is not None
        if watched:
            kept, held = stratified_split(labels, _HELD, seed)
            held, x, labels = (x[held], labels[held]), x[kept], labels[kept]
        plan = self.training.for_examples(len(x), at_most=len(examples.unlabelled))
        if watched:
            seen = examples.unlabelled[:_MOST_SEEN]
            look = _Look(model, held, seen, examples.eval_data, times=plan.n_evals)
        # Of strength 1: what a term counts is set as its weight, so that one step serves all.
        terms = [rebuilt(term, strength=1.0) for term in self.terms]
        best_by = None if self.select == "last" else _COLUMN.get(self.select, self.select)
        recorder = HistoryRecorder(
            plan.steps,
            plan.n_evals,
            look=look,
            restore_best_weights=best_by,
            terms=terms,
            of_original=True,
        )
        batches = PairBatches(
            x,
            labels,
            examples.unlabelled,
            steps=plan.steps,
            batch_size=plan.batch_size,
            seed=seed,
        )
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        joint = _joint(backbone, head, terms, self.augment)
        for term, wanted in zip(terms, self.terms, strict=True):
            term.begin(strength=wanted.strength, steps=plan.steps)
        fit_batches(joint, batches, plan, recorder=recorder, seed=seed, loss=loss)
        return recorder.history

    def _selected(self):
        told = _SELECTED.get(self.select, f"best of {{}} by {self.select}, without labels")
        return told.format(self.training.n_evals)


class PairBatches(SideBySide):
    """Labelled source and unlabelled target images, each domain in an order of its own.

    Args:
        x: float array (n, ...) of the source.
        labels: int array (n,).
        x_target: float array (m, ...).
        steps: int, batches in all.
        batch_size: int, of each domain; at most n and m.
        seed: int.
    """

    def __init__(self, x, labels, x_target, *, steps, batch_size, seed):
        order = {"steps": steps, "batch_size": batch_size}
        super().__init__(
            ShuffledBatches(x, labels, seed=seed, **order),
            ShuffledBatches(x_target, seed=seed + 1, **order),
        )

    def __getitem__(self, index):
        (x, labels), (x_target,) = super().__getitem__(index)
        return {"source": x, "target": x_target}, labels


def _joint(backbone, head, terms, augment):
    """Return a model of both domains' images that gives the source's logits."""
    shape = backbone.input_shape[1:]
    source, target = keras.Input(shape, name="source"), keras.Input(shape, name="target")
    changed = rebuilt(augment) if augment is not None else lambda images: images
    if not terms:  # nothing asks for the target, and it is left out of the pass
        return keras.Model([source, target], head(backbone(changed(source))), name="adaptation")
    if _normalises_batches(backbone):
        # One pass for both: the statistics of a batch are those of both domains.
        both = keras.layers.Concatenate(axis=0, name="both")([source, target])
        features = backbone(changed(both))
        logits = head(features)
        seen = [half(each) for each in (features, logits) for half in (_FirstHalf(), _SecondHalf())]
    else:
        # Two passes, which run beside each other where one alone would wait for memory.
        features = [backbone(changed(images)) for images in (source, target)]
        seen = [*features, *map(head, features)]
    for term in terms:
        seen[2] = term(*seen)
    return keras.Model([source, target], seen[2], name="adaptation")


def _normalises_batches(model):
    """Tell whether what an image gives depends on the others of its batch."""
    kind = keras.layers.BatchNormalization
    return any(isinstance(layer, kind) for layer in single_layers(model))


class _FirstHalf(keras.layers.Layer):
    """The source's part of a batch of both."""

    def call(self, x):
        return x[: ops.shape(x)[0] // 2]

    def compute_output_shape(self, shape):
        return shape


class _SecondHalf(_FirstHalf):
    """The target's part."""

    def call(self, x):
        return x[ops.shape(x)[0] // 2 :]


class _Look:
    """Scores of a model in training: on held-out source labels, without labels, and the oracle."""

    def __init__(self, model, held, unlabelled, eval_data, *, times):
        self._model, self._times = model, times
        tests = [held] if eval_data is None else [held, eval_data]
        self._labels = dict(
            zip(("source_validation", "oracle"), (y for _, y in tests), strict=False)
        )
        parts = [unlabelled, *(x for x, _ in tests)]
        self._x = np.concatenate(parts)
        self._ends = np.cumsum([len(part) for part in parts])[:-1]

    def __call__(self, _):
        logits = predict(self._model, self._x, times=self._times)
        unlabelled, *tested = np.split(logits, self._ends)
        accuracies = {
            name: float((each.argmax(axis=1) == labels).mean())
            for (name, labels), each in zip(self._labels.items(), tested, strict=True)
        }
        return accuracies | label_free_scores(unlabelled)
