"""Distil a teacher's logits into a student."""

from copy import copy
from dataclasses import replace

import keras
import numpy as np
from keras import ops

from tlcourse.arguments import check_choice, check_number
from tlcourse.domains import check_examples
from tlcourse.errors import BadArgument
from tlcourse.losses import distillation_loss
from tlcourse.models import with_augmentation
from tlcourse.strategies.distillation.hints import learn_hint
from tlcourse.strategies.from_scratch import FromScratch
from tlcourse.training import predict

_TEACHES = ("logits", "classes", "permuted")


class Distil(FromScratch):
    """Train a new, often smaller, network on a teacher's logits and the labels.

    loss = share · T² · KL(softmax(teacher / T) ‖ softmax(student / T))
           + (1 − share) · cross-entropy of the labels.
    A label says "3"; the teacher adds "and a little like 8". The student learns from both. The
    teacher is run once, before the training, and never changed.

    Where we differ: the paper trains small networks on speech and MNIST with settings of its own;
    `share` = 0.9 follows its advice that the labels get the much lower weight.

    Args:
        teacher: `keras.Model`, images to logits of the same classes (no softmax at its end).
        backbone: the student's architecture: a name, see `tlcourse.backbones.load_backbone`, or a
            `keras.Model`, images to features, of which new weights are made.
        temperature: float > 0, T: high makes the teacher's small probabilities heard.
        share: float in [0, 1], of the teacher in the loss. At 0 this is `FromScratch`; at 1 no
            label is used in training.
        teaches: what the student hears of the teacher: "logits"; or, as controls, "classes", its
            most likely class alone (then the teacher's part is a plain cross-entropy); or
            "permuted", the logits with those of the other classes permuted within each image.
        hints: None, or a pair of layer names (student's, teacher's): the student's layers up to the
            first are trained to give what the teacher gives at the second (FitNets), for as many
            steps again, before the distillation begins. Both must give as many positions.
        **settings: those of `FromScratch` but `label_smoothing`. With an `augment` the student sees
            changed images, and hears what the teacher says of the unchanged ones.

    Reference:
        Hinton, Vinyals & Dean, "Distilling the Knowledge in a Neural Network", 2015; for `hints`
        Romero et al., "FitNets: Hints for Thin Deep Nets", ICLR 2015.
    """

    def __init__(
        self,
        teacher,
        backbone="small_cnn",
        *,
        temperature=4.0,
        share=0.9,
        teaches="logits",
        hints=None,
        **settings,
    ):
        if "label_smoothing" in settings:
            raise BadArgument("`label_smoothing` is not for Distil: the teacher is unsure instead.")
        super().__init__(backbone, **settings)
        _check_teacher(teacher)
        check_choice(teaches, "teaches", _TEACHES)
        classes_only = teaches == "classes"
        self.loss = TeacherAndLabels(temperature=temperature, share=share, classes=classes_only)
        if hints is not None and (isinstance(hints, str) or len(hints) != 2):
            raise BadArgument(
                f"`hints` must be two names of layers, the student's and the teacher's; "
                f"got {hints!r}."
            )
        self.teacher = teacher
        self.teaches = teaches
        self.hints = hints
        self._transfer = None

    def fit(self, data, *, shots=None, seed=0, eval_test=False, transfer=None):
        """Train on labelled and unlabelled examples and measure on test sets.

        Args:
            data: a `DomainPair`, or the target `Domain` alone.
            shots: as in `Strategy.fit`.
            seed: as in `Strategy.fit`.
            eval_test: as in `Strategy.fit`.
            transfer: float array (m, ...) of images without labels (the transfer set), of which the
                student learns what the teacher says, beside the labelled ones; or None. At
                `share=1` the labelled ones are images like the others.

        Returns:
            `TransferResult`; at `share=1` its `n_labels` is 0.

        Raises:
            ValueError: as `Strategy.fit`, or if `transfer` holds no images of the target's shape.
        """
        if transfer is None:
            return super().fit(data, shots=shots, seed=seed, eval_test=eval_test)
        bound = copy(self)
        bound._transfer = np.asarray(transfer)
        return super(Distil, bound).fit(data, shots=shots, seed=seed, eval_test=eval_test)

    def _target_labels(self, labels):
        watched = self.training.validation > 0
        return 0 if self.loss.share == 1 and not watched else len(labels)

    def _prepare(self, target):
        if target.n_classes < 2:
            raise BadArgument(f"`data` must have at least 2 classes; got {target!r}.")
        takes, gives = self.teacher.input_shape[1:], self.teacher.output_shape[1:]
        if takes != target.input_shape or gives != (target.n_classes,):
            raise BadArgument(
                f"`teacher` must take {target.input_shape} and give {target.n_classes} logits, one "
                f"per class of '{target.name}'; '{self.teacher.name}' takes {takes} and gives "
                f"{gives}."
            )
        if self._transfer is not None:
            check_examples(self._transfer, "transfer")
            if self._transfer.shape[1:] != takes:
                raise BadArgument(
                    f"`transfer` must hold images of shape {takes} like `data`; "
                    f"got {self._transfer.shape[1:]}."
                )
        return super()._prepare(target)

    def _train(self, model, backbone, head, examples, seed):
        x, labels = examples.x, examples.labels
        if self._transfer is not None:
            x = np.concatenate([x, self._transfer.astype(x.dtype)])
            labels = np.concatenate([labels, np.full(len(self._transfer), -1)])
        logits = _logits_of(self.teacher, x)
        if self.teaches == "permuted":
            logits = _with_others_permuted(logits, seed)
        if self.hints is not None:
            learn_hint(backbone, self.teacher, self.hints, x, self.training, seed=seed)
        targets = np.column_stack([logits, labels]).astype("float32")
        examples = replace(examples, x=x, labels=targets)
        model = with_augmentation(model, self.augment)
        return self._train_on(model, examples, seed, loss=self.loss)


