"""Distil a teacher's logits into a student."""

from dataclasses import replace

import keras
import numpy as np
from keras import ops

from tlcourse.arguments import check_number
from tlcourse.domains import check_examples
from tlcourse.errors import BadArgument
from tlcourse.losses import distillation_loss
from tlcourse.strategies.distillation.hints import learn_hint
from tlcourse.strategies.from_scratch import FromScratch
from tlcourse.training import predict


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
        backbone: name of the student's architecture, see `tlcourse.backbones.load_backbone`.
        temperature: float > 0, T: high makes the teacher's small probabilities heard.
        share: float in [0, 1], of the teacher in the loss. At 0 this is `FromScratch`; at 1 no
            label is used in training.
        hints: None, or a pair of layer names (student's, teacher's): the student's layers up to the
            first are trained to give what the teacher gives at the second (FitNets), for as many
            steps again, before the distillation begins. Both must give as many positions.
        **settings: those of `FromScratch`.

    Reference:
        Hinton, Vinyals & Dean, "Distilling the Knowledge in a Neural Network", 2015; for `hints`
        Romero et al., "FitNets: Hints for Thin Deep Nets", ICLR 2015.
    """

    def __init__(
        self, teacher, backbone="small_cnn", *, temperature=4.0, share=0.9, hints=None, **settings
    ):
        super().__init__(backbone, **settings)
        _check_teacher(teacher)
        self.loss = TeacherAndLabels(temperature=temperature, share=share)
        if hints is not None and (isinstance(hints, str) or len(hints) != 2):
            raise BadArgument(
                f"`hints` must be two names of layers, the student's and the teacher's; "
                f"got {hints!r}."
            )
        self.teacher = teacher
        self.hints = hints

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
        return super()._prepare(target)

    def _train(self, model, backbone, head, examples, seed):
        logits = _logits_of(self.teacher, examples.x)
        if self.hints is not None:
            learn_hint(backbone, self.teacher, self.hints, examples.x, self.training, seed=seed)
        targets = np.column_stack([logits, examples.labels]).astype("float32")
        return self._train_on(model, replace(examples, labels=targets), seed, loss=self.loss)


@keras.saving.register_keras_serializable(package="tlcourse")
class TeacherAndLabels(keras.losses.Loss):
    """The two terms of distillation, for targets that hold the teacher's logits and the label.

    Args:
        temperature: float > 0.
        share: float in [0, 1], of the teacher.
        name: str.
        **settings: those of `keras.losses.Loss`.
    """

    def __init__(self, *, temperature=4.0, share=0.9, name="teacher_and_labels", **settings):
        check_number(temperature, "temperature", above=0)
        check_number(share, "share", at_least=0, at_most=1)
        super().__init__(name=name, **settings)
        self.temperature, self.share = temperature, share

    def call(self, y_true, y_pred):
        """Return the scalar loss: targets (n, k + 1), logits (n, k)."""
        soft = distillation_loss(y_pred, y_true[:, :-1], temperature=self.temperature)
        labels = ops.cast(y_true[:, -1], "int32")
        hard = ops.mean(
            keras.losses.sparse_categorical_crossentropy(labels, y_pred, from_logits=True)
        )
        return self.share * soft + (1 - self.share) * hard

    def get_config(self):
        """Return the settings (dict)."""
        config = {"temperature": self.temperature, "share": self.share}
        return {**super().get_config(), **config}


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
