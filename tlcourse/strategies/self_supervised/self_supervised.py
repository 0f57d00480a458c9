"""Learning features without labels: one contract for tasks that the images set themselves."""

import time
from dataclasses import dataclass, field

import keras
import numpy as np

from tlcourse.arguments import check_seed
from tlcourse.domains import Domain, check_examples
from tlcourse.errors import BadArgument
from tlcourse.models import check_backbone
from tlcourse.strategies.starting_backbone import starting_backbone
from tlcourse.strategies.trainable import Trainable
from tlcourse.training import seed_keras, train


class SelfSupervised(Trainable):
    """Pretrain a backbone on unlabelled images by a pretext task.

    What is learned can then be given to `LinearProbe` or `FineTune`. A method implements
    `_pretext`, `_targets` and `_loss`.

    Args:
        backbone: name of an architecture, which begins with new weights, or a `keras.Model`,
            images to features, which is copied and begins with its own.
        **settings: those of `Trainable` but `validation`; by default 5 epochs in batches of 64, 10
            evaluations.
    """

    DEFAULTS = {  # noqa: RUF012
        "learning_rate": 1e-3,
        "epochs": 5,
        "batch_size": 64,
        "n_evals": 10,
    }

    def __init__(self, *, backbone="small_cnn", **settings):
        super().__init__(**settings)
        if self.training.validation:
            raise BadArgument("`validation` needs labels; this learns without any.")
        if not isinstance(backbone, str):
            check_backbone(backbone)
        self.backbone = backbone

    def fit(self, data, *, seed=0):
        """Train on images; labels, where there are, are never looked at.

        Args:
            data: a `Domain`, whose training images are taken, or float images
                (n, height, width, channels) in [0, 1].
            seed: int, of the new weights, the order of images, and what is drawn at random.

        Returns:
            `SelfSupervisedResult`.

        Raises:
            ValueError: if there are no images, too few for the method, or of a shape that the
                backbone does not take.
        """
        seed = check_seed(seed)
        x = _images(data)
        self._check(x)
        begin = time.perf_counter()
        seed_keras(seed)
        backbone = starting_backbone(self.backbone, x.shape[1:])
        model = self._pretext(backbone)
        history = train(
            model,
            x,
            self._targets(x),
            self.training,
            loss=self._loss(),
            seed=seed,
        )
        return SelfSupervisedResult(
            method=type(self).__name__,
            backbone=backbone,
            model=model,
            history=history,
            seconds=time.perf_counter() - begin,
            seed=seed,
            n_images=len(x),
            projector=self._projector(model),
        )

    def _projector(self, model):
        """Return what is thrown away, as a model of features; by default None."""
        return None

    def _check(self, x):
        """Raise ValueError for images that the method cannot learn from; by default never."""

    def _pretext(self, backbone):
        """Return the model to train, from images through the backbone."""
        raise NotImplementedError(f"{type(self).__name__} must say what it trains.")

    def _targets(self, x):
        """Return an array (n, ...) of the answers, made from the images."""
        raise NotImplementedError(f"{type(self).__name__} must say what is to be answered.")

    def _loss(self):
        """Return the `keras.losses.Loss`."""
        raise NotImplementedError(f"{type(self).__name__} must say what it minimises.")


@dataclass(frozen=True, kw_only=True)
class SelfSupervisedResult:
    """A backbone that was pretrained without labels.

    Attributes:
        method: name of the method.
        backbone: `keras.Model`, images to features: what is kept.
        model: `keras.Model` that was trained, with what is thrown away: an autoencoder gives the
            images back, `RotationPrediction` logits (n, 4, 4), `SimCLR` projections (n, 2, width).
        history: dict of lists, see `tlcourse.training.train`.
        seconds: float, of the whole `fit`.
        seed: int.
        n_images: int, images that it was trained on.
        projector: `keras.Model`, features (h) to projections (z) that the loss is of, or None
            where the method has none. It shares its weights with `model`.
    """

    method: str
    backbone: keras.Model = field(repr=False)
    model: keras.Model = field(repr=False)
    history: dict = field(repr=False)
    seconds: float
    seed: int
    n_images: int
    projector: keras.Model | None = field(repr=False, default=None)


def _images(data):
    """Return the images alone."""
    x = np.asarray(data.x_train if isinstance(data, Domain) else data)
    if x.dtype == object or x.ndim != 4:
        raise BadArgument(
            "`data` must be a Domain of images, or images (n, height, width, channels); got "
            f"{type(data).__name__} of shape {x.shape}."
        )
    if x.dtype.kind == "f":
        x = x.astype("float32", copy=False)
    check_examples(x, "data")
    return x