@keras.saving.register_keras_serializable(package="tlcourse")
class TeacherAndLabels(keras.losses.Loss):
    """The two terms of distillation, for targets that hold the teacher's logits and the label.

    Args:
        temperature: float > 0.
        share: float in [0, 1], of the teacher.
        classes: True takes the teacher's most likely class alone, as if it were a label.
        name: str.
        **settings: those of `keras.losses.Loss`.
    """

    def __init__(
        self, *, temperature=4.0, share=0.9, classes=False, name="teacher_and_labels", **settings
    ):
        check_number(temperature, "temperature", above=0)
        check_number(share, "share", at_least=0, at_most=1)
        super().__init__(name=name, **settings)
        self.temperature, self.share, self.classes = temperature, share, classes

    def call(self, y_true, y_pred):
        """Return the scalar loss: targets (n, k + 1), -1 for missing labels; logits (n, k)."""
        said, labels = y_true[:, :-1], ops.cast(y_true[:, -1], "int32")
        if self.classes:
            soft = ops.mean(_cross_entropy(ops.argmax(said, axis=1), y_pred))
        else:
            soft = distillation_loss(y_pred, said, temperature=self.temperature)
        there = ops.cast(labels >= 0, y_pred.dtype)
        hard = there * _cross_entropy(ops.maximum(labels, 0), y_pred)
        hard = ops.sum(hard) / ops.maximum(ops.sum(there), 1.0)
        return self.share * soft + (1 - self.share) * hard

    def get_config(self):
        """Return the settings (dict)."""
        config = {"temperature": self.temperature, "share": self.share, "classes": self.classes}
        return {**super().get_config(), **config}


def _cross_entropy(labels, logits):
    return keras.losses.sparse_categorical_crossentropy(labels, logits, from_logits=True)


def _with_others_permuted(logits, seed):
    """Return logits (n, k) of which all but the highest of each row are permuted."""
    rng = np.random.default_rng(seed)
    order = np.argsort(-logits, axis=1)
    mixed = np.empty_like(logits)
    rows = np.arange(len(logits))[:, None]
    others = rng.permuted(order[:, 1:], axis=1)
    mixed[rows, order[:, :1]] = logits[rows, order[:, :1]]
    mixed[rows, others] = logits[rows, order[:, 1:]]
    return mixed


def _check_teacher(teacher):
    single = isinstance(teacher, keras.Model) and len(getattr(teacher, "inputs", None) or ()) == 1
    if not single or len(teacher.outputs) != 1:
        raise BadArgument(
            "`teacher` must be a functional or sequential keras.Model, images to logits; "
            f"got {teacher!r}."
        )


def _logits_of(teacher, x):
    logits = predict(teacher, x)
    check_examples(logits, "teacher(x)")
    if (logits >= 0).all() and np.allclose(logits.sum(axis=1), 1, atol=1e-3):
        raise BadArgument(
            f"`teacher` must give logits; those of '{teacher.name}' are all >= 0 and sum to 1, as "
            "probabilities do. Take the model without its softmax."
        )
    return logits
